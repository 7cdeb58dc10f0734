"""Run the practice model server alone, until it is interrupted."""

from __future__ import annotations

import threading
from pathlib import Path

import click

from syftr_like.errors import InputError

from .faults import load_faults
from .models import CHAT_MODELS, EMBEDDING_MODELS
from .notice import NOTICE
from .server import ModelServer


@click.command(epilog=NOTICE)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 for one that is free.")
@click.option("--seed", type=int, default=0, show_default=True, help="Shifts all that is drawn.")
@click.option(
    "--faults",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What goes wrong, and when (YAML).",
)
@click.option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file to which each exchange is added as a line of JSON.",
)
@click.option(
    "--speed",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="Factor on the models' waits; 0 for none.",
)
def main(port: int, seed: int, faults: Path | None, log: Path | None, speed: float) -> None:
    """Serve OpenAI's chat and embeddings protocol on this machine, with practice models."""
    try:
        schedule = load_faults(faults) if faults else []
        server = ModelServer(port=port, seed=seed, faults=schedule, log=log, speed=speed)
    except InputError as error:
        raise SystemExit(_told(str(error))) from error
    except OSError as error:
        raise SystemExit(_told(f"cannot listen on port {port}: {error.strerror}")) from error
    with server:
        click.echo(NOTICE)
        click.echo(f"Models: {', '.join([*CHAT_MODELS, *EMBEDDING_MODELS])}")
        click.echo(server.url)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("stopped")


def _told(message: str) -> int:
    click.echo(message, err=True)
    return 2


if __name__ == "__main__":
    main()
