"""Text from PDF files, through pypdf (extra `pdf`)."""

from __future__ import annotations

import io

from syftr_like.dataset.encoding import unix_lines
from syftr_like.dataset.excerpt import excerpt
from syftr_like.dataset.extras import import_extra
from syftr_like.errors import InputError, Location


def pdf_text(data: bytes, file: str) -> str:
    """Return the text of a PDF file, its pages separated by an empty line.

    Args:
        data: The file.
        file: Its name in messages.

    Raises:
        InputError: pypdf is missing, the file is broken, or it needs a password.
    """
    location = Location(file)
    pypdf = import_extra("pypdf", extra="pdf", needed_for="PDF files", location=location)
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        locked = reader.is_encrypted and not reader.decrypt("")
        pages = [] if locked else [page.extract_text() for page in reader.pages]
    except Exception as error:  # A broken file makes pypdf raise nearly anything.
        raise InputError(
            "the file cannot be read as PDF",
            location=location,
            found=excerpt(f"{type(error).__name__}: {error}", 200),
            expected="a PDF file",
        ) from error
    if locked:
        raise InputError(
            "the PDF file needs a password", location=location, expected="a file without one"
        )
    text = "\n\n".join(page.strip() for page in pages if page.strip())
    # Broken fonts yield NULs and half surrogate pairs, which no database can hold.
    return unix_lines(text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8"))
