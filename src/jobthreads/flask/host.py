"""The object `jobthreads` in the host's own Flask templates."""

from __future__ import annotations

import flask
from attrs import define, field, frozen

from jobthreads.flask.translate import request_from
from jobthreads.web import host_page
from jobthreads.web.http import Request
from jobthreads.web.site import Site

__all__ = ["EXTENSION", "HostPage", "Mounted", "Wiring", "mount_of"]

EXTENSION = "jobthreads"


@frozen(kw_only=True)
class Mounted:
    """A site and the name under which Flask knows its blueprint."""

    site: Site
    name: str


@define
class Wiring:
    """What is mounted in one application; of several staff mounts, templates use the first."""

    by_side: dict[str, Mounted] = field(factory=dict)

    def add(self, mounted: Mounted) -> None:
        """Note a mount."""
        self.by_side.setdefault(mounted.site.side, mounted)


def mount_of(mounted: Mounted) -> str:
    """The address under which a blueprint hangs, without a slash at its end.

    Parameters of the host's own in that address are taken from the present one.
    """
    path = mounted.site.paths[0]
    endpoint = f"{mounted.name}.{mounted.site.name_of(path)}"
    rule = next(flask.current_app.url_map.iter_rules(endpoint))
    given = flask.request.view_args or {}
    address = flask.url_for(endpoint, **{name: given[name] for name in rule.arguments if name in given})
    return address.removesuffix(path).rstrip("/")


class HostPage(host_page.HostPage):
    """What a host's template may ask for; nothing is looked up before it does, and nothing twice.

    Where nobody is signed in, or the library cannot answer just now, there is nothing to show: no panel, no bell,
    a count of 0. The host's page stands all the same.
    """

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring

    def _find(self, side: str) -> host_page.Mounted | None:
        mounted = self._wiring.by_side.get(side)
        return host_page.Mounted(site=mounted.site, address=mount_of(mounted)) if mounted else None

    def _request(self, mounted: host_page.Mounted) -> Request | None:
        return request_from(flask.request, mounted.address) if flask.has_request_context() else None

    def _path(self) -> str:
        return flask.request.root_path + flask.request.path
