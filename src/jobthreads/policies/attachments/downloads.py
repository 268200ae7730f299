"""The headers of a download: the same from every storage, whatever the file holds or is called."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from jobthreads.policies.attachments.types import FileType

__all__ = ["download_headers"]

_UNKNOWN = "application/octet-stream"
_PLAIN = re.compile(r"[^ !#$&\'()+,\-.0-9=@A-Z\[\]^_a-z{}~]")
_ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "sandbox; default-src 'none'"),
    ("Cross-Origin-Resource-Policy", "same-site"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "private, no-store"),
)


def download_headers(name: str, content_type: str, *, inline: bool = False) -> tuple[tuple[str, str], ...]:
    """Give the headers of a file called `name` that is stored as `content_type`.

    A type that may not be attached is answered as unknown bytes. `inline` is asked for by a page that shows the file,
    and granted to pictures that browsers show safely. There is no `Last-Modified` and no `ETag`: they tell when an
    internal thing happened (S1).
    """
    proven = FileType.of(content_type)
    stated = _UNKNOWN if proven is None else proven.content_type
    if proven is FileType.TEXT:
        stated += "; charset=utf-8"
    shown = inline and proven is not None and proven.inline
    disposition = f"{'inline' if shown else 'attachment'}; {_names(name)}"
    return (("Content-Type", stated), ("Content-Disposition", disposition), *_ALWAYS)


def _names(name: str) -> str:
    """The name in plain letters for old readers, and in full for all others."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    # A name of other letters than ours leaves its ending only.
    plain = _PLAIN.sub("_", f"file{folded}" if folded.startswith((".", " ")) or not folded else folded)
    whole = quote(name.encode("utf-8", "replace"), safe="!#$&+^`|~-._")
    return f"filename=\"{plain}\"; filename*=UTF-8''{whole}"
