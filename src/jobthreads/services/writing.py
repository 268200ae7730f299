"""How an entry is written: one transaction for the entry, the counters, the bell and the mail to send."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from attrs import frozen

from jobthreads import faults, signals
from jobthreads.domain.entries import AuthorKind, Entry, KeptEntry, Request, ScanState
from jobthreads.domain.files import Blob
from jobthreads.domain.notifications import Delivery
from jobthreads.domain.people import Business, Client
from jobthreads.domain.records import Record
from jobthreads.domain.threads import MOVING_KINDS, Thread
from jobthreads.errors import JobThreadsError, LimitReached, RequestReused, ThreadMoved
from jobthreads.ports import UnitOfWork
from jobthreads.services.ground import Ground

__all__ = ["Draft", "draft_entry", "post", "replayed", "tell_client", "within_limit"]


@frozen(kw_only=True)
class Draft:
    """An entry about to be written, with the host's answers it was judged by.

    `late_refusal` is what speaks against it after a replay was looked for (S4). `ring` holds the staff ids whose bell
    rings; `limit` is what the author's own posts are counted as and how many may be in a window, None for no limit.
    `blob` is where a file's content lies already.
    """

    business: Business
    record: Record
    client: Client | None
    entry: Entry
    request: Request | None = None
    if_seen: int | None = None
    late_refusal: Callable[[Thread | None], JobThreadsError | None]
    ring: Sequence[str] = ()
    limit: tuple[str, int] | None = None
    blob: Blob | None = None
    keeps_own_time: bool = False


def draft_entry(ground: Ground, **facts: object) -> Entry:
    """Make an entry that has no number yet; the time is put in when the thread is held."""
    return Entry(id=ground.new_id(), seq=0, **{"at": ground.clock(), **facts})  # type: ignore[arg-type]  # the callers name them


def post(ground: Ground, draft: Draft) -> KeptEntry:
    """Write the entry, or answer what the same request wrote before (S4)."""
    with ground.repository.atomic() as work:
        held = work.entries.lock(draft.business.id, draft.entry.scope)
        made = False
        while not made:
            before = held or _new_thread(ground, draft)
            refusal = draft.late_refusal(before) or _moved(work, draft, before)
            if refusal is not None:
                earlier = replayed(work, draft)
                if earlier is None:
                    raise refusal
                return earlier
            now = ground.clock()
            after, kept = before.known_as(draft.record, draft.client).append(
                draft.entry,
                now=now,
                shown_to=draft.record.client_id,
                request=draft.request,
                at=None if draft.keeps_own_time else now,
            )
            if held is not None:
                break
            # Where another writer made it first, everything is judged again by that one.
            held = work.entries.create(after)
            made = held.id == after.id
        if not work.entries.append(after, kept, counted=made):
            earlier = replayed(work, draft)
            if earlier is None:
                raise RequestReused
            return earlier
        if draft.limit is not None:
            subject, most = draft.limit
            within_limit(ground, work, draft.business.id, subject, most, ground.settings.limit_window)
        checking = kept.entry.file is not None and kept.entry.file.state is not ScanState.CLEAN
        if draft.blob is not None:
            wanted = checking or draft.blob.preview_wanted
            work.files.add(after, kept, draft.blob, due_at=now if wanted else None)
        if draft.ring and not checking:
            work.bell.ring(after, kept, draft.ring)
        faults.hit("entry.written")
        mail = tell_client(ground, work, draft.business, draft.client, after, kept, now)
        work.after_commit(lambda: _tell(ground, before, after, kept, mail or draft.blob is not None))
        return kept


def _new_thread(ground: Ground, draft: Draft) -> Thread:
    return Thread(
        business_id=draft.business.id,
        id=ground.new_id(),
        scope=draft.entry.scope,
        reference=draft.record.reference,
        title=draft.record.title,
        client_id=draft.record.client_id,
        client_name=draft.client.name if draft.client else "",
    )


def _moved(work: UnitOfWork, draft: Draft, thread: Thread) -> JobThreadsError | None:
    if draft.if_seen is None or thread.client_seq <= draft.if_seen:
        return None
    (newest,), _ = work.entries.feed(
        draft.business.id,
        thread.scope,
        kinds=(),
        author=None,
        visible_only=False,
        before=thread.client_seq + 1,
        limit=1,
    )
    return ThreadMoved(newest)


def replayed(work: UnitOfWork, draft: Draft) -> KeptEntry | None:
    """The entry that the draft's request made before; raises `RequestReused` if that one says something else (S4)."""
    if draft.request is None:
        return None
    earlier = work.entries.replayed(draft.business.id, draft.entry.author, draft.request.call, draft.request.id)
    if earlier is not None and not earlier.says_the_same(draft.entry):
        raise RequestReused
    return earlier


def tell_client(
    ground: Ground,
    work: UnitOfWork,
    business: Business,
    client: Client | None,
    thread: Thread,
    kept: KeptEntry,
    now: datetime,
) -> bool:
    """Queue what the client is to be told of a newly shown reply or file of staff's (M6); False if there is nothing."""
    entry, showing = kept.entry, kept.showing
    wanted = (
        showing is not None
        and entry.kind in MOVING_KINDS
        and entry.author.kind is not AuthorKind.CLIENT
        and client is not None
        and client.notify_on_replies
        and business.portal_enabled
    )
    if not wanted or showing is None:
        return False
    deliveries = [
        Delivery(
            id=ground.new_id(),
            business_id=thread.business_id,
            thread_id=thread.id,
            entry_id=entry.id,
            showing=showing.number,
            channel=channel,
            client_id=showing.client_id,
            due_at=now + ground.settings.mail_window,
            created_at=now,
        )
        for channel in ground.notifiers
    ]
    if deliveries:
        work.outbox.queue(deliveries)
    return bool(deliveries)


def within_limit(
    ground: Ground, work: UnitOfWork, business_id: str, subject: str, limit: int, window: timedelta
) -> None:
    """Count one more of `subject` and raise `LimitReached` beyond `limit` in this window; a rollback uncounts it."""
    now, length = ground.clock(), int(window.total_seconds())
    began = datetime.fromtimestamp(int(now.timestamp()) // length * length, tz=now.tzinfo)
    if work.links.hit(business_id, subject, began) > limit:
        raise LimitReached(retry_after=max(1, int((began + window - now).total_seconds()) + 1))


def _tell(ground: Ground, before: Thread, after: Thread, kept: KeptEntry, mail: bool) -> None:
    if after.started and not before.started:
        signals.tell(signals.thread_started, ground.sender, business_id=after.business_id, scope=after.scope)
    signals.tell(signals.entry_added, ground.sender, business_id=after.business_id, entry=kept.entry)
    if mail:
        ground.wake()
