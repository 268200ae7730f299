"""What a host's own templates may ask for: assets, the activity panel, the bell, the unread count, addresses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from urllib.parse import quote

from attrs import evolve, frozen
from markupsafe import Markup

from jobthreads.domain.people import Staff
from jobthreads.domain.records import Scope
from jobthreads.errors import JobThreadsError, Misconfigured
from jobthreads.sentences import gettext as _
from jobthreads.services.staff_inbox import Availability
from jobthreads.web.addresses import Addresses
from jobthreads.web.composer import Typed
from jobthreads.web.feed_pages import FeedPages, Panel
from jobthreads.web.http import Request
from jobthreads.web.routes import Route
from jobthreads.web.site import Site
from jobthreads.web.visit import Visit

__all__ = ["HostPage", "Mounted"]

_PREFIX = "jt_"
_ANCHOR = "#jt-activity"
_EMBEDDED = Route(method="GET", path="", name="panel", summary="Activity in the host's page")


@frozen(kw_only=True)
class Mounted:
    """A site, and the address under which it hangs, without a slash at its end."""

    site: Site
    address: str


class HostPage(ABC):
    """What a host's template may ask for; nothing is looked up before it does, and nothing twice.

    Where nobody is signed in, or the library cannot answer just now, there is nothing to show: no panel, no bell,
    a count of 0. The host's page stands all the same.
    """

    @abstractmethod
    def _find(self, side: str) -> Mounted | None:
        """Where `staff` or `portal` hangs; of several, the one that this page is of, or the first."""

    @abstractmethod
    def _request(self, mounted: Mounted) -> Request | None:
        """The present request in our words; None outside of one."""

    @abstractmethod
    def _path(self) -> str:
        """The path of the host's page, not encoded."""

    @cached_property
    def assets(self) -> Markup:
        """The link and script elements for the page's head."""
        mounted = self._find("staff") or self._mounted("portal")
        request = self._request(mounted)
        here = mounted.site.here
        return here.rendering.asset_tags(mounted.address, here.language(request.native if request else None))

    def activity(self, record: Scope | object, kind: str = "job") -> Markup:
        """The activity feed of a job with its composer (J1), given its scope, or the host's id and `job` or `quote`."""
        visit = self._visit
        if visit is None:
            return Markup("")
        query = visit.request.query
        own = {f"{_PREFIX}{name}" for name in ("type", "author", "q", "cursor")}
        panel = Panel(
            path=quote(self._path(), safe="/:@!$&'()*+,;=~"),
            prefix=_PREFIX,
            others=tuple((name, value) for name, values in query.items() if name not in own for value in values),
            anchor=_ANCHOR,
        )
        try:
            return FeedPages().panel(visit, _scope(record, kind), panel, query, Typed())[0]
        except JobThreadsError as error:
            title = visit.language.say(_("Activity"))
            return visit.refused(error, title=title, embedded=True).content or Markup("")

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
        if visit is None:
            return Availability(shown=False)
        try:
            found = visit.threads.staff.availability(visit.person)
        except JobThreadsError as error:
            found = Availability(shown=False, why_not=error.in_full)
        return evolve(found, why_not=found.why_not and visit.language.say(found.why_not))

    @cached_property
    def bell(self) -> Markup:
        """The bell with its count, as a link to the notifications (J10)."""
        visit = self._visit
        if visit is None:
            return Markup("")
        return visit.render("staff/bell_sign.html", url=visit.urls.to("bell"), unread=self.unread)

    @property
    def messages_url(self) -> str:
        """The address of the inbox."""
        return self._urls.messages()

    @property
    def bell_url(self) -> str:
        """The address of the notifications."""
        return self._urls.to("bell")

    def conversation_url(self, record: Scope | object, kind: str = "job") -> str:
        """The address of one conversation in the inbox, given its scope, or the host's id and `job` or `quote`."""
        return self._urls.messages(_scope(record, kind))

    def activity_url(self, record: Scope | object) -> str:
        """The address of a job's activity feed, given its scope or the host's id."""
        return self._urls.activity(_scope(record, "job"))

    @cached_property
    def portal_url(self) -> str:
        """The address of the client's list."""
        return Addresses(self._mounted("portal").address).portal()

    def _mounted(self, side: str) -> Mounted:
        found = self._find(side)
        if found is None:
            raise Misconfigured(f"The {side} pages are not mounted here.", hint="Mount them, then use their addresses.")
        return found

    @cached_property
    def _urls(self) -> Addresses:
        return Addresses(self._mounted("staff").address)

    @cached_property
    def _visit(self) -> Visit[Staff] | None:
        mounted = self._find("staff")
        request = self._request(mounted) if mounted else None
        if mounted is None or request is None:
            return None
        person = mounted.site.who(request)
        if not isinstance(person, Staff):
            return None
        return Visit(request=request, route=_EMBEDDED, args={}, here=mounted.site.here, person=person)


def _scope(record: Scope | object, kind: str) -> Scope:
    return record if isinstance(record, Scope) else Scope.parse(f"{kind}:{record}")
