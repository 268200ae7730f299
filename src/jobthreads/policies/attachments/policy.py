"""The judgement: which types and how many bytes, and the one place where a room's verdict becomes an error."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import IO

from attrs import field, frozen, validators

from jobthreads.errors import (
    AttachmentDamaged,
    AttachmentEmpty,
    AttachmentEncrypted,
    AttachmentHasMacros,
    AttachmentRejected,
    AttachmentTooLarge,
    AttachmentTypeNotAllowed,
)
from jobthreads.policies.attachments import legacy, packages, pdf, text
from jobthreads.policies.attachments.content import Content
from jobthreads.policies.attachments.images import bmp, gif, heif, jpeg, png, tiff, webp
from jobthreads.policies.attachments.names import clean_name, stored_name
from jobthreads.policies.attachments.seems import seems
from jobthreads.policies.attachments.types import FileType
from jobthreads.policies.attachments.verdicts import Damaged, Encrypted, HasMacros, OtherType, Verdict

__all__ = ["AttachmentPolicy", "Proven"]

_ROOMS: tuple[tuple[Callable[[bytes], bool], Callable[[Content], FileType]], ...] = tuple(
    (room.looks, room.prove) for room in (jpeg, png, gif, webp, bmp, tiff, heif, pdf, packages, legacy)
)


@frozen(kw_only=True)
class Proven:
    """A file that may be attached: its proven type, its cleaned name with that type's ending, its bytes counted."""

    type: FileType
    name: str
    size: int


def _types(types: Iterable[FileType | str]) -> frozenset[FileType]:
    return frozenset(FileType(kind) for kind in types)


@frozen(kw_only=True)
class AttachmentPolicy:
    """Which files may be attached, and how large (J5).

    `types` are `FileType`s or their words; `max_bytes` is the largest size that passes. `legacy_macros` lets `.doc`
    and `.xls` with macros pass; newer documents with macros never do.
    """

    types: frozenset[FileType] = field(default=frozenset(FileType), converter=_types)
    max_bytes: int = field(default=26_214_400, validator=validators.ge(1))
    legacy_macros: bool = False

    def judge(self, file: IO[bytes], *, name: str) -> Proven:
        """Prove the type of a seekable binary file, and give it the name it is kept under.

        The name decides nothing. Raises an `AttachmentRejected`. The file is read in small pieces and left at its
        first byte.
        """
        called = clean_name(name)
        content = Content(file)
        try:
            proven = self._prove(content)
        except Verdict as verdict:
            raise self._rejection(verdict, content, called) from verdict
        finally:
            file.seek(0)
        return Proven(type=proven, name=stored_name(called, proven), size=content.size)

    def _prove(self, content: Content) -> FileType:
        if content.size == 0 or content.size > self.max_bytes:
            raise Verdict
        prove = next((prove for looks, prove in _ROOMS if looks(content.head)), text.prove)
        try:
            proven = prove(content)
        except HasMacros as verdict:
            if verdict.proven is None or not self.legacy_macros:
                raise
            proven = verdict.proven
        if proven not in self.types:
            raise OtherType(proven.title)
        return proven

    def _rejection(self, verdict: Verdict, content: Content, name: str) -> AttachmentRejected:
        match verdict:
            case Damaged():
                return AttachmentDamaged(file_name=name)
            case Encrypted():
                return AttachmentEncrypted(file_name=name)
            case HasMacros():
                return AttachmentHasMacros(file_name=name)
            case OtherType():
                return AttachmentTypeNotAllowed(file_name=name, seems=verdict.seems or seems(content.head))
        if content.size == 0:
            return AttachmentEmpty(file_name=name)
        return AttachmentTooLarge(file_name=name, limit=self.max_bytes)
