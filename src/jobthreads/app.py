"""`JobThreads`: takes the ports and policies, and opens the doors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from types import TracebackType
from typing import IO, Literal, Self
from uuid import UUID, uuid4

from attrs import evolve

from jobthreads.domain.people import Business, Client, Staff
from jobthreads.domain.records import Scope
from jobthreads.domain.settings import Settings
from jobthreads.errors import Misconfigured
from jobthreads.policies.access import AccessPolicy, Explanation
from jobthreads.policies.attachments import AttachmentPolicy
from jobthreads.ports import BlobStorage, Directory, Notifier, Repository, Scanner
from jobthreads.services.background import DeliveryThread
from jobthreads.services.bell import BellDoor
from jobthreads.services.delivery import DeliveryRoom
from jobthreads.services.explain import explain
from jobthreads.services.ground import Ground
from jobthreads.services.portal import PortalDoor
from jobthreads.services.record import RecordDoor
from jobthreads.services.staff import StaffDoor
from jobthreads.services.sweeping import sweep

__all__ = ["JobThreads"]


def _now() -> datetime:
    return datetime.now(UTC)


class JobThreads:
    """The conversation of a host's businesses with their clients.

    Args:
        directory: the host's people and records.
        repository: where threads are kept.
        notifiers: how clients are told; each with a channel of its own.
        portal_url: the address under which the portal is mounted, or a function of the business. Links in mail come
            from here, never from a request.
        delivery: `"thread"` sends in the background by itself; `"off"` leaves it to a worker that calls
            `delivery.run_once()`.
        access: who may do what.
        settings: numbers and switches.
        attachments: which files may be attached.
        storage: where files' content is kept; without one, there are no files.
        scanner: a virus scanner that every file must pass before a client sees it.
        previews: makes a small JPEG of an image, `jobthreads.adapters.previews.make_preview` for one.
        clock: gives the present, an aware time.
        new_id: gives random ids (version 4, since a time in an id would tell when internal things happened).
    """

    staff: StaffDoor
    portal: PortalDoor
    bell: BellDoor
    record: RecordDoor
    delivery: DeliveryRoom

    def __init__(
        self,
        *,
        directory: Directory,
        repository: Repository,
        notifiers: Iterable[Notifier] = (),
        portal_url: str | Callable[[Business], str] = "",
        delivery: Literal["thread", "off"] = "thread",
        access: AccessPolicy | None = None,
        settings: Settings | None = None,
        attachments: AttachmentPolicy | None = None,
        storage: BlobStorage | None = None,
        scanner: Scanner | None = None,
        previews: Callable[[IO[bytes], str], bytes | None] | None = None,
        clock: Callable[[], datetime] = _now,
        new_id: Callable[[], UUID] = uuid4,
    ) -> None:
        by_channel: dict[str, Notifier] = {}
        for notifier in notifiers:
            if notifier.channel in by_channel or not 1 <= len(notifier.channel) <= 40:
                raise Misconfigured(
                    f"Two notifiers have the channel {notifier.channel!r}, or it is not 1 to 40 characters long.",
                    hint="Give each notifier a channel of its own.",
                )
            by_channel[notifier.channel] = notifier
        if by_channel and not portal_url:
            raise Misconfigured(
                "There is a notifier and no portal_url.", hint='Give portal_url="https://your.site/portal".'
            )
        if delivery not in {"thread", "off"}:
            raise Misconfigured(f"delivery is {delivery!r}.", hint='Give "thread" or "off".')
        works = bool(by_channel) or scanner is not None or previews is not None
        self._thread = DeliveryThread() if delivery == "thread" and works else None
        address = portal_url
        self._ground = Ground(
            directory=directory,
            repository=repository,
            notifiers=by_channel,
            portal_url=address if callable(address) else lambda _: address,
            access=access or AccessPolicy(),
            settings=settings or Settings(),
            clock=clock,
            new_id=new_id,
            attachments=attachments or AttachmentPolicy(),
            storage=storage,
            scanner=scanner,
            previews=previews,
            sender=self,
            wake=self._wake,
        )
        self._open_doors(self._ground)

    def _open_doors(self, ground: Ground) -> None:
        self.staff = StaffDoor(ground)
        self.portal = PortalDoor(ground)
        self.bell = BellDoor(ground)
        self.record = RecordDoor(ground)
        self.delivery = DeliveryRoom(ground)

    @property
    def settings(self) -> Settings:
        """The numbers and switches in force."""
        return self._ground.settings

    @property
    def access(self) -> AccessPolicy:
        """Who may do what."""
        return self._ground.access

    @property
    def attachments(self) -> AttachmentPolicy:
        """Which files may be attached."""
        return self._ground.attachments

    def now(self) -> datetime:
        """The present, by the clock that was given."""
        return self._ground.clock()

    def explain(self, asker: Staff, about: Staff | Client, action: str, scope: Scope) -> Explanation:
        """Say why `about` may or may not do `action` (M10); raises `NotFound` beyond the asker's reach."""
        return explain(self._ground, asker, about, action, scope)

    def sweep(self) -> int:
        """Take away stored content that no entry uses and that is older than a day; how many pieces it was."""
        return sweep(self._ground)

    def using(self, connection: object) -> JobThreads:
        """Give the same doors inside the host's open SQLAlchemy Connection or Session.

        Each call is a savepoint there, without BEGIN, retry or commit; database errors pass unchanged, and signals
        and mail wait for the host's commit. On SQLite the host's transaction must have begun with BEGIN IMMEDIATE.
        """
        inside = object.__new__(type(self))
        inside._thread = self._thread
        inside._ground = evolve(self._ground, repository=self._ground.repository.using(connection))
        inside._open_doors(inside._ground)
        # Mail is sent from our own transactions: a worker must not hold the host's.
        inside.delivery = self.delivery
        return inside

    def awake(self, context: Callable[[], AbstractContextManager[object]] | None = None) -> None:
        """Start the delivery thread of this process, if one is wanted and not running yet.

        Adapters call it at each request; `context` is what the thread works in, such as Flask's `app.app_context`.
        """
        if self._thread is not None:
            self._thread.start(self._outer_ground, context)

    @property
    def _outer_ground(self) -> Ground:
        sender = self._ground.sender
        return sender._ground if isinstance(sender, JobThreads) else self._ground

    def _wake(self) -> None:
        if self._thread is not None:
            self.awake()
            self._thread.wake()

    def close(self) -> None:
        """Stop the delivery thread, after the notification it is sending."""
        if self._thread is not None:
            self._thread.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
