"""Files go both ways, and each is seen by whom it is for, from the moment it is, until the moment it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest

from jobthreads import AccessPolicy, Entry, FieldStaff, Settings, Visibility, errors
from jobthreads.adapters.storage import LocalStorage
from jobthreads.testing import TrialThreads
from tests.servers import ON_EVERY_DATABASE
from tests.shop import Shop

pytestmark = ON_EVERY_DATABASE

INTERNAL, VISIBLE = Visibility.INTERNAL, Visibility.VISIBLE


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "files")


@pytest.fixture
def office(shop: Shop, storage: LocalStorage) -> Iterator[TrialThreads]:
    """The shop with a storage, where the pipeline of Dana's job lets her upload."""
    shop.job = shop.change(shop.job, client_uploads=True)
    shop.threads = shop.open(storage=storage)
    yield shop.threads
    shop.threads.close()


def attached(shop: Shop, visibility: Visibility, name: str = "plan.txt", text: str = "The plan.") -> Entry:
    return shop.threads.staff.attach(shop.kim, shop.job.scope, BytesIO(text.encode()), name=name, visibility=visibility)


def names(shop: Shop) -> list[str]:
    page = shop.threads.portal.conversation(shop.dana, shop.job.scope).entries.items
    return [entry.file.name for entry in page if entry.file]


def stored(storage: LocalStorage) -> int:
    return len(list(storage.keys_older_than(datetime.now(UTC) + timedelta(days=1))))


def test_a_file_is_read_in_pieces_or_whole(office: TrialThreads, shop: Shop) -> None:
    """J7: so many bytes as asked for, and without a number all that are left, however many."""
    text = "Meter reading: 4711\n" * 200_000
    entry = attached(shop, VISIBLE, text=text)
    with office.portal.open_file(shop.dana, entry.id) as file:
        assert text[:9].encode() == file.read(9)
        assert b"" == file.read(0)
        assert text[9:].encode() == file.read()
        assert b"" == file.read()


def test_a_visible_file_reaches_the_client(office: TrialThreads, shop: Shop) -> None:
    """J7, J9: it stands in the portal with a dot, is told of by mail without its name, and opens."""
    entry = attached(shop, VISIBLE)
    assert ["plan.txt"] == names(shop)
    assert 1 == office.portal.records(shop.dana).items[0].unread
    office.deliver()
    assert 1 == len(shop.mailbox.sent)
    with office.portal.open_file(shop.dana, entry.id) as file:
        assert ("plan.txt", "text/plain", 9, b"The plan.") == (file.name, file.type, file.size, file.read(99))


def test_an_internal_file_is_the_businesss_alone(office: TrialThreads, shop: Shop) -> None:
    """J6, J7, S2: no list, mail or address of it is the client's; it is as if it did not exist."""
    entry = attached(shop, INTERNAL)
    assert [] == names(shop)
    office.deliver()
    assert [] == shop.mailbox.sent
    with pytest.raises(errors.NotFound):
        office.portal.open_file(shop.dana, entry.id)
    with pytest.raises(errors.NotFound):
        office.portal.open_file(shop.dana, uuid4())
    with office.staff.open_file(shop.tom, entry.id, start=4) as file:
        assert b"plan." == file.read(99)


def test_showing_makes_it_new_from_that_moment(office: TrialThreads, shop: Shop) -> None:
    """J6, S1: what was attached on Monday and shown later carries the later time, a dot, a mail, and stands on top."""
    entry = attached(shop, INTERNAL)
    shop.clock.advance(days=4)
    office.staff.reply(shop.kim, shop.job.scope, "It follows.")
    shop.clock.advance(seconds=5)
    office.staff.set_visibility(shop.kim, entry.id, VISIBLE)
    newest = office.portal.conversation(shop.dana, shop.job.scope).entries.items[0]
    assert (entry.id, office.clock()) == (newest.id, newest.at)
    office.deliver()
    assert 2 == len(shop.mailbox.sent)


def test_hiding_takes_it_away_at_once(office: TrialThreads, shop: Shop) -> None:
    """J6, S5, M7: the list, the address, the queued mail and the order are as if it had not been."""
    office.staff.reply(shop.kim, shop.job.scope, "First.")
    before = office.portal.records(shop.dana).items
    staff_before = office.staff.inbox(shop.kim).items
    shop.clock.advance(seconds=5)
    entry = attached(shop, VISIBLE)
    office.staff.set_visibility(shop.kim, entry.id, INTERNAL)
    assert before == office.portal.records(shop.dana).items
    assert staff_before == office.staff.inbox(shop.kim).items
    with pytest.raises(errors.NotFound):
        office.portal.open_file(shop.dana, entry.id)
    assert [["First."]] == shop.mails()


def test_shown_again_it_is_new_again(office: TrialThreads, shop: Shop) -> None:
    """J6: seen, taken back and shown again, it makes a dot and a mail once more."""
    entry = attached(shop, VISIBLE)
    office.portal.mark_read(shop.dana, shop.job.scope, upto=entry.id)
    office.deliver()
    office.staff.set_visibility(shop.kim, entry.id, INTERNAL)
    office.staff.set_visibility(shop.kim, entry.id, VISIBLE)
    assert 1 == office.portal.records(shop.dana).items[0].unread
    office.deliver()
    assert 2 == len(shop.mailbox.sent)


def test_what_it_is_already_changes_nothing(office: TrialThreads, shop: Shop) -> None:
    """J6, S4: showing what is shown is no news."""
    entry = attached(shop, VISIBLE)
    office.portal.mark_read(shop.dana, shop.job.scope, upto=entry.id)
    office.staff.set_visibility(shop.kim, entry.id, VISIBLE)
    assert 0 == office.portal.records(shop.dana).items[0].unread


def test_only_files_change(office: TrialThreads, shop: Shop) -> None:
    """J6: a note is always internal, a reply always visible."""
    for entry in (
        office.staff.note(shop.kim, shop.job.scope, "Dog bites."),
        office.staff.reply(shop.kim, shop.job.scope, "Friday."),
    ):
        for visibility in Visibility:
            with pytest.raises(errors.NotPermitted):
                office.staff.set_visibility(shop.kim, entry.id, visibility)


def test_an_unknown_visibility_is_refused(office: TrialThreads, shop: Shop) -> None:
    """J2, S6: what is neither internal nor visible is refused, and never taken for visible."""
    with pytest.raises(errors.InvalidInput) as refusal:
        office.staff.attach(shop.kim, shop.job.scope, BytesIO(b"x"), name="x", visibility="public")  # type: ignore[arg-type]
    assert "visibility" == refusal.value.field


def test_a_quote_takes_no_files(office: TrialThreads, shop: Shop) -> None:
    """J1, M5: from either door."""
    with pytest.raises(errors.AttachmentsNotSupported):
        office.staff.attach(shop.kim, shop.quote.scope, BytesIO(b"x"), name="x.txt", visibility=VISIBLE)
    with pytest.raises(errors.AttachmentsNotSupported):
        office.portal.attach(shop.dana, shop.quote.scope, BytesIO(b"x"), name="x.txt")


def test_a_client_uploads_where_the_pipeline_allows(office: TrialThreads, shop: Shop) -> None:
    """J8, J10: it lands in the feed, visible, from them, and the bell rings; elsewhere it is UploadsOff."""
    entry = office.portal.attach(shop.dana, shop.job.scope, BytesIO(b"The damage."), name="damage.txt")
    assert entry.from_me
    assert [VISIBLE] == [line.visibility for line in shop.entries(shop.job.scope)]
    assert ["file"] == [notice.what for notice in office.bell.notices(shop.kim)]
    with pytest.raises(errors.UploadsOff):
        office.portal.attach(shop.dana, shop.garage.scope, BytesIO(b"x"), name="x.txt")
    assert [] == shop.entries(shop.garage.scope)


def test_staff_may_hide_a_clients_upload(office: TrialThreads, shop: Shop) -> None:
    """J6: it goes for the client, and from the unread of whoever had not read it."""
    entry = office.portal.attach(shop.dana, shop.job.scope, BytesIO(b"Wrong picture."), name="wrong.txt")
    office.staff.set_visibility(shop.kim, entry.id, INTERNAL)
    assert [] == names(shop)
    assert 0 == office.bell.unread(shop.kim)
    with pytest.raises(errors.NotFound):
        office.portal.open_file(shop.dana, entry.id)


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        (FieldStaff.VIEW, set()),
        (FieldStaff.NOTE, {"internal"}),
        (FieldStaff.REPLY, {"internal", "visible", "show", "hide"}),
    ],
)
def test_field_staff_do_what_the_policy_says(
    office: TrialThreads, shop: Shop, storage: LocalStorage, policy: FieldStaff, allowed: set[str]
) -> None:
    """M3: VIEW looks, NOTE attaches internal files, REPLY attaches, shows and hides."""
    threads = shop.open(storage=storage, access=AccessPolicy(field_staff=policy))
    given = attached(shop, INTERNAL, "given.txt")
    tom, scope = shop.tom, shop.job.scope
    tries: dict[str, Callable[[], object]] = {
        "internal": lambda: threads.staff.attach(tom, scope, BytesIO(b"x"), name="x.txt", visibility=INTERNAL),
        "visible": lambda: threads.staff.attach(tom, scope, BytesIO(b"x"), name="x.txt", visibility=VISIBLE),
        "show": lambda: threads.staff.set_visibility(tom, given.id, VISIBLE),
        "hide": lambda: threads.staff.set_visibility(tom, given.id, INTERNAL),
    }
    for name, attempt in tries.items():
        if name in allowed:
            attempt()
        else:
            with pytest.raises(errors.NotPermitted):
                attempt()


def test_out_of_reach_is_not_found(office: TrialThreads, shop: Shop) -> None:
    """S2, S3: another's assignment and another business are the same answer as nothing."""
    entry = attached(shop, VISIBLE)
    for someone in (shop.ann, shop.vera):
        with pytest.raises(errors.NotFound):
            office.staff.open_file(someone, entry.id)
        with pytest.raises(errors.NotFound):
            office.staff.set_visibility(someone, entry.id, INTERNAL)
    with pytest.raises(errors.NotFound):
        office.portal.open_file(shop.omar, entry.id)


def test_while_the_portal_is_off(office: TrialThreads, shop: Shop) -> None:
    """M2: internal files and hiding go on; attaching and showing to the client stop."""
    entry = attached(shop, VISIBLE)
    shop.portal(on=False)
    attached(shop, INTERNAL, "internal.txt")
    office.staff.set_visibility(shop.kim, entry.id, INTERNAL)
    with pytest.raises(errors.PortalDisabled):
        attached(shop, VISIBLE)
    with pytest.raises(errors.PortalDisabled):
        office.staff.set_visibility(shop.kim, entry.id, VISIBLE)
    with pytest.raises(errors.PortalDisabled):
        office.portal.open_file(shop.dana, entry.id)


def test_a_retry_stores_nothing_twice(office: TrialThreads, shop: Shop, storage: LocalStorage) -> None:
    """S4: the same request and content answer the first entry; other content is refused; one blob stays."""

    def attach(content: bytes) -> Entry:
        return office.staff.attach(
            shop.kim, shop.job.scope, BytesIO(content), name="a.txt", visibility=INTERNAL, request_id="r"
        )

    assert attach(b"one").id == attach(b"one").id
    with pytest.raises(errors.RequestReused):
        attach(b"two")
    assert 1 == stored(storage)


def test_refused_files_leave_nothing(office: TrialThreads, shop: Shop, storage: LocalStorage) -> None:
    """J5, S6: too large, empty or not allowed: said so, and nothing is stored."""
    cases: list[tuple[type[errors.JobThreadsError], bytes]] = [
        (errors.AttachmentEmpty, b""),
        (errors.AttachmentTypeNotAllowed, b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        (errors.AttachmentTypeNotAllowed, b"MZ\x90\0\x03\0\0\0"),
    ]
    for refusal, content in cases:
        with pytest.raises(refusal):
            attached(shop, VISIBLE, text=content.decode("latin-1"))
    assert [] == shop.entries(shop.job.scope)
    assert 0 == stored(storage)


class Endless:
    """A file that never ends, and counts what was read of it."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        self.given += size
        return b"x" * size


def test_a_file_too_large_is_not_read_to_its_end(office: TrialThreads, shop: Shop) -> None:
    """J5: at most one MiB beyond the limit is read of it."""
    file = Endless()
    with pytest.raises(errors.AttachmentTooLarge):
        office.staff.attach(shop.kim, shop.job.scope, file, name="x.txt", visibility=INTERNAL)  # type: ignore[arg-type]
    assert 26_214_400 < file.given <= 26_214_400 + 1024 * 1024


def test_uploads_are_limited_by_the_clients_own(office: TrialThreads, shop: Shop, storage: LocalStorage) -> None:
    """S1: staff's files use up nothing of the client's."""
    threads = shop.open(storage=storage, settings=Settings(client_files=2))
    attached(shop, VISIBLE)
    for number in range(2):
        threads.portal.attach(shop.dana, shop.job.scope, BytesIO(b"x"), name=f"{number}.txt")
    with pytest.raises(errors.LimitReached):
        threads.portal.attach(shop.dana, shop.job.scope, BytesIO(b"x"), name="3.txt")


def test_a_record_that_moved_takes_its_files_from_the_first_client(office: TrialThreads, shop: Shop) -> None:
    """M11: the new client sees only what is shown from then on; the old one nothing."""
    entry = attached(shop, VISIBLE)
    shop.change(shop.job, client_id="omar")
    for someone in (shop.dana, shop.omar):
        with pytest.raises(errors.NotFound):
            office.portal.open_file(someone, entry.id)
    office.staff.set_visibility(shop.kim, entry.id, INTERNAL)
    office.staff.set_visibility(shop.kim, entry.id, VISIBLE)
    with office.portal.open_file(shop.omar, entry.id) as file:
        assert b"The plan." == file.read(99)


def test_without_a_storage_files_are_misconfigured(shop: Shop) -> None:
    """S6: the sentence says what to write."""
    with pytest.raises(errors.Misconfigured, match="storage"):
        attached(shop, INTERNAL)
