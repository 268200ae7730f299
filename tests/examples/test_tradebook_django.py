"""The Django example, in a process of its own: a process has one Django project, and the tests have theirs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parents[1] / "examples"


def run(data: Path, *command: str) -> None:
    """Run Python with the example's settings over a fresh data folder; it must end well."""
    settings = {
        "PYTHONPATH": os.pathsep.join([str(EXAMPLES), str(HERE.parents[1])]),
        "DJANGO_SETTINGS_MODULE": "tradebook_django.settings",
        "TRADEBOOK_DATA": str(data),
    }
    done = subprocess.run(
        [sys.executable, *command], env=os.environ | settings, capture_output=True, text=True, check=False
    )
    assert 0 == done.returncode, done.stdout + done.stderr


def test_its_directory_keeps_the_contract(tmp_path: Path) -> None:
    """Integers and UUIDs as keys, users as staff: the directory of the tutorial is one that the library can trust."""
    run(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(HERE / "tradebook_directory.py"))


@pytest.mark.parametrize("command", [["check", "--fail-level=WARNING"], ["makemigrations", "--check"]], ids=" ".join)
def test_django_has_nothing_to_say_against_it(tmp_path: Path, command: list[str]) -> None:
    """Its settings pass the system checks, and no model has changed without a migration."""
    run(tmp_path, str(EXAMPLES / "tradebook_django" / "manage.py"), *command)
