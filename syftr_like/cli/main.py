"""`optimize`: the commands, and what a mistake looks like.

Heavy imports stay inside the commands, so that `optimize --help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

EXIT_DONE, EXIT_FAILED, EXIT_BAD_INPUT, EXIT_INTERRUPTED = 0, 1, 2, 130


class StudyFirstGroup(click.Group):
    """Reads `optimize STUDY.yaml` as `optimize run STUDY.yaml`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """See click: a first word that is no command but looks like a study is given to `run`."""
        if args and args[0] not in self.commands and _looks_like_a_study(args[0]):
            return super().resolve_command(ctx, ["run", *args])
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Let options of `run` stand before the study as well."""
        if args and args[0].startswith("-") and args[0] not in ("--help", "-h", "--version"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


def _looks_like_a_study(word: str) -> bool:
    return word.endswith((".yaml", ".yml")) or "/" in word or Path(word).exists()


@click.group(
    cls=StudyFirstGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="syftr-like", prog_name="optimize")
def cli() -> None:
    """Find the best RAG and LLM flows for your questions: accuracy against cost against latency.

    \b
    optimize STUDY.yaml          run a study (the same as: optimize run STUDY.yaml)
    optimize studies/quickstart.yaml   the example that ships with syftr-like

    A study leaves its front, report and flows in runs/<study>/ and in MLflow.
    Exit codes: 0 done, 2 bad input with nothing written, 1 the study failed, 130 interrupted.
    """


@cli.command()
@click.argument("study")
@click.option("--trials", metavar="N", help="Configurations to try.")
@click.option("--max-usd", metavar="USD", help="Stop when this much was paid to providers.")
@click.option("--max-minutes", metavar="MIN", help="Stop the search after this time.")
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
def run(study: str, **options: Any) -> None:
    """Run a study: search, evaluate the front on the holdout split, write the results."""
    from .run import run_study

    run_study(study, **options)


@cli.command()
@click.argument("study")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE")
@click.option("--allow-import", "allow_imports", multiple=True, metavar="PREFIX")
def lint(study: str, settings: tuple[str, ...], allow_imports: tuple[str, ...]) -> None:
    """Check a study with its space and dataset, and say what it would do. Writes nothing."""
    from .inspect import lint_study

    lint_study(study, settings, allow_imports)


@cli.command()
@click.argument("what", type=click.Choice(["study", "space"]))
def schema(what: str) -> None:
    """Print the JSON Schema of study or space files, for editors."""
    from .inspect import print_schema

    print_schema(what)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@click.option("--kind", metavar="KIND", help="Only this kind, for example retriever.")
def components(as_json: bool, kind: str | None) -> None:
    """List the components and metrics that are installed, with their parameters."""
    from .inspect import print_components

    print_components(as_json, kind)


@cli.command()
@click.argument("study")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
def status(study: str, as_json: bool) -> None:
    """Show how far a study is, also while it runs. STUDY is its file or its name."""
    from .status import print_status

    print_status(study, as_json)


def main() -> None:
    """Entry point of the command: turns errors into messages and exit codes."""
    sys.exit(guarded(lambda: cli(standalone_mode=False)))


def guarded(command: Callable[[], Any]) -> int:
    """Run a command and return its exit code; a person's mistake never shows a traceback."""
    from syftr_like.errors import InputError, SyftrLikeError

    try:
        result = command()
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.Abort:
        return EXIT_INTERRUPTED
    except click.UsageError as error:
        error.show()
        return EXIT_BAD_INPUT
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        return EXIT_INTERRUPTED
    except InputError as error:
        click.echo(f"error: {error}", err=True)
        return EXIT_BAD_INPUT
    except SyftrLikeError as error:
        click.echo(f"error: {error}", err=True)
        return EXIT_FAILED
    return result if isinstance(result, int) else EXIT_DONE


if __name__ == "__main__":
    main()
