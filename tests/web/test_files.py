"""Files through the pages and the API: in, out, shown, hidden."""

from __future__ import annotations

import gc
import io
import tracemalloc
import zlib
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from attrs import evolve

from jobthreads import Entry, EntryKind, Visibility
from jobthreads.policies.attachments import AttachmentPolicy, download_headers
from tests.web.conftest import DANA, JOB, KIM, SAME_SITE, Build, Poster, World

FILES, API_FILES = "/office/jobs/1042/files", "/office/api/jobs/1042/files"
PORTAL_FILES, PORTAL_API_FILES = "/portal/jobs/1042/files", "/portal/api/jobs/1042/files"
LIMIT = 200_000


def png(side: int = 8) -> bytes:
    """A small picture, all of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    rows = (b"\0" + b"\x20\x80\xa0" * side) * side
    size = side.to_bytes(4, "big")
    header = chunk(b"IHDR", size + size + b"\x08\x02\0\0\0")
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture
def small(build: Build) -> World:
    """A world in which a file may be 200,000 bytes."""
    return build(attachments=AttachmentPolicy(max_bytes=LIMIT))


def small_picture(_: Any, __: str) -> bytes:
    """A preview of whatever it is."""
    return b"\xff\xd8\xff\xd9"


def chosen(*files: tuple[bytes, str], **fields: str) -> dict[str, Any]:
    """What a form with these files holds."""
    return {"file": [(io.BytesIO(content), name) for content, name in files], **fields}


def attached(world: World) -> dict[str, Entry]:
    """The files of the job, by name."""
    page = world.threads.staff.feed(KIM, JOB.scope, kinds=(EntryKind.FILE,))
    return {entry.file.name: entry for entry in page.items if entry.file}


def attach(world: World, content: bytes = b"The plan.", name: str = "plan.txt", visibility: str = "visible") -> Entry:
    return world.threads.staff.attach(KIM, JOB.scope, io.BytesIO(content), name=name, visibility=Visibility(visibility))


# In.


def test_files_come_by_a_plain_form(world: World) -> None:
    """J5, J6: several at once, for whom is chosen before, and the form answers 303."""
    answer = world.kim.post(FILES, **chosen((png(), "site.png"), (b"Hello.", "hello.txt"), visibility="internal"))
    assert (303, "/office/jobs/1042/activity") == (answer.status_code, answer.location)
    assert {"site.png": "internal", "hello.txt": "internal"} == {
        name: entry.visibility for name, entry in attached(world).items()
    }
    assert () == world.threads.portal.conversation(DANA, JOB.scope).entries.items


def test_one_refused_file_does_not_lose_the_others(world: World) -> None:
    """J5, S6: each refusal says which file and why, in place; the others are stored and said to be."""
    answer = world.kim.post(
        FILES,
        **chosen((png(), "site.png"), (b"<html><script>", "page.html"), (b"", "nothing.txt"), visibility="visible"),
    )
    assert 422 == answer.status_code
    assert ["site.png"] == list(attached(world))
    lines = [" ".join(line.split()) for line in answer.text.split("<li") if "jt-upload-line" in line]
    assert [True, True, True] == [
        "site.png" in lines[0] and "Attached" in lines[0],
        "page.html" in lines[1] and "cannot be attached" in lines[1],
        "nothing.txt" in lines[2] and "The file is empty." in lines[2],
    ]


def test_a_file_too_large_is_dropped_among_good_ones(small: World) -> None:
    """J5: exactly the limit passes, one byte more does not, and its neighbours are stored."""
    answer = small.kim.post(
        FILES,
        **chosen(
            (b"a", "first.txt"),
            (b"b" * (LIMIT + 1), "large.txt"),
            (b"c" * LIMIT, "whole.txt"),
            visibility="internal",
        ),
    )
    assert 413 == answer.status_code
    assert {"first.txt", "whole.txt"} == set(attached(small))
    assert "The file is larger than 195.3 KB." in answer.text


def test_ten_files_at_once_are_the_most(world: World) -> None:
    """J5: the eleventh is refused by name, the ten are stored."""
    files = [(f"No {number}.".encode(), f"{number}.txt") for number in range(11)]
    answer = world.kim.post(FILES, **chosen(*files, visibility="internal"))
    assert 422 == answer.status_code
    assert {f"{number}.txt" for number in range(10)} == set(attached(world))
    assert "10 files at once are the most." in answer.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (chosen((b"x", "a.txt")), "It is not said who may see the files."),
        (chosen((b"x", "a.txt"), visibility="public"), "It is not said who may see the files."),
        ({"visibility": "internal", "file": (io.BytesIO(b""), "")}, "No file is chosen."),
        ({"visibility": "internal", "request_id": "x" * 300, "file": (io.BytesIO(b"x"), "a.txt")}, "A request id is"),
    ],
)
def test_a_form_that_says_too_little_stores_nothing(world: World, data: dict[str, Any], words: str) -> None:
    """J6, S6: who may see it is always said."""
    answer = world.kim.post(FILES, **data)
    assert 422 == answer.status_code
    assert words in answer.text
    assert {} == attached(world)


@pytest.mark.parametrize("body", [b"\r\n", b"--x\r\n", b"--x\r\nnonsense\r\n\r\nabc\r\n--x--", b"\xff" * 100])
def test_a_broken_form_is_an_answer(world: World, body: bytes) -> None:
    """S6: what cannot be read is refused, in the page and in the API."""
    for address, status in ((FILES, 400), (API_FILES, 400), (PORTAL_FILES, 400), (PORTAL_API_FILES, 400)):
        who = "dana" if address.startswith("/portal") else "kim"
        answer = world.browser(who).post(
            address, data=body, content_type="multipart/form-data; boundary=x", headers=SAME_SITE
        )
        assert status == answer.status_code, address
    assert {} == attached(world)


def test_the_same_form_twice_stores_once(world: World) -> None:
    """S4: a refresh sends the same form again, and nothing is doubled."""
    for _ in range(2):
        answer = world.kim.post(
            FILES, **chosen((b"a", "a.txt"), (b"b", "b.txt"), visibility="internal", request_id="r1")
        )
        assert 303 == answer.status_code
    assert 2 == len(attached(world))


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (chosen((b"x", "a.txt")), "visibility"),
        (chosen((b"x", "a.txt"), visibility=""), "visibility"),
        (chosen((b"x", "a.txt"), visibility="visible", author="c1"), "author"),
        (chosen((b"x", "a.txt"), visibility="visible", request_id=""), "request_id"),
        (chosen((b"x", "a.txt"), (b"y", "b.txt"), visibility="visible"), "file"),
        ({"visibility": "internal"}, "file"),
        ({"visibility": "internal", "photo": (io.BytesIO(b"x"), "a.txt")}, "file"),
        ({"visibility": ["internal", "visible"], "file": (io.BytesIO(b"x"), "a.txt")}, "body"),
    ],
)
def test_the_api_takes_one_file_and_nothing_unknown(world: World, data: dict[str, Any], field: str) -> None:
    """J6, security 15.3.3: one file a request, visibility always said, an unknown field refused."""
    answer = world.browser("kim").post(API_FILES, data=data, content_type="multipart/form-data", headers=SAME_SITE)
    assert (422, field) == (answer.status_code, answer.json["field"])
    assert {} == attached(world)


def test_the_api_says_why_a_file_is_refused(small: World) -> None:
    """J5: the code, the name, and what the file seems to be."""
    large = small.kim.post(API_FILES, **chosen((b"x" * (LIMIT + 1), "large.txt"), visibility="internal")).json
    assert ("attachment-too-large", "large.txt", LIMIT) == (large["code"], large["file_name"], large["limit"])
    page = small.kim.post(API_FILES, **chosen((b"<!doctype html><p>", "a.txt"), visibility="internal")).json
    assert ("attachment-type-not-allowed", "a.txt") == (page["code"], page["file_name"])
    assert {} == attached(small)


def test_json_is_no_form_with_files(world: World) -> None:
    """The API reads a file from multipart/form-data only."""
    answer = world.kim.send(API_FILES, {"visibility": "internal", "file": "aGk="})
    assert (415, "unsupported-media") == (answer.status_code, answer.json["code"])


class Counted(io.RawIOBase):
    """A body that counts what is read of it: without an end, or as long as it is; `length` is what it says."""

    def __init__(self, body: bytes, *, length: int | None, endless: bool = True) -> None:
        self.body, self.endless, self.read_bytes = body, endless, 0
        self.environ = {
            "wsgi.input": self,
            "wsgi.input_terminated": length is None,
            "CONTENT_LENGTH": "" if length is None else str(length),
            "CONTENT_TYPE": "multipart/form-data; boundary=x",
        }

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece, self.body = self.body[: len(buffer)], self.body[len(buffer) :]
        if self.endless:
            piece = piece or b"x" * len(buffer)
        buffer[: len(piece)] = piece
        self.read_bytes += len(piece)
        return len(piece)


def send(world: World, who: str, address: str, body: Counted) -> Any:
    return world.browser(who).post(address, environ_overrides=body.environ, headers=SAME_SITE)


HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
VISIBILITY = b'--x\r\nContent-Disposition: form-data; name="visibility"\r\n\r\ninternal\r\n'


@pytest.mark.parametrize("length", [None, 11 * LIMIT + 2**20, 2**40])
@pytest.mark.parametrize(("address", "times"), [(API_FILES, 1), (FILES, 10)])
def test_reading_stops_when_it_is_clear(small: World, address: str, times: int, length: int | None) -> None:
    """Security 5.2.1: of one file without an end, at most 1 MiB beyond the limit is read; of a form, ten times that."""
    body = Counted(HEAD, length=length)
    answer = send(small, "kim", address, body)
    # Django reads nothing of a body that does not say its length, so there is no form to it.
    assert (400 if length is None and small.framework == "django" else 413) == answer.status_code
    # One that says it is too long is not read at all.
    assert body.read_bytes <= (times * LIMIT + 2**20 + 2**16 if length is None else 0)
    assert {} == attached(small)


@pytest.mark.parametrize("address", [API_FILES, FILES])
def test_a_form_that_breaks_off_is_not_taken_for_a_whole_one(small: World, address: str) -> None:
    """S4: what came of a file when the line broke is not kept as if it were the file."""
    for body in (VISIBILITY + HEAD + b"Half of", VISIBILITY + HEAD + b"Half of\r\n--x", VISIBILITY):
        answer = send(small, "kim", address, Counted(body, length=len(body) + 100, endless=False))
        assert 400 == answer.status_code
        assert {} == attached(small)


class Whole(Counted):
    """A form whose one file has `size` bytes, made as they are read."""

    def __init__(self, size: int) -> None:
        self.end = b"\r\n--x--\r\n"
        self.left = size
        super().__init__(VISIBILITY + HEAD, length=len(VISIBILITY + HEAD) + size + len(self.end), endless=False)

    def readinto(self, buffer: Any) -> int:
        if not self.body and self.left:
            self.body = b"x" * min(self.left, 65_536)
            self.left -= len(self.body)
        elif not self.body:
            self.body, self.end = self.end, b""
        return super().readinto(buffer)


def test_the_largest_file_passes_through_little_memory(world: World) -> None:
    """J5, security 5.2.1: 25 MiB come in without ever being in memory at once."""
    limit = 25 * 1024 * 1024
    gc.collect()
    tracemalloc.start()
    try:
        answer = send(world, "kim", FILES, Whole(limit))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert 303 == answer.status_code
    assert [limit] == [entry.file.size for entry in attached(world).values() if entry.file]
    assert peak < 6 * 1024 * 1024


def test_nothing_is_read_from_who_may_not_write(small: World) -> None:
    """S2: access is judged before the body."""
    for who, address in (("rival", API_FILES), ("rival", FILES), ("otto", PORTAL_FILES), ("otto", PORTAL_API_FILES)):
        body = Counted(b"--x\r\n", length=100_000)
        answer = send(small, who, address, body)
        assert (404, 0) == (answer.status_code, body.read_bytes)


def test_the_messages_composer_still_refuses_files(world: World) -> None:
    """M5: a file belongs to the feed."""
    answer = world.kim.post("/office/messages/jobs/1042/replies", text="x", **chosen((b"x", "a.txt")))
    assert 422 == answer.status_code
    assert {} == attached(world)


def test_a_client_uploads_where_the_job_allows_it(world: World) -> None:
    """J8: visible at once, with a badge for staff, and it rings the bell."""
    assert 303 == world.dana.post(PORTAL_FILES, **chosen((png(), "wall.png"))).status_code
    entry = attached(world)["wall.png"]
    assert Visibility.VISIBLE is entry.visibility
    assert "From customer" in world.kim.get("/office/jobs/1042/activity").text
    assert 1 == world.threads.bell.unread(KIM)
    assert "wall.png" in world.dana.get("/portal/jobs/1042").text
    answer = world.dana.post(PORTAL_API_FILES, **chosen((b"x", "b.txt"), request_id="r"))
    assert (201, "b.txt", False) == (answer.status_code, answer.json["file"]["name"], answer.json["file"]["checking"])
    refused = world.dana.post(PORTAL_API_FILES, **chosen((b"x", "c.txt"), visibility="internal"))
    assert (422, "visibility") == (refused.status_code, refused.json["field"])


def test_a_client_finds_no_upload_where_it_is_off(world: World) -> None:
    """J8: no control on the page, and `UploadsOff` from page and API; a quote has none either."""
    assert 'type="file"' in world.dana.get("/portal/jobs/1042").text
    assert 'type="file"' not in world.dana.get("/portal/quotes/88").text
    world.directory.put(evolve(JOB, client_uploads=False))
    assert 'type="file"' not in world.dana.get("/portal/jobs/1042").text
    page = world.dana.post(PORTAL_FILES, **chosen((b"x", "a.txt")))
    api = world.dana.post(PORTAL_API_FILES, **chosen((b"x", "a.txt")))
    assert 403 == page.status_code
    assert "Files cannot be uploaded here." in page.text
    assert (403, "uploads-off") == (api.status_code, api.json["code"])
    assert {} == attached(world)


def test_a_clients_limit_is_told_per_file(world: World) -> None:
    """S1, S6: thirty files in ten minutes; beyond it the page says so and when to try again."""
    for number in range(3):
        files = [(f"{number}{place}".encode(), f"{number}{place}.txt") for place in range(10)]
        assert 303 == world.dana.post(PORTAL_FILES, **chosen(*files)).status_code
    answer = world.dana.post(PORTAL_FILES, **chosen((b"x", "late.txt")))
    assert 429 == answer.status_code
    assert "Retry-After" in answer.headers
    assert "late.txt" in answer.text


def test_without_a_storage_there_are_no_files(build: Build) -> None:
    """Where the host keeps no files, no control is offered."""
    world = build(storage=None)
    assert 'type="file"' not in world.kim.get("/office/jobs/1042/activity").text
    assert 'type="file"' not in world.dana.get("/portal/jobs/1042").text


# Out.

BOTH = [
    ("kim", "/office/files/"),
    ("kim", "/office/api/files/"),
    ("dana", "/portal/files/"),
    ("dana", "/portal/api/files/"),
]


@pytest.mark.parametrize(("who", "mount"), BOTH)
def test_a_download_carries_the_one_contract(world: World, who: str, mount: str) -> None:
    """J7: proven type, attachment, sealed, private; no ETag, no Last-Modified; HEAD the same without the bytes."""
    content = png(40)
    entry = attach(world, content, 'we"ird\r\nX: y‮gnp.exe')
    answer = world.browser(who).get(f"{mount}{entry.id}")
    assert (200, content) == (answer.status_code, answer.data)
    assert entry.file is not None
    expected = {
        **dict(download_headers(entry.file.name, "image/png")),
        "Accept-Ranges": "bytes",
        "Content-Length": str(len(content)),
    }
    assert expected == world.ours(answer)
    head = world.browser(who).head(f"{mount}{entry.id}")
    assert (200, b"", expected) == (head.status_code, head.data, world.ours(head))


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-0", 206, 0, 1),
        ("bytes=2-5", 206, 2, 6),
        ("bytes=5-", 206, 5, 10),
        ("bytes=-3", 206, 7, 10),
        ("bytes=-99", 206, 0, 10),
        ("bytes=3-999", 206, 3, 10),
        ("bytes=10-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
        ("bytes=0-1,3-4", 200, 0, 10),
        ("bytes=5-2", 200, 0, 10),
        ("bytes=a-b", 200, 0, 10),
        ("bytes=-", 200, 0, 10),
        ("lines=1-2", 200, 0, 10),
        ("bytes=٣-٤", 200, 0, 10),
    ],
)
def test_a_range_is_answered(world: World, asked: str, status: int, start: int, end: int) -> None:
    """Design §5: one range 206, beyond the end 416, whatever else the whole file."""
    entry = attach(world, b"0123456789")
    for who, mount in BOTH:
        answer = world.browser(who).get(f"{mount}{entry.id}", headers={"Range": asked.encode().decode("latin-1")})
        assert status == answer.status_code
        if status == 416:
            assert "bytes */10" == answer.headers["Content-Range"]
            continue
        assert b"0123456789"[start:end] == answer.data
        assert str(end - start) == answer.headers["Content-Length"]
        expected = f"bytes {start}-{end - 1}/10" if status == 206 else None
        assert expected == answer.headers.get("Content-Range")
        assert "nosniff" == answer.headers["X-Content-Type-Options"]


def test_a_range_that_depends_on_a_version_gets_the_whole(world: World) -> None:
    """No ETag and no time is ever given, so an If-Range never fits."""
    entry = attach(world, b"0123456789")
    answer = world.browser("kim").get(f"/office/files/{entry.id}", headers={"Range": "bytes=1-2", "If-Range": '"x"'})
    assert (200, b"0123456789") == (answer.status_code, answer.data)


def test_a_large_file_is_sent_in_pieces_and_let_go(tmp_path: Path, world: World) -> None:
    """Design §5: never a whole file in memory; the file is closed when the browser goes."""
    entry = attach(world, b"x" * 300_000)
    answer = world.browser("kim").get(f"/office/files/{entry.id}", buffered=False)
    pieces = answer.iter_encoded()
    assert 65536 == len(next(pieces))
    assert answer.is_streamed
    answer.close()


def test_a_lost_blob_is_an_answer(tmp_path: Path, world: World) -> None:
    """A file that the storage has lost is 503, not a broken page."""
    entry = attach(world)
    for path in (tmp_path / "files").rglob("*"):
        if path.is_file():
            path.unlink()
    for who, mount in BOTH:
        assert 503 == world.browser(who).get(f"{mount}{entry.id}").status_code


# Shown and hidden.


def test_hiding_is_at_once_on_every_path(build: Build) -> None:
    """J6: download, preview, ranges and conditional requests to addresses held before: 404, never 304."""
    world = build(previews=small_picture)
    entry = attach(world, png(), "site.png")
    world.threads.delivery.run_once()
    held = [f"/portal/{api}files/{entry.id}{end}" for api in ("", "api/") for end in ("", "/preview")]
    asked = (
        {},
        {"Range": "bytes=0-3"},
        {"If-None-Match": "*"},
        {"If-Modified-Since": "Wed, 21 Oct 2099 07:28:00 GMT"},
        {"If-None-Match": '"x"', "Jobthreads-Fragment": "1"},
    )
    for address in held:
        for headers in asked:
            assert world.browser("dana").get(address, headers=headers).status_code in {200, 206}, address
    page = world.kim.get("/office/jobs/1042/activity").text
    assert f'action="/office/entries/{entry.id}/visibility"' in page
    hide = world.kim.post(f"/office/entries/{entry.id}/visibility", visibility="internal", return_to="/jobs/1?a=b#c")
    assert (303, f"/jobs/1?a=b#entry-{entry.id}") == (hide.status_code, hide.location)
    for address in held:
        for headers in asked:
            for method in ("GET", "HEAD"):
                answer = world.browser("dana").open(address, method=method, headers=headers)
                assert 404 == answer.status_code, (address, headers)
    assert 200 == world.browser("kim").get(f"/office/files/{entry.id}/preview").status_code
    assert "site.png" not in world.dana.get("/portal/jobs/1042").text
    shown = world.kim.send(f"/office/api/entries/{entry.id}/visibility", {"visibility": "visible"})
    assert (200, "visible") == (shown.status_code, shown.json["visibility"])
    assert 200 == world.browser("dana").get(held[0]).status_code


def test_a_preview_is_a_picture_in_place(build: Build) -> None:
    """J5: image/jpeg, inline, with the same seals; where there is none, 404 and a few bytes."""
    world = build(previews=small_picture)
    entry = attach(world, png(), "site.heic.png")
    for who, mount in BOTH:
        before = world.browser(who).get(f"{mount}{entry.id}/preview")
        assert (404, "application/problem+json") == (before.status_code, before.headers["Content-Type"])
    world.threads.delivery.run_once()
    for who, mount in BOTH:
        answer = world.browser(who).get(f"{mount}{entry.id}/preview", headers={"Range": "bytes=0-1"})
        assert (200, b"\xff\xd8\xff\xd9") == (answer.status_code, answer.data)
        expected = dict(download_headers("site.heic.jpg", "image/jpeg", inline=True))
        assert expected == {name: answer.headers.get(name) for name in expected}
        assert answer.headers["Content-Disposition"].startswith("inline; ")
        assert "ETag" not in answer.headers
        assert "Last-Modified" not in answer.headers


def test_only_a_file_is_shown_or_hidden(talking: World) -> None:
    """J6: a note is always internal, a reply always visible; what says nothing is refused."""
    note = next(e for e in talking.threads.staff.feed(KIM, JOB.scope).items if e.kind is EntryKind.NOTE)
    refused = talking.kim.send(f"/office/api/entries/{note.id}/visibility", {"visibility": "visible"})
    assert (403, "not-permitted") == (refused.status_code, refused.json["code"])
    entry = attach(talking)
    for value in ({}, {"visibility": "public"}, {"visibility": None}):
        answer = talking.kim.send(f"/office/api/entries/{entry.id}/visibility", value)
        assert (422, "visibility") == (answer.status_code, answer.json["field"])
    assert 422 == talking.kim.post(f"/office/entries/{entry.id}/visibility", visibility="").status_code
    assert 404 == talking.kim.post(f"/office/entries/{uuid4()}/visibility", visibility="visible").status_code


def test_who_may_not_show_sees_no_button(world: World) -> None:
    """M3: by default a Tradie looks and downloads; the form and the buttons are not there."""
    entry = attach(world)
    page = world.terry.get("/office/jobs/1042/activity").text
    assert f"/office/files/{entry.id}" in page
    assert "/visibility" not in page
    assert 'type="file"' not in page
    refused = world.terry.post(FILES, **chosen((b"x", "a.txt"), visibility="internal"))
    assert 403 == refused.status_code
    assert "Your role may not attach files." in refused.text
    assert ["plan.txt"] == list(attached(world))


def test_the_portal_tells_nothing_of_previews(build: Build) -> None:
    """S1: the page of a picture is the same, whether or not a preview has been made."""
    world = build(previews=small_picture)
    attach(world, png(), "site.png")

    def seen() -> list[Any]:
        dana = Poster(world.browser("dana"))
        return [dana.get(address, Jobthreads_Fragment="1").headers["ETag"] for address in ("/portal/jobs/1042",)] + [
            dana.get("/portal/api/jobs/1042").text
        ]

    before = seen()
    world.threads.delivery.run_once()
    assert before == seen()
    assert "/preview" in world.dana.get("/portal/jobs/1042").text
