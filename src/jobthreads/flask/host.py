"""The object `jobthreads` in the host's own templates: assets, the activity panel, the bell, the unread count."""

from __future__ import annotations

from functools import cached_property
from urllib.parse import quote

import flask
from attrs import define, field, frozen
from markupsafe import Markup

from jobthreads.domain.people import Staff
from jobthreads.domain.records import Scope
from jobthreads.errors import JobThreadsError
from jobthreads.flask.translate import request_from
from jobthreads.services.staff import Availability
from jobthreads.web.addresses import Addresses
from jobthreads.web.composer import Typed
from jobthreads.web.feed_pages import FeedPages, Panel
from jobthreads.web.routes import Route
from jobthreads.web.site import Site
from jobthreads.web.visit import Visit

__all__ = ["EXTENSION", "HostPage", "Mounted", "Wiring", "mount_of"]

EXTENSION = "jobthreads"
_PREFIX = "jt_"
_ANCHOR = "#jt-activity"
_EMBEDDED = Route(method="GET", path="", name="panel", summary="Activity in the host's page")


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


class HostPage:
    """What a host's template may ask for; nothing is looked up before it does.

    Where nobody is signed in, or the library cannot answer just now, there is nothing to show: no panel, no bell,
    a count of 0. The host's page stands all the same.
    """

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring

    @cached_property
    def assets(self) -> Markup:
        """The link and script elements for the page's head."""
        mounted = next(iter(self._wiring.by_side.values()))
        return mounted.site.here.rendering.asset_tags(mount_of(mounted))

    def activity(self, scope: Scope | str) -> Markup:
        """The activity feed of a job, given its scope or the host's id, with its composer (J1)."""
        visit = self._visit
        if visit is None:
            return Markup("")
        native = flask.request
        own = {f"{_PREFIX}{name}" for name in ("type", "author", "cursor")}
        panel = Panel(
            path=quote(native.root_path + native.path, safe="/:@!$&'()*+,;=~"),
            prefix=_PREFIX,
            others=tuple((name, value) for name, value in native.args.items(multi=True) if name not in own),
            anchor=_ANCHOR,
        )
        try:
            wanted = scope if isinstance(scope, Scope) else Scope.job(scope)
            return FeedPages().panel(visit, wanted, panel, visit.request.query, Typed())[0]
        except JobThreadsError as error:
            return visit.refused(error, title="Activity", embedded=True).content or Markup("")

    @cached_property
    def unread(self) -> int:
        """How many threads are unread: the number beside Messages (M7)."""
        visit = self._visit
        try:
            return visit.threads.bell.unread(visit.person) if visit else 0
        except JobThreadsError:
            return 0

    @cached_property
    def availability(self) -> Availability:
        """Whether Messages stands in the sidebar, and why not (M2, M10)."""
        visit = self._visit
        try:
            return visit.threads.staff.availability(visit.person) if visit else Availability(shown=False)
        except JobThreadsError as error:
            return Availability(shown=False, why_not=f"{error} {error.hint}")

    @cached_property
    def bell(self) -> Markup:
        """The bell with its count, as a link to the notifications (J10)."""
        visit = self._visit
        if visit is None:
            return Markup("")
        return visit.render("staff/bell_sign.html", url=visit.urls.to("bell"), unread=self.unread)

    @cached_property
    def messages_url(self) -> str:
        """The address of the inbox."""
        return self._urls.messages()

    @cached_property
    def bell_url(self) -> str:
        """The address of the notifications."""
        return self._urls.to("bell")

    def conversation_url(self, scope: Scope) -> str:
        """The address of one conversation in the inbox."""
        return self._urls.messages(scope)

    def activity_url(self, scope: Scope) -> str:
        """The address of a job's activity feed."""
        return self._urls.activity(scope)

    @cached_property
    def portal_url(self) -> str:
        """The address of the client's list."""
        return Addresses(mount_of(self._wiring.by_side["portal"])).portal()

    @property
    def _urls(self) -> Addresses:
        return Addresses(mount_of(self._wiring.by_side["staff"]))

    @cached_property
    def _visit(self) -> Visit[Staff] | None:
        mounted = self._wiring.by_side.get("staff")
        if mounted is None or not flask.has_request_context():
            return None
        request = request_from(flask.request, mount_of(mounted))
        person = mounted.site.who(request)
        if not isinstance(person, Staff):
            return None
        return Visit(request=request, route=_EMBEDDED, args={}, here=mounted.site.here, person=person)
