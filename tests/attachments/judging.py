"""How the tests ask for a verdict."""

from __future__ import annotations

import io
import sys

from jobthreads.errors import AttachmentRejected
from jobthreads.policies.attachments import AttachmentPolicy, FileType

DEFAULT = AttachmentPolicy()

# A verdict takes less than a second of a processor; machines are shared, and a tracer (coverage) slows the most.
LONGEST = 2.0 if sys.gettrace() is None else 6.0
"""Seconds of processor time for one verdict, at most."""


def verdict(content: bytes, *, name: str = "plan", policy: AttachmentPolicy = DEFAULT) -> FileType | str:
    """The proven type, or the code of the refusal without its beginning."""
    try:
        return policy.judge(io.BytesIO(content), name=name).type
    except AttachmentRejected as error:
        return error.code.removeprefix("attachment-")


def seems(content: bytes) -> str:
    """What the refusal takes the content for."""
    try:
        kind = DEFAULT.judge(io.BytesIO(content), name="plan").type
    except AttachmentRejected as error:
        return str(getattr(error, "seems", error.code))
    return f"accepted as {kind}"
