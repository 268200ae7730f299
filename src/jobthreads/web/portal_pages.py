"""The client's pages: their jobs and quotes, one conversation, and the way in by a mailed link.

Everything comes from the portal door, so nothing internal can stand here: no staff id, no number, no visibility (S1).
"""

from __future__ import annotations

from urllib.parse import quote

from attrs import evolve, frozen

from jobthreads.domain.paging import Page
from jobthreads.domain.people import Client
from jobthreads.domain.portal import PortalConversation, PortalEntry, PortalRecord
from jobthreads.domain.records import Scope
from jobthreads.domain.search import PortalSearchHit
from jobthreads.errors import (
    AttachmentsNotSupported,
    InvalidInput,
    JobThreadsError,
    LinkExpired,
    PortalDisabled,
    UploadsOff,
)
from jobthreads.sentences import gettext as _
from jobthreads.web.addresses import with_query
from jobthreads.web.attaching import Attached, Uploader, store_each
from jobthreads.web.composer import Composer, Typed
from jobthreads.web.file_answers import PortalFiles
from jobthreads.web.lines import client_days, sized
from jobthreads.web.problems import BodyTooLarge, Malformed, UnsupportedMedia, refusal
from jobthreads.web.searching import asked, portal_hits
from jobthreads.web.uploads import Upload
from jobthreads.web.visit import Answer, Visit

__all__ = ["PORTAL_COOKIE", "PortalPages"]

PORTAL_COOKIE = "jobthreads_portal_token"
"""Holds the session that a mailed link opened. By its last word, error reports of frameworks leave its value out."""

Asked = Visit[Client]

_LIST = _("Your jobs and quotes")


@frozen(kw_only=True)
class RecordLine:
    """One job or quote of the list."""

    record: PortalRecord
    url: str


class PortalPages(PortalFiles):
    """Each method answers one route of the portal mount."""

    def records(self, visit: Asked) -> Answer:
        """The client's jobs and sent quotes (M11, J9)."""
        urls, cursor = visit.urls, visit.request.param("cursor")
        page = visit.threads.portal.records(visit.person, cursor=cursor, limit=visit.limit())
        here = urls.portal()
        return visit.page(
            "portal/records.html",
            visit.language.say(_LIST),
            projection=page,
            rows=tuple(RecordLine(record=one, url=urls.portal(one.scope)) for one in page.items),
            first_url=here if cursor else None,
            older_url=with_query(here, ("cursor", page.next)) if page.next else None,
            refresh_url=visit.with_params(here, ("cursor", "limit")),
            search_action=urls.to("search"),
        )

    def search(self, visit: Asked) -> Answer:
        """What the client finds in what they are shown (J12)."""
        urls, request, language = visit.urls, visit.request, visit.language
        search, here = asked(request.param("q"), language), urls.to("search")
        page: Page[PortalSearchHit] = Page(items=())
        if search is not None and search.query is not None:
            cursor, q = request.param("cursor"), ("q", search.text)
            page = visit.threads.portal.search(visit.person, search.text, cursor=cursor, limit=visit.limit())
            search = evolve(
                search,
                lines=portal_hits(page, search.query, urls, language),
                first_url=with_query(here, q) if cursor else None,
                older_url=with_query(here, q, ("cursor", page.next)) if page.next else None,
            )
        else:
            # Access is judged whatever is searched for.
            visit.threads.portal.records(visit.person, limit=1)
        return visit.page(
            "portal/search.html",
            language.say(_("Search")),
            error=search.error if search else None,
            projection=(page, search.text if search else ""),
            search=search,
            search_action=here,
            list_url=urls.portal(),
            refresh_url=visit.with_params(here, ("q", "cursor", "limit")),
        )

    def conversation(self, visit: Asked) -> Answer:
        """One job or quote, and what was said about it (J4)."""
        return self._conversation(visit, Typed())

    def reply(self, visit: Asked) -> Answer:
        """Send what the client wrote."""
        form = visit.form()
        typed = Typed.of(form)
        try:
            if form.files:
                raise AttachmentsNotSupported(
                    _("Messages are text only; the file was not stored."), hint=_("Please send the file by e-mail.")
                )
            visit.threads.portal.reply(visit.person, visit.scope, typed.text, request_id=typed.request_id)
        except JobThreadsError as error:
            return self._conversation(visit, typed.refused(error))
        return visit.see(visit.urls.portal(visit.scope))

    def attach(self, visit: Asked) -> Answer:
        """Store the files that the client chose, each by itself, where the job allows it (J8)."""
        portal, client, scope = visit.threads.portal, visit.person, visit.scope
        # Access is judged before anything is read.
        if not portal.conversation(client, scope, limit=1).can_upload:
            return self._conversation(visit, Typed(error=UploadsOff()))

        def store(upload: Upload, request_id: str | None) -> PortalEntry:
            return portal.attach(client, scope, upload.content, name=upload.name, request_id=request_id)

        try:
            with visit.files() as intake:
                attached = store_each(intake, store, visit.language)
        except (BodyTooLarge, Malformed, UnsupportedMedia) as error:
            attached = Attached.not_at_all(error, language=visit.language)
        if attached.error is not None:
            return self._conversation(visit, Typed(), attached)
        return visit.see(visit.urls.portal(scope))

    def mark_read(self, visit: Asked) -> Answer:
        """Take the dot away, up to an entry (J9)."""
        upto = visit.form().get("upto")
        if not upto:
            raise InvalidInput(_("The place to read up to is missing."), field="upto")
        visit.threads.portal.mark_read(visit.person, visit.scope, upto=upto)
        return visit.see(visit.urls.portal(visit.scope))

    def _conversation(self, visit: Asked, typed: Typed, attached: Attached | None = None) -> Answer:
        urls = visit.urls
        try:
            scope = visit.scope
            found, newest = self._page_of(visit, scope)
            self._seen(visit, found)
        except PortalDisabled as error:
            return visit.refused(error, text=typed.text)
        except JobThreadsError as error:
            return visit.refused(error, text=typed.text, back=(urls.portal(), visit.language.say(_LIST)))
        here, items = urls.portal(scope), found.entries.items
        path = urls.record(scope)
        return visit.page(
            "portal/conversation.html",
            found.title,
            error=typed.error or (attached.error if attached else None),
            projection=found,
            conversation=found,
            days=client_days(items, unread=found.unread, times=visit.times, urls=urls),
            older_url=with_query(here, ("cursor", found.entries.next)) if found.entries.next else None,
            newest_url=None if newest else here,
            list_url=urls.portal(),
            read_url=urls.api(f"{path}/read"),
            upto=str(items[0].id) if items else "",
            refresh_url=visit.with_params(here, ("cursor", "begin", "limit")),
            attached=attached or Attached(),
            uploader=Uploader(
                action=urls.to(f"{path}/files"),
                api=urls.api(f"{path}/files"),
                limit=visit.threads.attachments.max_bytes,
                size=visit.language.say(sized(visit.threads.attachments.max_bytes)),
            )
            if found.can_upload
            else None,
            composer=Composer(
                action=urls.to(f"{path}/replies"),
                api=urls.api(f"{path}/replies"),
                request_id=typed.next_request_id(),
                text=typed.text,
                refusal=typed.refusal(visit.language),
                visibility="",
                can_reply=found.can_reply,
                why_not=visit.language.say(_("You can answer as soon as you have been written to.")),
            ),
        )

    def _page_of(self, visit: Asked, scope: Scope) -> tuple[PortalConversation, bool]:
        """The page that the address asks for, and whether it is the newest; `begin` is an entry to be in sight."""
        portal, cursor, begin = visit.threads.portal, visit.request.param("cursor"), visit.request.param("begin")
        found = portal.conversation(visit.person, scope, cursor=cursor, limit=visit.limit())
        if begin is None or cursor is not None or any(str(entry.id) == begin for entry in found.entries.items):
            return found, cursor is None
        return portal.conversation(visit.person, scope, begin=begin, limit=visit.limit()), False

    def _seen(self, visit: Asked, found: PortalConversation) -> None:
        """Move the client's mark up to the newest entry they now look at."""
        if visit.opens_page and found.unread and found.entries.items:
            visit.threads.portal.mark_read(visit.person, found.scope, upto=found.entries.items[0].id)

    def look(self, visit: Visit[None]) -> Answer:
        """What stands behind a mailed link: one button. Changes nothing, since scanners follow links too."""
        try:
            business = visit.threads.portal.preview(visit.args["token"]).business
        except LinkExpired as error:
            return _expired(visit, error)
        return _door(visit, "open", business.name, action=_enter(visit))

    def enter(self, visit: Visit[None]) -> Answer:
        """Turn the link into a session, and go to the record's clean address."""
        try:
            entrance = visit.threads.portal.enter(visit.args["token"])
        except LinkExpired as error:
            return _expired(visit, error)
        lasts = int((entrance.expires_at - visit.threads.now()).total_seconds())
        secure = "; Secure" if visit.request.scheme == "https" else ""
        cookie = (
            f"{PORTAL_COOKIE}={entrance.session}; HttpOnly; Max-Age={lasts}; "
            f"Path={visit.request.mount or '/'}; SameSite=Lax{secure}"
        )
        return Answer(status=303, location=visit.urls.portal(entrance.scope), headers=(("Set-Cookie", cookie),))

    def renew(self, visit: Visit[None]) -> Answer:
        """Mail a fresh link; the same answer in every case."""
        visit.threads.portal.renew(visit.args["token"])
        return _door(visit, "renewed", visit.language.say(_("A fresh link")))


def _enter(visit: Visit[None]) -> str:
    return visit.urls.to(f"enter/{quote(visit.args['token'], safe='')}")


def _expired(visit: Visit[None], error: LinkExpired) -> Answer:
    renew = f"{_enter(visit)}/renew"
    return _door(visit, "expired", visit.language.say(_("Link expired")), action=renew, refused=error)


def _door(
    visit: Visit[None],
    state: str,
    name: str,
    *,
    action: str = "",
    refused: JobThreadsError | None = None,
) -> Answer:
    return visit.page(
        "portal/enter.html",
        name,
        error=refused,
        state=state,
        business_name=name,
        refusal=refusal(refused, visit.language) if refused else None,
        action=action,
    )
