"""Judge wrong files for as long as wanted: `python -m tests.attachments.fuzz 100000`, with atheris where it is there.

Every input must get a verdict within a second and 64 MiB, its name a clean name, its download whole headers; anything
but an `AttachmentRejected` ends the run. Without a count atheris decides, guided by what the code reaches.
"""

from __future__ import annotations

import io
import random
import resource
import sys
import time
from array import array
from types import FunctionType

from jobthreads.errors import AttachmentRejected
from jobthreads.policies import attachments
from jobthreads.policies.attachments import AttachmentPolicy, clean_name, download_headers, stored_name
from tests.attachments.mutations import mutated, packages, seeds

SECONDS = 1.0
POLICIES = (AttachmentPolicy(), AttachmentPolicy(legacy_macros=True))


def judge(content: bytes) -> str:
    """Ask everything of one input; give the verdict's word."""
    name = "".join(map(chr, array("H", content[: min(120, len(content) // 2 * 2)])))
    cleaned = clean_name(name)
    assert cleaned == clean_name(cleaned)
    for _, value in download_headers(name, name):
        assert value.isascii()
        assert value.isprintable()
    word = ""
    for policy in POLICIES:
        try:
            proven = policy.judge(io.BytesIO(content), name=name)
        except AttachmentRejected as refused:
            called, word = refused.file_name, word or refused.code
        else:
            assert stored_name(cleaned, proven.type) == proven.name
            assert proven.name.lower().endswith(proven.type.extensions)
            called, word = cleaned, word or proven.type
        assert cleaned == called
    return word


def memory() -> int:
    """The most memory this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def run(count: int, seed: int) -> dict[str, int]:
    """Judge `count` inputs, print what became of them, and give the counts."""
    found: dict[str, int] = {}
    # Made before the memory is read: the libraries that write them take much.
    made = len(seeds()) + len(packages())
    slowest, before = (0.0, 0), memory()
    for number, content in zip(range(count), mutated(random.Random(seed)), strict=False):
        began = time.process_time()
        word = judge(content)
        slowest = max(slowest, (time.process_time() - began, number))
        found[word] = found.get(word, 0) + 1
    assert slowest[0] < SECONDS, f"input {slowest[1]} of seed {seed} took {slowest[0]:.3f} s"
    added = (memory() - before) / 1024 / 1024
    told = [
        f"{count:,} inputs from {made} files by seed {seed}",
        f"slowest {slowest[0] * 1000:.1f} ms",
        f"{added:.1f} MiB added",
    ]
    told += [f"{many:8,} {word}" for word, many in sorted(found.items())]
    sys.stdout.write("\n".join([*told, ""]))
    return found


def judged() -> list[FunctionType]:
    """Every function of the judgement: what atheris is to watch, and not the libraries that made the files."""
    ours = [module for name, module in sys.modules.items() if name.startswith(attachments.__name__)]
    holders = [*ours, *(kind for module in ours for kind in vars(module).values() if isinstance(kind, type))]
    found = [function for holder in holders for function in vars(holder).values() if isinstance(function, FunctionType)]
    return [function for function in found if function.__module__.startswith(attachments.__name__)]


def main() -> None:
    """Run the stated number of inputs, or let atheris run."""
    if len(sys.argv) > 1 and sys.argv[1].isdigit():
        run(int(sys.argv[1]), seed=int(sys.argv[2]) if len(sys.argv) > 2 else 1)
        return
    import atheris

    for function in judged():
        atheris.instrument_func(function)

    def one(data: bytes) -> None:
        judge(data)

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.3:
            return next(mutated(chance))[:most]
        return bytes(atheris.Mutate(data, most))

    seeds()
    atheris.Setup(sys.argv, one, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
