"""What a person sees of a plan, as plain text on one long line."""

from __future__ import annotations

from rich.console import Console, RenderableType


def text_of(view: RenderableType) -> str:
    """Return what is shown in a terminal so wide that nothing is broken."""
    console = Console(width=400)
    with console.capture() as capture:
        console.print(view)
    return capture.get()
