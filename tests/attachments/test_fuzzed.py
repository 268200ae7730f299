"""J5: for any bytes a verdict within a second and 64 MiB, and never another exception."""

from __future__ import annotations

import random
import time
import tracemalloc
from itertools import islice

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.attachments.fuzz import judge
from tests.attachments.judging import LONGEST
from tests.attachments.mutations import mutated, seeds

BEGINNINGS = tuple(
    b"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF89a|RIFF....WEBP|BM|II*\0|MM\0*|....ftypheic|%PDF-1.4|PK\3\4|PK\5\6|\xef\xbb\xbf|\xff\xfe"
    b"|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|<|MZ|\x1f\x8b".split(b"|")
)


@settings(deadline=None)
@given(st.sampled_from(BEGINNINGS), st.binary(max_size=400))
@example(b"", b"")
@example(b"PK\5\6", bytes(18))
@example(b"II*\0", b"\xff" * 12)
def test_any_bytes_get_a_verdict(beginning: bytes, rest: bytes) -> None:
    """J5: arbitrary bytes behind every known beginning."""
    assert judge(beginning + rest)


@settings(deadline=None)
@given(st.data())
def test_any_change_to_a_real_file_gets_a_verdict(data: st.DataObject) -> None:
    """J5: bytes written over, cut out or put into a small file of each type."""
    content = bytearray(data.draw(st.sampled_from(seeds())))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content)))
        content[place : place + data.draw(st.integers(0, 16))] = data.draw(st.binary(max_size=16))
    assert judge(bytes(content))


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**32))
def test_mixed_files_get_their_verdicts_quickly(seed: int) -> None:
    """J5: pieces of one real file within another, 200 from each seed."""
    for content in islice(mutated(random.Random(seed)), 200):
        began = time.process_time()
        assert judge(content)
        assert time.process_time() - began < LONGEST


def test_the_worst_of_each_kind_is_bounded() -> None:
    """J5: 25 MiB that each keep a reader busy for as long as it lets itself be kept."""
    size = 26_214_400
    busy = {
        "png of empty chunks": seeds()[1][:33] + b"\0\0\0\0tEXt\0\0\0\0" * (size // 12 - 9),
        "gif of tiny blocks": b"GIF89a" + bytes(7) + b"\x21\xfe" + b"\1c" * (size // 2 - 20),
        "jpeg of fill bytes": b"\xff\xd8" + b"\xff" * (size - 2),
        "webp of empty chunks": b"RIFF\xf8\xff\x8f\1WEBP" + b"VP8X\0\0\0\0" * (size // 8 - 9),
        "boxes": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0\0\0\x08free" * (size // 8 - 9),
        "end records": b"%PDF-1.4\n" + b"PK\5\6" * (size // 4 - 9),
        "end records of archives": b"PK\3\4" + b"PK\5\6" * (size // 4 - 9),
        "white space": b" " * (size - 1) + b"<",
        "one long line": b"a" * size,
        "hashes": b"P2\n" + b"#\n" * (size // 2 - 9),
        "headers": b"a:\n" * (size // 3),
        "late byte": b"\xc3\xa9" * (size // 2 - 1) + b"\x81",
    }
    took, most = {}, {}
    for name, content in busy.items():
        began = time.process_time()
        assert judge(content)
        took[name] = time.process_time() - began
    for name, content in busy.items():
        if name not in {"white space", "one long line", "late byte"}:
            continue
        tracemalloc.start()
        judge(content)
        most[name] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    # Each input is judged twice, by two policies.
    assert {} == {name: seconds for name, seconds in took.items() if seconds > 2 * LONGEST}
    assert {} == {name: number for name, number in most.items() if number > 64 * 1024 * 1024 + size}
