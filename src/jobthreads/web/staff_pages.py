"""The staff pages: inbox, conversation, New conversation, and the bell."""

from __future__ import annotations

from typing import Any

from attrs import evolve, frozen
from markupsafe import Markup

from jobthreads.domain.entries import EntryKind
from jobthreads.domain.notifications import Notice
from jobthreads.domain.paging import Page
from jobthreads.domain.people import Staff
from jobthreads.domain.records import Scope, ScopeKind
from jobthreads.domain.threads import Conversation, InboxRow
from jobthreads.errors import AttachmentsNotSupported, InvalidInput, JobThreadsError
from jobthreads.policies.access import Action
from jobthreads.sentences import Sentence
from jobthreads.sentences import gettext as _
from jobthreads.web.addresses import with_query
from jobthreads.web.composer import Composer, Typed, who_is_told, whole_number
from jobthreads.web.feed_pages import FeedPages
from jobthreads.web.lines import named, staff_days
from jobthreads.web.searching import Search, asked, staff_hits
from jobthreads.web.visit import Answer, Visit

__all__ = ["StaffPages", "what_is_offered"]

Asked = Visit[Staff]


@frozen(kw_only=True)
class ThreadLine:
    """One row of the threads panel; `current` is the one that is open."""

    row: InboxRow
    url: str
    current: bool


@frozen(kw_only=True)
class NoticeLine:
    """One line of the bell; `said` is "Dana Reyes replied on J-1042", the name in an element of its own."""

    notice: Notice
    url: str
    said: Markup


@frozen(kw_only=True)
class OpenConversation:
    """The conversation beside the panel."""

    kind: str
    client_name: str
    reference: str
    title: str
    record_url: str | None
    activity_url: str | None
    days: tuple[Any, ...]
    older_url: str | None
    newest_url: str | None
    read_url: str
    upto: int
    composer: Composer


def what_is_offered(client_id: str, count: int) -> str:
    """Say why there may be less to choose from than someone expects (M4, M10)."""
    if not client_id:
        return ""
    if not count:
        return _("This client has nothing to write on yet. Quotes appear here once they are sent to the portal.")
    return _("Quotes appear here once they are sent to the portal.")


class StaffPages(FeedPages):
    """Each method answers one route of the staff mount."""

    def inbox(self, visit: Asked) -> Answer:
        """The threads panel, nothing open (M7)."""
        request, messages = visit.request, visit.language.say(_("Messages"))
        search = self._searched(visit, request.param("cursor"))
        if search is not None:
            return self._inbox(visit, Page(items=()), None, messages, search=search)
        rows = visit.threads.staff.inbox(
            visit.person,
            unread_only=request.param("unread") is not None,
            client_id=request.param("client"),
            cursor=request.param("cursor"),
            limit=visit.limit(),
        )
        return self._inbox(visit, rows, None, messages)

    def conversation(self, visit: Asked) -> Answer:
        """One conversation, and the panel beside it."""
        return self._conversation(visit, Typed())

    def reply(self, visit: Asked) -> Answer:
        """Send what the Messages composer holds (M5, M6)."""
        form = visit.form()
        typed = Typed.of(form)
        try:
            if form.files:
                raise AttachmentsNotSupported
            visit.threads.staff.reply(
                visit.person,
                visit.scope,
                typed.text,
                request_id=typed.request_id,
                if_seen=whole_number(form.get("if_seen"), "if_seen"),
            )
        except JobThreadsError as error:
            return self._conversation(visit, typed.refused(error))
        return visit.see(typed.return_to or visit.urls.messages(visit.scope))

    def mark_read(self, visit: Asked) -> Answer:
        """Mark a conversation read up to an entry."""
        upto = whole_number(visit.form().get("upto"), "upto")
        if upto is None:
            raise InvalidInput(_("The place to read up to is missing."), field="upto")
        visit.threads.staff.mark_read(visit.person, visit.scope, upto=upto)
        return visit.see(visit.urls.messages(visit.scope))

    def choose(self, visit: Asked) -> Answer:
        """New conversation: first a client, then one of their records (M4)."""
        request = visit.request
        return self._choose(visit, request.param("client") or "", request.param("text") or "")

    def start(self, visit: Asked) -> Answer:
        """Confirm: open the conversation on the chosen record."""
        form = visit.form()
        client_id, chosen = form.get("client"), form.get("scope")
        try:
            if not chosen:
                raise InvalidInput(
                    _("No job or quote is chosen."), field="scope", hint=_("Choose a client, then a job or quote.")
                )
            scope = Scope.parse(chosen)
            visit.threads.staff.start(visit.person, client_id=client_id, scope=scope)
        except JobThreadsError as error:
            return self._choose(visit, client_id, "", chosen, Typed(error=error))
        return visit.see(visit.urls.messages(scope))

    def bell(self, visit: Asked) -> Answer:
        """The unread threads, one line each (J10)."""
        notices = visit.threads.bell.notices(visit.person)
        urls = visit.urls
        return visit.page(
            "staff/bell.html",
            visit.language.say(_("Notifications")),
            projection=notices,
            notices=tuple(
                NoticeLine(notice=one, url=urls.messages(one.scope), said=visit.language.markup(_rung(one)))
                for one in notices
            ),
            read_action=urls.to("bell/read"),
            refresh_url=urls.to("bell"),
        )

    def clear_bell(self, visit: Asked) -> Answer:
        """Clear one line of the bell, or all."""
        named = visit.form().get("scope")
        visit.threads.bell.mark_read(visit.person, Scope.parse(named) if named else None)
        return visit.see(visit.urls.to("bell"))

    def _conversation(self, visit: Asked, typed: Typed) -> Answer:
        urls, scope = visit.urls, visit.scope
        try:
            found = visit.threads.staff.conversation(
                visit.person, scope, cursor=visit.request.param("cursor"), limit=visit.limit()
            )
            self._seen(visit, found)
            search = self._searched(visit, None)
            rows = Page[InboxRow](items=()) if search else visit.threads.staff.inbox(visit.person)
        except JobThreadsError as error:
            return visit.refused(error, text=typed.text, back=(urls.messages(), visit.language.say(_("Messages"))))
        return self._inbox(visit, rows, found, found.client_name or found.reference, typed, search)

    def _searched(self, visit: Asked, cursor: str | None) -> Search | None:
        """What was searched for, and found, in the panel's box (J12)."""
        search = asked(visit.request.param("q"), visit.language)
        if search is None or search.query is None:
            return search
        urls, query = visit.urls, search.query
        page = visit.threads.staff.search(visit.person, search.text, cursor=cursor, limit=visit.limit())
        here = with_query(urls.messages(), ("q", search.text))
        return evolve(
            search,
            lines=staff_hits(page, query, search.text, urls, visit.language),
            first_url=here if cursor else None,
            older_url=with_query(urls.messages(), ("q", search.text), ("cursor", page.next)) if page.next else None,
        )

    def _seen(self, visit: Asked, found: Conversation) -> None:
        """Move the reader's mark up to the newest entry they now look at."""
        if visit.opens_page and found.unread and found.entries.items:
            visit.threads.staff.mark_read(visit.person, found.scope, upto=found.entries.items[0].seq)

    def _inbox(
        self,
        visit: Asked,
        rows: Page[InboxRow],
        found: Conversation | None,
        title: str,
        typed: Typed | None = None,
        search: Search | None = None,
    ) -> Answer:
        urls, typed = visit.urls, typed or Typed()
        unread_only = found is None and visit.request.param("unread") is not None
        can_start = visit.threads.access.permits(visit.person, Action.START)
        here = urls.messages(found.scope if found else None)
        panel = ("unread", "client", "limit", "q")
        return visit.page(
            "staff/inbox.html",
            title,
            error=typed.error or (search.error if search else None),
            projection=(rows, found, unread_only, can_start, (search.text, search.lines) if search else None),
            search=search,
            search_action=urls.messages(),
            rows=tuple(
                ThreadLine(
                    row=row, url=urls.messages(row.scope), current=found is not None and row.scope == found.scope
                )
                for row in rows.items
            ),
            unread_only=unread_only,
            all_url=with_query(urls.messages(), ("q", search.text)) if search and found else urls.messages(),
            unread_url=with_query(urls.messages(), ("unread", "1")),
            first_url=visit.with_params(urls.messages(), panel)
            if found is None and visit.request.param("cursor")
            else None,
            older_url=visit.with_params(urls.messages(), panel if found is None else (), cursor=rows.next)
            if rows.next
            else None,
            new_url=urls.to("messages/new") if can_start else None,
            empty=visit.language.say(_nothing_there(unread_only, can_start)),
            refresh_url=visit.with_params(here, ("cursor", *panel)),
            conversation=self._opened(visit, found, typed, search) if found else None,
        )

    def _opened(self, visit: Asked, found: Conversation, typed: Typed, search: Search | None) -> OpenConversation:
        urls, scope = visit.urls, found.scope
        here, cursor = urls.messages(scope), visit.request.param("cursor")
        items, q = found.entries.items, [("q", search.text)] if search else []
        path = f"messages/{urls.record(scope)}"
        return OpenConversation(
            kind=scope.kind.value,
            client_name=found.client_name,
            reference=found.reference,
            title=found.title,
            record_url=visit.here.record_url(scope) if found.record else None,
            activity_url=urls.activity(scope) if scope.kind is ScopeKind.JOB else None,
            days=staff_days(items, unread=found.unread, times=visit.times, urls=urls),
            older_url=with_query(here, *q, ("cursor", found.entries.next)) if found.entries.next else None,
            newest_url=with_query(here, *q) if cursor else None,
            read_url=urls.api(f"{path}/read"),
            upto=items[0].seq if items else 0,
            composer=Composer(
                action=urls.to(f"{path}/replies"),
                api=urls.api(f"{path}/replies"),
                request_id=typed.next_request_id(),
                if_seen=items[0].seq if items else 0,
                text=typed.text,
                refusal=typed.refusal(visit.language),
                return_to=typed.return_to,
                visibility="visible",
                can_reply=found.can_reply,
                why_not=visit.language.say(found.why_not or ""),
                tells=who_is_told(found.client, visit.language),
            ),
        )

    def _choose(self, visit: Asked, client_id: str, text: str, chosen: str = "", typed: Typed | None = None) -> Answer:
        urls, refusal = visit.urls, typed.refusal(visit.language) if typed else None
        clients = visit.threads.staff.clients(visit.person, text)
        scopes = visit.threads.staff.scopes(visit.person, client_id) if client_id and not refusal else ()
        if client_id and refusal:
            scopes = _offered(visit, client_id)
        return visit.page(
            "staff/new.html",
            visit.language.say(_("New conversation")),
            error=typed.error if typed else None,
            clients=clients,
            client_id=client_id,
            scopes=scopes,
            scope=chosen,
            text=text,
            # Fewer than that can be looked through; more than the door gives have to be searched.
            searchable=bool(text) or len(clients) >= 50,
            nothing=visit.language.say(what_is_offered(client_id, len(scopes))),
            refusal=refusal,
            action=urls.to("messages/new"),
            all_url=urls.messages(),
            choices_url=urls.api("messages/new"),
        )


def _offered(visit: Asked, client_id: str) -> tuple[Any, ...]:
    """What stood in the second select when Confirm was refused, if the client is one at all."""
    try:
        return visit.threads.staff.scopes(visit.person, client_id)
    except JobThreadsError:
        return ()


def _nothing_there(unread_only: bool, can_start: bool) -> Sentence:
    if unread_only:
        return _("Nothing unread.")
    if can_start:
        return _("No conversations yet. Start one from a job or a sent quote.")
    return _("No conversations yet. They appear here once your office starts one on a job you are assigned to.")


def _rung(notice: Notice) -> Sentence:
    facts = {"name": named(notice.client_name), "record": f"{notice.reference} {notice.title}"}
    if notice.what is EntryKind.FILE:
        return _("%(name)s added a file to %(record)s", **facts)
    return _("%(name)s replied on %(record)s", **facts)
