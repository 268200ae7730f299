"""What all contract suites share: no test of theirs can be switched off quietly."""

from __future__ import annotations

from typing import Any

__all__ = ["Contract"]


class Contract:
    """A suite of tests that a subclass runs on its own implementation, by overriding a fixture.

    A subclass may add tests, and may replace one only by a test marked `pytest.mark.xfail(reason=...)`.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name, value in vars(cls).items():
            promised = name.startswith("test_") and any(hasattr(base, name) for base in cls.__bases__)
            if promised and not _owned_up(value):
                raise TypeError(
                    f"{cls.__name__}.{name} replaces a test of its contract; "
                    "only one marked pytest.mark.xfail(reason=...) may."
                )


def _owned_up(test: Any) -> bool:
    marks = getattr(test, "pytestmark", [])
    return any(mark.name == "xfail" and mark.kwargs.get("reason") for mark in marks)
