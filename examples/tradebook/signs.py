"""Tradebook's own signs, drawn for it."""

# ruff: noqa: E501 - a drawing stands on one line

from __future__ import annotations

from markupsafe import Markup

_DRAWN = {
    "messages": '<path d="M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-4.5 4v-4A2.5 2.5 0 0 1 4 13.5z"/>',
    "quotes": '<path d="M7 3.5h7l4 4V19a1.5 1.5 0 0 1-1.5 1.5h-9.500A1.5 1.5 0 0 1 5.5 19V5A1.5 1.5 0 0 1 7 3.500zM14 3.500V8h4M9 12.500h6M9 16h4"/>',
    "clients": '<circle cx="9" cy="8.5" r="3.5"/><path d="M3 19.500c.6-3.6 3-5.5 6-5.500s5.4 1.9 6 5.500M15.5 5.300a3.4 3.4 0 0 1 0 6.400M17.5 14.500c1.9.8 3.1 2.5 3.5 5"/>',
    "jobs": '<path d="M4 8.500h16v10A1.5 1.5 0 0 1 18.5 20h-13A1.5 1.5 0 0 1 4 18.500zM8.5 8.500V6A1.5 1.5 0 0 1 10 4.500h4A1.5 1.5 0 0 1 15.5 6v2.500M4 13.500h6.500m3 0H20M10.5 12h3v3h-3z"/>',
    "settings": '<path d="M4 7h9m5 0h2M4 17h2m5 0h9"/><circle cx="15.5" cy="7" r="2.3"/><circle cx="8.5" cy="17" r="2.3"/>',
    "mailbox": '<path d="M3.5 7A1.5 1.5 0 0 1 5 5.500h14A1.5 1.5 0 0 1 20.5 7v10a1.5 1.5 0 0 1-1.5 1.500H5A1.5 1.5 0 0 1 3.5 17zM4 7l8 6 8-6"/>',
    "bell": '<path d="M6 16.500V11a6 6 0 0 1 12 0v5.500l1.5 1.500h-15zM10 20.500h4"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "leave": '<path d="M13.5 4.500H6A1.5 1.5 0 0 0 4.5 6v12A1.5 1.5 0 0 0 6 19.500h7.500M10 12h10m-3.5-3.500L20 12l-3.5 3.5"/>',
    "tick": '<path d="m5 12.5 4.5 4.500L19 7.5"/>',
}

MARK = Markup(
    '<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false"><rect width="32" height="32" rx="8"/><path d="M8 11.500h16M16 11.500V24"/></svg>'
)
"""The mark of the house."""


def sign(name: str) -> Markup:
    """Give a sign to stand beside words; whoever listens hears the words alone."""
    return Markup('<svg class="sign" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>').format(
        Markup(_DRAWN[name])  # noqa: S704 - drawn above
    )
