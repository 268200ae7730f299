"""The job's activity feed, as a page of ours and as a panel in a page of the host's."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen
from markupsafe import Markup

from jobthreads.domain.entries import Author, AuthorKind, Entry, EntryKind, Visibility
from jobthreads.domain.paging import Page
from jobthreads.domain.people import Staff
from jobthreads.domain.records import Scope, ScopeKind
from jobthreads.errors import AttachmentsNotSupported, InvalidInput, JobThreadsError
from jobthreads.services.staff import FeedHeader
from jobthreads.web.addresses import with_query
from jobthreads.web.attaching import Attached, Uploader, store_each
from jobthreads.web.composer import Composer, Typed, who_is_told, whole_number
from jobthreads.web.file_answers import StaffFiles
from jobthreads.web.lines import feed_line
from jobthreads.web.problems import BodyTooLarge, Malformed, UnsupportedMedia, refusal_headers, status_of
from jobthreads.web.security import local_path
from jobthreads.web.uploads import Upload
from jobthreads.web.visit import Answer, Visit

__all__ = ["Choice", "FeedPages", "Panel", "author_from", "kinds_from"]

_KINDS = {
    EntryKind.REPLY: "Replies",
    EntryKind.NOTE: "Notes",
    EntryKind.FILE: "Files",
    EntryKind.STATUS_CHANGE: "Status changes",
    EntryKind.FORM_SAVE: "Forms",
}


@frozen(kw_only=True)
class Choice:
    """One filter: its label, the address that turns it on (or off, where it is shown as on), its form value."""

    label: str
    url: str = ""
    value: str = ""
    current: bool = False


@frozen(kw_only=True)
class Panel:
    """Where a feed stands: on its own page, or embedded at `path` of the host's, its parameters prefixed.

    `others` are the host's own parameters, which every link keeps.
    """

    path: str
    prefix: str = ""
    others: tuple[tuple[str, str], ...] = ()
    anchor: str = ""

    @property
    def embedded(self) -> bool:
        """Whether it stands in the host's page."""
        return bool(self.prefix)

    @property
    def home(self) -> str:
        """The address of the feed without filters."""
        return with_query(self.path, *self.others) + self.anchor

    def url(self, kind: str | None, author: str | None, cursor: str | None = None) -> str:
        """The address of the feed with these filters (J11)."""
        own = {"type": kind, "author": author, "cursor": cursor}
        pairs = [(f"{self.prefix}{name}", value) for name, value in own.items()]
        return with_query(self.path, *self.others, *pairs) + self.anchor


def kinds_from(names: tuple[str, ...]) -> tuple[EntryKind, ...]:
    """Read the types of a filter; raises `InvalidInput`."""
    try:
        return tuple(EntryKind(name) for name in names)
    except ValueError:
        raise InvalidInput(
            "There is no activity of this type.", field="type", hint=f"One of: {', '.join(EntryKind)}."
        ) from None


def author_from(text: str | None) -> Author | None:
    """Read `client:c1`; kind and id decide who it is. Raises `InvalidInput`."""
    if not text:
        return None
    kind, _, author_id = text.partition(":")
    if kind not in AuthorKind._value2member_map_ or len(author_id) > 200 or not author_id.isprintable():
        raise InvalidInput("There is no such author.", field="author", hint="Write it as client:c1 or staff:7.")
    return Author(kind=AuthorKind(kind), id=author_id)


def _in_address(author: Author) -> str:
    return f"{author.kind.value}:{author.id}"


class FeedPages(StaffFiles):
    """Each method answers one route of a job's feed."""

    def feed(self, visit: Visit[Staff]) -> Answer:
        """Everything that happened on one job, newest first (J1)."""
        return self._feed(visit, Typed())

    def add_entry(self, visit: Visit[Staff]) -> Answer:
        """Write what the composer holds: a note or a reply, as chosen (J2)."""
        form = visit.form()
        typed = Typed.of(form)
        staff, actor, scope = visit.threads.staff, visit.person, visit.scope
        try:
            if form.files:
                raise AttachmentsNotSupported
            if typed.visibility == Visibility.INTERNAL.value:
                staff.note(actor, scope, typed.text, request_id=typed.request_id)
            elif typed.visibility == Visibility.VISIBLE.value:
                seen = whole_number(form.get("if_seen"), "if_seen")
                staff.reply(actor, scope, typed.text, request_id=typed.request_id, if_seen=seen)
            else:
                raise InvalidInput(
                    "It is not said who this is for.",
                    field="visibility",
                    hint='Choose "Internal note" or "Customer reply", then send again.',
                )
        except JobThreadsError as error:
            return self._feed(visit, typed.refused(error))
        return visit.see(typed.return_to or visit.urls.activity(scope))

    def attach(self, visit: Visit[Staff]) -> Answer:
        """Store the files of a form, each by itself (J5); for whom is always said (J6)."""
        staff, actor, scope = visit.threads.staff, visit.person, visit.scope
        # Access is judged before anything is read.
        staff.header(actor, scope)
        try:
            with visit.files() as intake:
                visibility = _said(intake.get("visibility"), "It is not said who may see the files.")

                def store(upload: Upload, request_id: str | None) -> Entry:
                    return staff.attach(
                        actor,
                        scope,
                        upload.content,
                        name=upload.name,
                        visibility=visibility,
                        request_id=request_id,
                    )

                attached = store_each(intake, store)
        except (BodyTooLarge, InvalidInput, Malformed, UnsupportedMedia) as error:
            attached = Attached.not_at_all(error)
        if attached.error is not None:
            return self._feed(visit, Typed(), attached)
        return visit.see(attached.return_to or visit.urls.activity(scope))

    def set_visibility(self, visit: Visit[Staff]) -> Answer:
        """Show a file to the client, or take it back (J6)."""
        form = visit.form()
        visibility = _said(form.get("visibility"), "It is not said who may see the file.")
        entry = visit.threads.staff.set_visibility(visit.person, visit.args["entry"], visibility)
        home = local_path(form.get("return_to")) or visit.urls.activity(entry.scope)
        return visit.see(f"{home.partition('#')[0]}#entry-{entry.id}")

    def _feed(self, visit: Visit[Staff], typed: Typed, attached: Attached | None = None) -> Answer:
        urls, scope = visit.urls, visit.scope
        panel = Panel(path=urls.activity(scope))
        try:
            content, projection, title = self.panel(visit, scope, panel, visit.request.query, typed, attached)
        except JobThreadsError as error:
            return visit.refused(error, text=typed.text, back=(urls.messages(), "Messages"))
        refused = typed.error or (attached.error if attached else None)
        return Answer(
            status=status_of(refused) if refused else 200,
            title=title,
            content=content,
            headers=refusal_headers(refused) if refused else (),
            projection=projection,
        )

    def panel(
        self,
        visit: Visit[Staff],
        scope: Scope,
        panel: Panel,
        query: Mapping[str, tuple[str, ...]],
        typed: Typed,
        attached: Attached | None = None,
    ) -> tuple[Markup, object, str]:
        """Render a feed where it stands: its HTML, what it was made of, and its title."""
        named = {name: query.get(f"{panel.prefix}{name}", ("",))[-1] for name in ("type", "author", "cursor")}
        kinds, author = kinds_from((named["type"],) if named["type"] else ()), author_from(named["author"])
        staff, actor = visit.threads.staff, visit.person
        header = staff.header(actor, scope)
        page = staff.feed(actor, scope, kinds=kinds, author=author, cursor=named["cursor"] or None)
        kind = kinds[0].value if kinds else None
        by = _in_address(author) if author else None
        at_top = not (kinds or author or named["cursor"])
        urls = visit.urls
        here = with_query(urls.activity(scope), ("type", kind), ("author", by), ("cursor", named["cursor"]))
        filters = _filters(panel, header, kind, by)
        content = visit.render(
            "staff/activity.html",
            header=header,
            entries=tuple(feed_line(entry, header, urls) for entry in page.items),
            embedded=panel.embedded,
            uploader=_uploader(visit, panel, header, attached or Attached()),
            attached=attached or Attached(),
            return_to=panel.url(kind, by, named["cursor"]) if panel.embedded else here,
            composer=_composer(visit, panel, header, page, typed),
            types=_types(panel, kind, by),
            authors=_authors(header, by),
            active=filters,
            filter_action=panel.path + panel.anchor,
            filter_fields=(*panel.others, *([(f"{panel.prefix}type", kind)] if kind else [])),
            author_field=f"{panel.prefix}author",
            older_url=panel.url(kind, by, page.next) if page.next else None,
            newest_url=panel.url(kind, by) if named["cursor"] else None,
            refresh_url=here,
            record_url=visit.here.record_url(scope) if header.record and not panel.embedded else None,
            conversation_url=urls.messages(scope) if header.can_reply else None,
            # A filtered feed may not show the client's newest entry, so looking at it marks nothing.
            read_url=urls.api(f"messages/{urls.record(scope)}/read") if at_top else None,
            upto=page.items[0].seq if page.items else 0,
        )
        return content, (header, page, kind, by), f"Activity of {header.reference}"


def _types(panel: Panel, kind: str | None, by: str | None) -> tuple[Choice, ...]:
    every = Choice(label="All", url=panel.url(None, by), current=kind is None)
    return every, *(
        Choice(label=label, url=panel.url(one.value, by), current=one.value == kind) for one, label in _KINDS.items()
    )


def _authors(header: FeedHeader, by: str | None) -> tuple[Choice, ...]:
    return tuple(
        Choice(label=_called(author), value=_in_address(author), current=_in_address(author) == by)
        for author in header.authors
    )


def _filters(panel: Panel, header: FeedHeader, kind: str | None, by: str | None) -> tuple[Choice, ...]:
    """The filters that are on; each address is the one without it."""
    found = []
    if kind:
        found.append(Choice(label=_KINDS[EntryKind(kind)], url=panel.url(None, by)))
    if by:
        known = {_in_address(author): _called(author) for author in header.authors}
        found.append(Choice(label=f"By {known.get(by, 'someone else')}", url=panel.url(kind, None)))
    return tuple(found)


def _called(author: Author) -> str:
    return author.name or "The system"


def _said(chosen: str, sentence: str) -> Visibility:
    """Read for whom a file is, which is always said (J6)."""
    if chosen not in set(Visibility):
        raise InvalidInput(sentence, field="visibility", hint='Choose "Internal" or "Visible", then try again.')
    return Visibility(chosen)


def _uploader(visit: Visit[Staff], panel: Panel, header: FeedHeader, attached: Attached) -> Uploader | None:
    if not header.can_attach:
        return None
    urls, path = visit.urls, f"{visit.urls.record(header.scope)}/files"
    visible = attached.visibility == Visibility.VISIBLE.value and header.can_attach_visible
    return Uploader(
        action=urls.to(path),
        api=urls.api(path),
        limit=visit.threads.attachments.max_bytes,
        can_visible=header.can_attach_visible,
        visibility=(Visibility.VISIBLE if visible else Visibility.INTERNAL).value,
        return_to=attached.return_to or (panel.home if panel.embedded else None),
    )


def _composer(visit: Visit[Staff], panel: Panel, header: FeedHeader, page: Page[Entry], typed: Typed) -> Composer:
    urls, scope = visit.urls, header.scope
    path = f"{urls.record(scope)}/entries"
    if scope.kind is ScopeKind.QUOTE:
        path = f"messages/{urls.record(scope)}/replies"
    chosen = typed.visibility if typed.visibility in set(Visibility) else None
    return Composer(
        action=urls.to(path),
        api=urls.api(path),
        request_id=typed.next_request_id(),
        if_seen=page.items[0].seq if page.items else 0,
        text=typed.text,
        refusal=typed.refusal,
        return_to=typed.return_to or (panel.home if panel.embedded else None),
        visibility=chosen or ("internal" if header.can_note else "visible"),
        can_note=header.can_note,
        can_reply=header.can_reply,
        why_not=header.why_not or "",
        tells=who_is_told(header.client),
    )
