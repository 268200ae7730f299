"""Downloads and previews, the same for pages and API of each side; every one asks its door anew."""

from __future__ import annotations

from typing import Any

from jobthreads.domain.people import Client, Staff
from jobthreads.services.files import OpenFile
from jobthreads.web.downloads import file_response
from jobthreads.web.visit import Answer, Visit

__all__ = ["PortalFiles", "StaffFiles"]


class StaffFiles:
    """What staff may open: every file in their reach."""

    def download(self, visit: Visit[Staff]) -> Answer:
        """A file, whole or a range of it."""
        return _file(visit, visit.threads.staff.open_file, preview=False)

    def preview(self, visit: Visit[Staff]) -> Answer:
        """A small picture of an image."""
        return _file(visit, visit.threads.staff.open_file, preview=True)


class PortalFiles:
    """What a client may open: the files shown to them now (J7)."""

    def download(self, visit: Visit[Client]) -> Answer:
        """A file, whole or a range of it."""
        return _file(visit, visit.threads.portal.open_file, preview=False)

    def preview(self, visit: Visit[Client]) -> Answer:
        """A small picture of an image."""
        return _file(visit, visit.threads.portal.open_file, preview=True)


def _file(visit: Visit[Any], open_file: Any, *, preview: bool) -> Answer:
    def opens(*, start: int = 0, end: int | None = None) -> OpenFile:
        opened: OpenFile = open_file(visit.person, visit.args["entry"], start=start, end=end, preview=preview)
        return opened

    request = visit.request
    return Answer(file=file_response(opens, method=request.method, headers=request.headers, inline=preview))
