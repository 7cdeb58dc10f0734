"""`optimize`: the commands, and what a mistake looks like.

Heavy imports stay inside the commands, so that `optimize --help` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from syftr_like.errors import InputError, SyftrLikeError, nearest
from syftr_like.study.shipped import shipped_studies

EXIT_DONE, EXIT_FAILED, EXIT_BAD_INPUT, EXIT_INTERRUPTED = 0, 1, 2, 130
EXIT_NOBODY_READS = 141
"""What a shell reports of a command that wrote to a closed pipe: 128 and the number of SIGPIPE."""


class NobodyReadsError(Exception):
    """The output of a command is not read to its end, as by `| head`."""


@contextmanager
def _closed_pipe_seen() -> Iterator[None]:
    """Tell a closed pipe by a name of its own, for click would end the process with 1.

    Raises:
        NobodyReadsError: The pipe was closed.
    """
    try:
        yield
    except BrokenPipeError as error:
        raise NobodyReadsError from error
    except SystemExit as leave:
        if isinstance(leave.__context__, BrokenPipeError):  # what rich makes of it
            raise NobodyReadsError from leave
        raise


class StudyFirstGroup(click.Group):
    """Reads `optimize STUDY.yaml` as `optimize run STUDY.yaml`."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """See click: `--help` is printed here."""
        with _closed_pipe_seen():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """See click: the commands run here."""
        with _closed_pipe_seen():
            return super().invoke(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """See click: a first word that is no command but is a study is given to `run`."""
        word = args[0]
        if word not in self.commands:
            if not _looks_like_a_study(word):
                raise self._no_such_word(word)
            args = ["run", *args]
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Let options of `run` stand before the study as well."""
        if args and args[0].startswith("-") and args[0] not in ("--help", "-h", "--version"):
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def _no_such_word(self, word: str) -> InputError:
        known = [*self.commands, *shipped_studies(), *(p.name for p in Path().glob("*.y*ml"))]
        return InputError(
            f"there is no command and no study '{word}'",
            found=word,
            expected=f"a study file, or one of {', '.join(self.commands)}",
            nearest=nearest(word, known),
        )


def _looks_like_a_study(word: str) -> bool:
    is_path = word.endswith((".yaml", ".yml")) or "/" in word
    return is_path or Path(word).exists() or word in shipped_studies()


@click.group(
    cls=StudyFirstGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="syftr-like", prog_name="optimize")
def cli() -> None:
    """Find the best RAG and LLM flows for your questions: accuracy against cost against latency.

    \b
    optimize STUDY.yaml   run a study (the same as: optimize run STUDY.yaml)
    optimize quickstart   run the example that ships with syftr-like

    A study leaves its front, report and flows in runs/<study>/ and in MLflow.
    Exit codes: 0 done, 2 bad input with nothing written, 1 the study failed, 130 interrupted
    (run the same command again to go on).
    """


@cli.command()
@click.argument("study")
@click.option("--trials", metavar="N", help="Configurations to try.")
@click.option("--max-usd", metavar="USD", help="Pay providers no more than this.")
@click.option(
    "--max-minutes", metavar="MIN", help="Stop after this time, the holdout split included."
)
@click.option("--workers", metavar="N", help="Trials at a time; 0 runs them in this process.")
@click.option("--ray-address", metavar="ADDRESS", help="Use a running Ray cluster.")
@click.option("--seed", metavar="N", help="Seed of the search.")
@click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", help="Replace any key of the study."
)
@click.option(
    "--allow-import",
    "allow_imports",
    multiple=True,
    metavar="PREFIX",
    help="Let `uses:` import modules under this prefix.",
)
@click.option("--fresh", is_flag=True, help="Rename an earlier run to <study>.<n>, start anew.")
@click.option(
    "--extend", is_flag=True, help="Continue although the space has changed; keep what it holds."
)
def run(study: str, **options: Any) -> None:
    """Search, and evaluate what was found.

    Searches the space, evaluates the front on the holdout split, and writes the results. A study
    that was interrupted, or that is given more trials or budget, goes on where it ended.
    """
    from .run import run_study

    if options["fresh"] and options["extend"]:
        raise InputError(
            "a study starts anew or goes on in a changed space, not both",
            found="--fresh --extend",
            expected="one of --fresh and --extend",
        )
    run_study(study, **options)


@cli.command()
@click.argument("study")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE")
@click.option("--allow-import", "allow_imports", multiple=True, metavar="PREFIX")
def lint(study: str, settings: tuple[str, ...], allow_imports: tuple[str, ...]) -> None:
    """Check a study, and say what it would do.

    Reads its space and dataset as well. Writes nothing.
    """
    from .inspect import lint_study

    lint_study(study, settings, allow_imports)


@cli.command()
@click.argument("study")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE")
@click.option("--allow-import", "allow_imports", multiple=True, metavar="PREFIX")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
def check(
    study: str, settings: tuple[str, ...], allow_imports: tuple[str, ...], as_json: bool
) -> None:
    """Call every model and embedder of a study once.

    One tiny live call each, which is paid for: a few tokens. Ends with 1 if one does not answer.
    Writes nothing.
    """
    from .check import check_study

    check_study(study, settings, allow_imports, as_json)


@cli.command()
@click.argument("study")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE")
@click.option("--allow-import", "allow_imports", multiple=True, metavar="PREFIX")
@click.option(
    "--probe",
    type=int,
    metavar="N",
    help="Run N flows on 3 questions each with real models; says first what it costs at most.",
)
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
def plan(
    study: str,
    settings: tuple[str, ...],
    allow_imports: tuple[str, ...],
    probe: int | None,
    as_json: bool,
) -> None:
    """Say what a study would take: indexes, calls, tokens, dollars and minutes.

    With intervals, and with what its questions can tell apart. Calls no model and spends nothing,
    except with --probe. Writes nothing.
    """
    from .plan import plan_study

    plan_study(study, settings, allow_imports, probe, as_json)


@cli.command()
@click.argument("what", metavar="study|space")
def schema(what: str) -> None:
    """Print the JSON Schema of a kind of file, for editors."""
    from .inspect import print_schema

    print_schema(what)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@click.option("--kind", metavar="KIND", help="Only this kind, for example retriever.")
@click.option("--markdown", "as_markdown", is_flag=True, help="As the page docs/components.md.")
def components(as_json: bool, kind: str | None, as_markdown: bool) -> None:
    """List installed components and metrics.

    With the type, bounds, default and meaning of every parameter.
    """
    from .inspect import print_components

    if as_markdown and (as_json or kind is not None):
        raise InputError(
            "the page holds everything, as Markdown",
            found="--markdown with another option",
            expected="--markdown alone",
        )
    if as_markdown:
        from syftr_like.catalogue_page import components_page

        click.echo(components_page(), nl=False)
        return
    print_components(as_json, kind)


@cli.command()
@click.argument("study")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@click.option("--sync", is_flag=True, help="Make MLflow again, or mend it, from the ledger.")
@click.option("--mlflow", metavar="ADDRESS", help="With --sync: another tracking address.")
def status(study: str, as_json: bool, sync: bool, mlflow: str | None) -> None:
    """Show how far a study is, also while it runs.

    STUDY is its file or its name. With --sync, what MLflow lacks of it is written, once the study
    does not run.
    """
    from .status import find_run, print_status

    if mlflow is not None and not sync:
        raise InputError("--mlflow needs --sync", found="--mlflow", expected="--sync --mlflow ...")
    if sync:
        from .sync import sync_study

        sync_study(*find_run(study), mlflow)
        return
    print_status(study, as_json)


@cli.command()
@click.argument("study")
@click.option(
    "--price",
    "prices",
    multiple=True,
    metavar="MODEL=IN,OUT",
    help="Another price of a model, in US dollars per million tokens.",
)
@click.option("--usd-per-cpu-hour", metavar="USD", help="Another price of one core.")
@click.option("--json", "as_json", is_flag=True, help="Both fronts, as JSON.")
def reprice(
    study: str, prices: tuple[str, ...], usd_per_cpu_hour: str | None, as_json: bool
) -> None:
    """Say what a study would have cost at other prices.

    STUDY is its file or its name. Runs nothing and leaves the ledger as it is; the files go to
    runs/<study>/repriced/.
    """
    from .reprice import reprice_study

    reprice_study(study, prices, usd_per_cpu_hour, as_json)


def main() -> None:
    """Entry point of the command: turns errors into messages and exit codes."""
    code = run_command(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = code or _nobody_reads()
    sys.exit(code)


def run_command(words: Sequence[str]) -> int:
    """Run `optimize` with these words and return its exit code."""
    return guarded(lambda: cli.main(list(words), prog_name="optimize", standalone_mode=False))


def guarded(command: Callable[[], Any]) -> int:
    """Run a command and return its exit code; a person's mistake never shows a traceback.

    A command whose output is not read to its end (`| head`) ends there, and says nothing about it.
    """
    try:
        return _told(command)
    except (NobodyReadsError, BrokenPipeError):
        return _nobody_reads()


def _nobody_reads() -> int:
    """Drop what is still to be printed: Python prints it at its end, and complains."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return EXIT_NOBODY_READS


def _told(command: Callable[[], Any]) -> int:
    try:
        result = command()
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "")
        return EXIT_DONE
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return EXIT_INTERRUPTED
    except click.ClickException as error:
        click.echo(f"error: {_in_our_words(error)}", err=True)
        return EXIT_BAD_INPUT
    except InputError as error:
        click.echo(f"error: {error}", err=True)
        return EXIT_BAD_INPUT
    except SyftrLikeError as error:
        click.echo(f"error: {error}", err=True)
        return EXIT_FAILED
    return result if isinstance(result, int) else EXIT_DONE


def _in_our_words(error: click.ClickException) -> InputError:
    """Return a mistake that click found in the words of a command, told as all others are."""
    if isinstance(error, click.NoSuchOption):
        options = [name for p in _parameters(error.ctx) for name in p.opts if name.startswith("--")]
        return InputError(
            f"there is no option '{error.option_name}'",
            found=error.option_name,
            expected=f"one of {', '.join(options)}" if options else None,
            nearest=nearest(error.option_name, options),
        )
    message = error.format_message().rstrip(".")
    usage = None
    if isinstance(error, click.UsageError) and error.ctx is not None:
        usage = " ".join(error.ctx.get_usage().removeprefix("Usage: ").split())
    return InputError(message[:1].lower() + message[1:], expected=usage)


def _parameters(context: click.Context | None) -> list[click.Parameter]:
    return context.command.get_params(context) if context is not None else []


if __name__ == "__main__":
    main()
