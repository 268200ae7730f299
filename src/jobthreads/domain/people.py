"""The people and the business, as the host gives them."""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from jobthreads.domain.identifiers import check_host_id

__all__ = ["Business", "Client", "Role", "Staff"]


class Role(StrEnum):
    """The seven roles of a trades business (M3); a host may name others in its `AccessPolicy`."""

    ADMIN = "admin"
    BUSINESS_OWNER = "business_owner"
    FINANCE = "finance"
    SOLE_TRADER = "sole_trader"
    SUPERVISOR = "supervisor"
    TRADIE = "tradie"
    APPRENTICE = "apprentice"


@frozen(kw_only=True)
class Business:
    """One tenant: a trades company.

    `portal_enabled` is its Client Portal switch (M2); `mail_from` and `reply_to` override the notifier's sender.
    """

    id: str = field(validator=check_host_id)
    name: str
    portal_enabled: bool
    mail_from: str | None = None
    reply_to: str | None = None


@frozen(kw_only=True)
class Staff:
    """A person of the business, with one role: a `Role`, or any string that the `AccessPolicy` knows."""

    id: str = field(validator=check_host_id)
    business_id: str = field(validator=check_host_id)
    name: str
    role: str


@frozen(kw_only=True)
class Client:
    """The customer of the business.

    `notify_on_replies` is the switch of Customer profile → Notifications (M6); `locale` goes to the notifier.
    """

    id: str = field(validator=check_host_id)
    business_id: str = field(validator=check_host_id)
    name: str
    email: str | None
    notify_on_replies: bool = True
    locale: str | None = None
