"""The pieces that several of Tradebook's pages share."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from tradebook.company import ROLES
from tradebook.shown import day, initials, money
from tradebook.signs import MARK, sign

OPEN = SafeString(' aria-current="page"')

register = template.Library()
register.filter("day", day)
register.filter("money", money)
register.filter("initials", initials)
register.simple_tag(sign)


@register.simple_tag
def mark() -> str:
    """The mark of the house."""
    return MARK


@register.filter
def role(name: str) -> str:
    """Show a role in words."""
    return ROLES.get(name, name)


@register.filter
def first_word(text: str) -> str:
    """Shorten a name to how colleagues say it."""
    return text.split(maxsplit=1)[0]


@register.simple_tag(takes_context=True)
def here(context: dict[str, Any], place: str) -> SafeString:
    """Mark the link to the page that is open, or to one above it."""
    path = context["request"].path
    return OPEN if path == place or path.startswith(f"{place}/") else SafeString()


@register.inclusion_tag("_status.html")
def status(name: str) -> dict[str, str]:
    """A job's status, in its colour."""
    return {"name": name, "kind": name.lower().replace(" ", "-")}


@register.inclusion_tag("_switch.html")
def switch(name: str, label: str, on: bool, about: str) -> dict[str, Any]:
    """A switch of a settings page."""
    return {"name": name, "label": label, "on": on, "about": about}
