"""Runs the notebooks anew and keeps their outputs, without the times at which cells ran.

Usage: python notebooks/renew.py, with the extra `dev` installed. The second reads what the first
leaves in `notebooks/runs`.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent


def main() -> None:
    """Execute each notebook in its folder, in order, and write it back."""
    for path in sorted(HERE.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        client = NotebookClient(
            notebook, record_timing=False, resources={"metadata": {"path": str(HERE)}}
        )
        client.execute()
        for cell in notebook.cells:
            cell.metadata.pop("execution", None)  # of an earlier run
        nbformat.write(notebook, path)
        print(f"renewed {path.name}")


if __name__ == "__main__":
    main()
