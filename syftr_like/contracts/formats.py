"""The forms in which results are kept on disk: gzipped JSON, and arrays as npz. Never pickle."""

from __future__ import annotations

import gzip
import io
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]


def json_file(value: object) -> bytes:
    """Return a value as gzipped JSON; equal values are equal bytes.

    Floats come back bit by bit as they were; tuples come back as lists.

    Raises:
        TypeError: JSON cannot hold it.
        ValueError: It holds itself.
    """
    text = json.dumps(value, separators=(",", ":"))
    return gzip.compress(text.encode(), compresslevel=1, mtime=0)


def json_value(content: bytes) -> Any:
    """Return the value of a `json_file`."""
    return json.loads(gzip.decompress(content))


def array_file(**arrays: Array) -> bytes:
    """Return named arrays as an npz file.

    Raises:
        ValueError: An array holds Python objects.
    """
    import numpy as np  # here: the contracts are read by the command line, which needs no arrays

    written = io.BytesIO()
    np.savez(written, allow_pickle=False, **arrays)
    return written.getvalue()


def array_values(content: bytes) -> dict[str, Any]:
    """Return the arrays of an `array_file` by name."""
    import numpy as np

    with np.load(io.BytesIO(content), allow_pickle=False) as found:
        return {name: found[name] for name in found.files}
