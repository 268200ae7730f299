"""What a room says of a file that it does not accept; the policy puts the file's name to it."""

from __future__ import annotations

from jobthreads.policies.attachments.types import FileType

__all__ = ["Damaged", "Encrypted", "HasMacros", "OtherType", "Verdict"]


class Verdict(Exception):
    """A reason not to accept the content."""


class Damaged(Verdict):
    """It begins as an allowed type and does not hold what that type must."""


class Encrypted(Verdict):
    """It opens with a password only."""


class HasMacros(Verdict):
    """It holds programs; `proven` is the type it would be without them, None where they are never allowed."""

    def __init__(self, proven: FileType | None = None) -> None:
        super().__init__()
        self.proven = proven


class OtherType(Verdict):
    """It is of another type; `seems` names it, empty where nothing is known."""

    def __init__(self, seems: str = "") -> None:
        super().__init__()
        self.seems = seems
