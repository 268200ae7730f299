"""What a scanner says of a file."""

from __future__ import annotations

from attrs import frozen

__all__ = ["Clean", "Infected"]


@frozen
class Clean:
    """Nothing was found in it."""


@frozen
class Infected:
    """Something was found in it; `name` is what the scanner calls it, for staff and the log only."""

    name: str
