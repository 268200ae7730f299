"""The job's activity feed, as a page of ours and as a panel in a page of the host's."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen
from markupsafe import Markup

from jobthreads.domain.entries import Author, AuthorKind, Entry, EntryKind, Visibility
from jobthreads.domain.paging import Page
from jobthreads.domain.people import Staff
from jobthreads.domain.records import Scope, ScopeKind
from jobthreads.errors import AttachmentsNotSupported, InvalidInput, JobThreadsError
from jobthreads.sentences import gettext as _
from jobthreads.services.staff import FeedHeader
from jobthreads.web.addresses import with_query
from jobthreads.web.attaching import Attached, Uploader, store_each
from jobthreads.web.composer import Composer, Typed, who_is_told, whole_number
from jobthreads.web.file_answers import StaffFiles
from jobthreads.web.language import Language
from jobthreads.web.lines import feed_line, sized
from jobthreads.web.problems import BodyTooLarge, Malformed, UnsupportedMedia, refusal_headers, status_of
from jobthreads.web.searching import Search, asked
from jobthreads.web.security import local_path
from jobthreads.web.uploads import Upload
from jobthreads.web.visit import Answer, Visit

__all__ = ["Choice", "FeedPages", "Panel", "author_from", "kinds_from"]

_KINDS = {
    EntryKind.REPLY: _("Replies"),
    EntryKind.NOTE: _("Notes"),
    EntryKind.FILE: _("Files"),
    EntryKind.STATUS_CHANGE: _("Status changes"),
    EntryKind.FORM_SAVE: _("Forms"),
}


@frozen(kw_only=True)
class Choice:
    """One filter: its label, the address that turns it on (or off, where it is shown as on), its form value."""

    label: str
    url: str = ""
    value: str = ""
    current: bool = False


@frozen(kw_only=True)
class Filters:
    """What a feed is narrowed to, as it stands in the address: a type, an author, words (J11, J12)."""

    kind: str | None = None
    author: str | None = None
    text: str | None = None

    @property
    def on(self) -> bool:
        """Whether there is any."""
        return any((self.kind, self.author, self.text))


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

    def url(self, filters: Filters, cursor: str | None = None) -> str:
        """The address of the feed with these filters (J11)."""
        own = {"type": filters.kind, "author": filters.author, "q": filters.text, "cursor": cursor}
        pairs = [(f"{self.prefix}{name}", value) for name, value in own.items()]
        return with_query(self.path, *self.others, *pairs) + self.anchor


def kinds_from(names: tuple[str, ...]) -> tuple[EntryKind, ...]:
    """Read the types of a filter; raises `InvalidInput`."""
    try:
        return tuple(EntryKind(name) for name in names)
    except ValueError:
        raise InvalidInput(
            _("There is no activity of this type."),
            field="type",
            hint=_("One of: %(words)s.", words=", ".join(EntryKind)),
        ) from None


def author_from(text: str | None) -> Author | None:
    """Read `client:c1`; kind and id decide who it is. Raises `InvalidInput`."""
    if not text:
        return None
    kind, _colon, author_id = text.partition(":")
    if kind not in AuthorKind._value2member_map_ or len(author_id) > 200 or not author_id.isprintable():
        raise InvalidInput(_("There is no such author."), field="author", hint=_("Write it as client:c1 or staff:7."))
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
                    _("It is not said who this is for."),
                    field="visibility",
                    hint=_('Choose "Internal note" or "Customer reply", then send again.'),
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
                visibility = _said(intake.get("visibility"), _("It is not said who may see the files."))

                def store(upload: Upload, request_id: str | None) -> Entry:
                    return staff.attach(
                        actor,
                        scope,
                        upload.content,
                        name=upload.name,
                        visibility=visibility,
                        request_id=request_id,
                    )

                attached = store_each(intake, store, visit.language)
        except (BodyTooLarge, InvalidInput, Malformed, UnsupportedMedia) as error:
            attached = Attached.not_at_all(error, language=visit.language)
        if attached.error is not None:
            return self._feed(visit, Typed(), attached)
        return visit.see(attached.return_to or visit.urls.activity(scope))

    def set_visibility(self, visit: Visit[Staff]) -> Answer:
        """Show a file to the client, or take it back (J6)."""
        form = visit.form()
        visibility = _said(form.get("visibility"), _("It is not said who may see the file."))
        entry = visit.threads.staff.set_visibility(visit.person, visit.args["entry"], visibility)
        home = local_path(form.get("return_to")) or visit.urls.activity(entry.scope)
        return visit.see(f"{home.partition('#')[0]}#entry-{entry.id}")

    def _feed(self, visit: Visit[Staff], typed: Typed, attached: Attached | None = None) -> Answer:
        urls, scope = visit.urls, visit.scope
        panel = Panel(path=urls.activity(scope))
        try:
            content, projection, title = self.panel(visit, scope, panel, visit.request.query, typed, attached)
        except JobThreadsError as error:
            return visit.refused(error, text=typed.text, back=(urls.messages(), visit.language.say(_("Messages"))))
        unsearchable = asked(visit.request.param("q"), visit.language)
        refused = typed.error or (attached.error if attached else None) or (unsearchable and unsearchable.error)
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
        named = {name: query.get(f"{panel.prefix}{name}", ("",))[-1] for name in ("type", "author", "q", "cursor")}
        kinds, author = kinds_from((named["type"],) if named["type"] else ()), author_from(named["author"])
        staff, actor, language, urls = visit.threads.staff, visit.person, visit.language, visit.urls
        search, cursor = asked(named["q"], language), named["cursor"] or None
        header = staff.header(actor, scope)
        if search is None:
            page = staff.feed(actor, scope, kinds=kinds, author=author, cursor=cursor)
        else:
            page = _found(visit, scope, search, kinds, author, cursor)
        filters = Filters(
            kind=kinds[0].value if kinds else None,
            author=_in_address(author) if author else None,
            text=search.text if search else None,
        )
        at_top = not (filters.on or cursor)
        here = Panel(path=urls.activity(scope)).url(filters, cursor)
        query_found = search.query if search else None
        content = visit.render(
            "staff/activity.html",
            header=header,
            entries=tuple(feed_line(entry, header, urls, language, query_found) for entry in page.items),
            embedded=panel.embedded,
            uploader=_uploader(visit, panel, header, attached or Attached()),
            attached=attached or Attached(),
            return_to=panel.url(filters, cursor) if panel.embedded else here,
            composer=_composer(visit, panel, header, page, typed),
            types=_types(panel, filters, language),
            authors=_authors(header, filters.author, language),
            active=_active(panel, header, filters, language),
            search=search,
            search_field=f"{panel.prefix}q",
            filter_action=panel.path + panel.anchor,
            filter_fields=(*panel.others, *([(f"{panel.prefix}type", filters.kind)] if filters.kind else [])),
            author_field=f"{panel.prefix}author",
            older_url=panel.url(filters, page.next) if page.next else None,
            newest_url=panel.url(filters) if cursor else None,
            refresh_url=here,
            record_url=visit.here.record_url(scope) if header.record and not panel.embedded else None,
            conversation_url=urls.messages(scope) if header.can_reply else None,
            # A filtered feed may not show the client's newest entry, so looking at it marks nothing.
            read_url=urls.api(f"messages/{urls.record(scope)}/read") if at_top else None,
            upto=page.items[0].seq if page.items else 0,
        )
        return (
            content,
            (header, page, filters),
            language.say(_("Activity of %(reference)s", reference=header.reference)),
        )


def _found(
    visit: Visit[Staff],
    scope: Scope,
    search: Search,
    kinds: tuple[EntryKind, ...],
    author: Author | None,
    cursor: str | None,
) -> Page[Entry]:
    """The feed's entries that hold what was searched for; none for what cannot be searched for."""
    if search.query is None:
        return Page(items=())
    page = visit.threads.staff.search(visit.person, search.text, scope=scope, kinds=kinds, author=author, cursor=cursor)
    return Page(items=tuple(hit.entry for hit in page.items), next=page.next)


def _types(panel: Panel, filters: Filters, language: Language) -> tuple[Choice, ...]:
    every = Choice(
        label=language.say(_("All")), url=panel.url(evolve(filters, kind=None)), current=filters.kind is None
    )
    return every, *(
        Choice(
            label=language.say(label),
            url=panel.url(evolve(filters, kind=one.value)),
            current=one.value == filters.kind,
        )
        for one, label in _KINDS.items()
    )


def _authors(header: FeedHeader, by: str | None, language: Language) -> tuple[Choice, ...]:
    return tuple(
        Choice(label=_called(author, language), value=_in_address(author), current=_in_address(author) == by)
        for author in header.authors
    )


def _active(panel: Panel, header: FeedHeader, filters: Filters, language: Language) -> tuple[Choice, ...]:
    """The filters that are on; each address is the one without it."""
    found = []
    if filters.text:
        label = _("“%(text)s”", text=filters.text)
        found.append(Choice(label=language.say(label), url=panel.url(evolve(filters, text=None))))
    if filters.kind:
        label = _KINDS[EntryKind(filters.kind)]
        found.append(Choice(label=language.say(label), url=panel.url(evolve(filters, kind=None))))
    if filters.author:
        known = {_in_address(author): _called(author, language) for author in header.authors}
        by = filters.author
        label = _("By %(name)s", name=known[by]) if by in known else _("By someone else")
        found.append(Choice(label=language.say(label), url=panel.url(evolve(filters, author=None))))
    return tuple(found)


def _called(author: Author, language: Language) -> str:
    return author.name or language.say(_("The system"))


def _said(chosen: str, sentence: str) -> Visibility:
    """Read for whom a file is, which is always said (J6)."""
    if chosen not in set(Visibility):
        raise InvalidInput(sentence, field="visibility", hint=_('Choose "Internal" or "Visible", then try again.'))
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
        size=visit.language.say(sized(visit.threads.attachments.max_bytes)),
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
        refusal=typed.refusal(visit.language),
        return_to=typed.return_to or (panel.home if panel.embedded else None),
        visibility=chosen or ("internal" if header.can_note else "visible"),
        can_note=header.can_note,
        can_reply=header.can_reply,
        why_not=visit.language.say(header.why_not or ""),
        tells=who_is_told(header.client, visit.language),
    )
