"""How Tradebook shows values in a page, and what its pages may load."""

from __future__ import annotations

from datetime import date
from pathlib import Path

STATIC = Path(__file__).parent / "static"

CSP = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"


def day(value: date | None) -> str:
    """Show a date, or that of a moment, as "3 Mar 2026"."""
    return f"{value.day} {value:%b %Y}" if value else "–"


def money(value: int) -> str:
    """Show whole dollars as "$1,250"."""
    return f"${value:,}"


def initials(name: str) -> str:
    """Shorten a name to one letter, or two."""
    return "".join(word[0] for word in name.split()[:2] if word[0].isalpha())
