"""The numbers and switches of the library that a host may change."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from attrs import field, frozen, validators

__all__ = ["PortalAuthor", "Settings"]


class PortalAuthor(StrEnum):
    """Under which name the client sees what staff write."""

    STAFF = "staff"
    BUSINESS = "business"


def _time_span(value: timedelta | float) -> timedelta:
    return value if isinstance(value, timedelta) else timedelta(seconds=value)


@frozen(kw_only=True)
class Settings:
    """What a host may change without code.

    Attributes:
        mail_window: how long a first reply waits for more before the mail goes; seconds or a timedelta, 0 is off.
        mails_an_hour: mails to one recipient; beyond it they are merged into the next allowed one, never dropped.
        client_may_start: whether a client may write the first reply on a record (M7).
        portal_author: under which name the client sees staff's entries.
        link_days: how long a mailed link works.
        session_hours: how long a client stays signed in by a link.
        client_posts: a client's replies in one `limit_window`, None for no limit.
        client_files: a client's uploads in one `limit_window`, None for no limit.
        limit_window: the length of that window.
        links_an_hour: how often one old link may ask for a fresh one.
        sign_in_url: where a page sends someone who is not signed in.
        attempts: how often a notification is tried before it is given up.
        lease: how long a worker may hold a claimed notification before another takes it.
    """

    mail_window: timedelta = field(default=timedelta(0), converter=_time_span)
    mails_an_hour: int | None = 60
    client_may_start: bool = True
    portal_author: PortalAuthor = field(default=PortalAuthor.STAFF, converter=PortalAuthor)
    link_days: int = field(default=30, validator=validators.ge(1))
    session_hours: int = field(default=12, validator=validators.ge(1))
    client_posts: int | None = 30
    client_files: int | None = 30
    limit_window: timedelta = field(default=timedelta(minutes=10), converter=_time_span)
    links_an_hour: int = 3
    sign_in_url: str = "/"
    attempts: int = field(default=12, validator=validators.ge(1))
    lease: timedelta = field(default=timedelta(minutes=5), converter=_time_span)
