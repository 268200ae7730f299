"""The two mounts: the staff's and the client's."""

from __future__ import annotations

from typing import Any

from jobthreads.domain.people import Client, Staff
from jobthreads.errors import JobThreadsError
from jobthreads.sentences import gettext as _
from jobthreads.web.api import PortalApi, StaffApi
from jobthreads.web.http import Request
from jobthreads.web.portal_pages import PORTAL_COOKIE, PortalPages
from jobthreads.web.routes import PORTAL, STAFF
from jobthreads.web.site import Site
from jobthreads.web.staff_pages import StaffPages
from jobthreads.web.visit import Place, Visit

__all__ = ["PortalSite", "StaffSite"]


class StaffSite(Site):
    """Messages, activity feeds and the bell, for the host's staff."""

    side = "staff"
    routes = STAFF
    pages = StaffPages()
    api = StaffApi()

    def places(self, visit: Visit[Any]) -> tuple[Place, ...]:
        """Messages, while the business has them, and the bell."""
        person, say = visit.person, visit.language.say
        if not isinstance(person, Staff):
            return ()
        urls, threads = visit.urls, self.here.threads
        try:
            unread, shown = threads.bell.unread(person), threads.staff.availability(person).shown
        except JobThreadsError:
            return ()
        messages = Place(label=say(_("Messages")), url=urls.messages(), count=unread)
        bell = Place(label=say(_("Notifications")), url=urls.to("bell"), count=unread)
        return (*([messages] if shown else []), bell)


class PortalSite(Site):
    """The client's jobs and quotes; by the host's own sign-in, or by a mailed link's session."""

    side = "portal"
    routes = PORTAL
    pages = PortalPages()
    api = PortalApi()

    def who(self, request: Request) -> Client | None:
        """The client that the host knows, else the one whose link opened a session."""
        known: Client | None = super().who(request)
        if known is not None:
            return known
        session = request.cookies.get(PORTAL_COOKIE)
        return self.here.threads.portal.client_of(session) if session else None
