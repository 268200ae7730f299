"""Our own addresses below a mount."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from attrs import frozen

from jobthreads.domain.records import Scope

__all__ = ["Addresses", "with_query"]


def with_query(path: str, *pairs: tuple[str, str | None]) -> str:
    """Give the path with those of the pairs that have a value."""
    kept = [(name, value) for name, value in pairs if value]
    return f"{path}?{urlencode(kept)}" if kept else path


@frozen
class Addresses:
    """The addresses of one mount; `mount` has no slash at its end."""

    mount: str

    def to(self, path: str) -> str:
        """The address of a path below the mount."""
        return f"{self.mount}/{path}"

    def record(self, scope: Scope) -> str:
        """The path of a record, below the mount: `jobs/1042`."""
        return f"{scope.kind.value}s/{quote(scope.id, safe='')}"

    def messages(self, scope: Scope | None = None) -> str:
        """The inbox, or one conversation in it."""
        return self.to("messages" if scope is None else f"messages/{self.record(scope)}")

    def activity(self, scope: Scope) -> str:
        """A record's activity feed."""
        return self.to(f"{self.record(scope)}/activity")

    def portal(self, scope: Scope | None = None) -> str:
        """The client's list, or one of its records."""
        return self.to("" if scope is None else self.record(scope))

    def file(self, entry_id: object) -> str:
        """The address of a file's content; its preview stands below it."""
        return self.to(f"files/{entry_id}")

    def api(self, path: str) -> str:
        """The address of a path of the JSON API."""
        return self.to(f"api/{path}")
