"""The real files by which the judgement is measured."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real files with their verdicts, named by `JOBTHREADS_CORPUS`; a skip where there is none."""
    named = os.environ.get("JOBTHREADS_CORPUS")
    if not named:
        # The one skip that is allowed everywhere: the files are not part of the project.
        pytest.skip("JOBTHREADS_CORPUS names no folder of real files with a manifest.csv")
    folder = Path(named)
    assert (folder / "manifest.csv").is_file(), f"{folder} holds no manifest.csv"
    return folder
