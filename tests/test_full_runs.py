"""`SYFTR_LIKE_REQUIRE_ALL=1`: a run of the tests in which nothing was left out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = {
    "test_lacking.py": """
import pytest

def test_without_a_server():
    pytest.skip("no server is installed")

@pytest.fixture
def browser():
    pytest.skip("no browser is installed")

def test_without_a_browser(browser):
    pass

@pytest.mark.skipif(True, reason="not on this platform")
def test_elsewhere():
    pass
""",
    "test_without_a_package.py": """
import pytest

pytest.importorskip("a_package_that_nobody_has")
""",
    "test_without_data.py": """
import pytest

def test_data():
    pytest.skip("no real data: set SYFTR_LIKE_DATA to its folder")
""",
    "execution/test_real_provider.py": """
import pytest

def test_without_a_key():
    pytest.skip("no key of a provider: set SOME_API_KEY")

def test_without_its_package():
    pytest.skip("a package is not installed, though SOME_API_KEY is set")
""",
    "test_also_without_a_key.py": """
import pytest

def test_another_file_must_not():
    pytest.skip("no key of a provider: set SOME_API_KEY")
""",
    "test_present.py": """
import pytest

def test_it_runs():
    pass

@pytest.mark.xfail(strict=True)
def test_known():
    raise AssertionError
""",
}


@pytest.mark.parametrize(
    ("required", "outcomes"),
    [
        ("", "1 passed, 8 skipped, 1 xfailed"),
        ("1", "3 failed, 1 passed, 2 skipped, 1 xfailed, 3 errors"),
    ],
)
def test_what_is_lacking_fails_when_all_is_required(
    tmp_path: Path, required: str, outcomes: str
) -> None:
    shutil.copy(Path(__file__).parent / "conftest.py", tmp_path)
    for name, text in TESTS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ".",
            "--import-mode=importlib", "--continue-on-collection-errors", ".",
        ],
        cwd=tmp_path,
        env=os.environ | {"SYFTR_LIKE_REQUIRE_ALL": required},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert outcomes in done.stdout, done.stdout
    if required:
        assert "SYFTR_LIKE_REQUIRE_ALL=1, and this was not run" in done.stdout
        assert "no browser is installed" in done.stdout
        assert "was not run: Skipped: a package is not installed, though" in done.stdout
