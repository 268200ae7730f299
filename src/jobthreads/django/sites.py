"""The two sites of a project, made from its setting, and where its addresses hang."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import URLResolver, get_resolver, get_urlconf, reverse
from django.utils import timezone, translation
from django.utils.formats import number_format
from markupsafe import Markup

from jobthreads.converter import make_converter
from jobthreads.django.conf import Configured, configured
from jobthreads.django.wiring import threads
from jobthreads.web.host_page import Mounted
from jobthreads.web.language import Language
from jobthreads.web.rendering import Rendering
from jobthreads.web.site import Shell, Site
from jobthreads.web.sites import PortalSite, StaffSite
from jobthreads.web.visit import Surroundings

__all__ = ["KINDS", "app_name", "mounted", "site_of"]

KINDS: dict[str, type[Site]] = {"staff": StaffSite, "portal": PortalSite}
_made: dict[str, tuple[Configured, Site]] = {}


def app_name(side: str) -> str:
    """The name of a side's addresses: `reverse("jobthreads_staff:inbox")`."""
    return f"jobthreads_{side}"


def site_of(side: str) -> Site:
    """The site of a side, made anew when the setting changes."""
    setting = configured()
    known = _made.get(side)
    if known is None or known[0] is not setting:
        known = _made[side] = setting, _open(side, setting)
    return known[1]


def _open(side: str, setting: Configured) -> Site:
    here = Surroundings(
        threads=threads,
        rendering=_rendering(setting.templates),
        converter=make_converter(),
        record_url=setting.record_url or (lambda _: None),
        zone=lambda _: timezone.get_current_timezone(),
        language=_language,
    )
    if side == "portal":
        # Without a callable of the host's, clients come by their mailed links alone.
        client = _known(setting.client) if setting.client else lambda _: None
        return PortalSite(here, person=client, shell=_shell(setting.portal_shell))
    if setting.staff is None:
        raise ImproperlyConfigured(
            'JOBTHREADS has no "STAFF". Write "STAFF": "shop.threads.current_staff", a function that takes the request '
            "and gives the jobthreads.Staff who is signed in, or None."
        )
    return StaffSite(here, person=_known(setting.staff), shell=_shell(setting.staff_shell))


def _known(person: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Ask who is there; a page of the host's own that shows what they may see is for them, and for now."""

    def asked(native: HttpRequest) -> Any:
        found = person(native)
        if found is not None:
            # UpdateCacheMiddleware would give the panel in it to whoever asks next, or to them once it is over.
            native._cache_update_cache = False  # type: ignore[attr-defined]
        return found

    return asked


@cache
def _rendering(templates: Path | None) -> Rendering:
    return Rendering(templates)


def _language(_: object) -> Language:
    return Language(
        code=translation.get_language() or "en",
        gettext=translation.gettext,
        ngettext=translation.ngettext,
        number=lambda value: number_format(value, force_grouping=True),
    )


def _shell(template: str | None) -> Shell | None:
    if template is None:
        return None

    def around(native: HttpRequest, title: str, content: Markup) -> str:
        return render_to_string(template, {"jobthreads_title": title, "jobthreads_content": content}, native)

    return around


def mounted(side: str, native: HttpRequest) -> Mounted | None:
    """Where a side hangs: of several, the one that this request came to, or else the first."""
    match, name = native.resolver_match, app_name(side)
    places = _places(get_urlconf() or settings.ROOT_URLCONF, name)
    namespace = next(iter(places), None)
    if match is not None and match.app_names[-1:] == [name]:
        namespace = match.namespace
    if namespace is None:
        return None
    given = match.kwargs if match is not None else {}
    parameters = {one: given[one] for one in places[namespace] if one in given}
    return Mounted(site=site_of(side), address=_address(side, namespace, parameters))


def _address(side: str, namespace: str, parameters: dict[str, Any]) -> str:
    path = KINDS[side].paths[0]
    address = reverse(f"{namespace}:{KINDS[side].name_of(path)}", kwargs=parameters)
    return address.removesuffix(path).rstrip("/")


@cache
def _places(urlconf: Any, name: str) -> dict[str, frozenset[str]]:
    """The namespaces in which a side hangs, each with the host's own parameters in the address that leads there."""
    return dict(_look(get_resolver(urlconf), name, (), frozenset()))


def _look(
    resolver: URLResolver, name: str, outer: tuple[str, ...], parameters: frozenset[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    for inner in resolver.url_patterns:
        if isinstance(inner, URLResolver):
            namespaces = (*outer, inner.namespace) if inner.namespace else outer
            taken = parameters | set(inner.pattern.regex.groupindex)
            if inner.app_name == name:
                yield ":".join(namespaces), taken
            else:
                yield from _look(inner, name, namespaces, taken)
