"""A directory that is told everything at the start: for tests, demos and the first hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from jobthreads.domain.people import Business, Client, Staff
from jobthreads.domain.records import Job, Record, Scope

__all__ = ["StaticDirectory"]


class StaticDirectory:
    """A `Directory` over lists; `put` adds or replaces a value, `remove` takes one away."""

    def __init__(
        self,
        *,
        businesses: Iterable[Business] = (),
        staff: Iterable[Staff] = (),
        clients: Iterable[Client] = (),
        records: Iterable[Record] = (),
    ) -> None:
        self._businesses: dict[str, Business] = {}
        self._staff: dict[tuple[str, str], Staff] = {}
        self._clients: dict[tuple[str, str], Client] = {}
        self._records: dict[tuple[str, Scope], Record] = {}
        self.put(*businesses, *staff, *clients, *records)

    def put(self, *values: Business | Staff | Client | Record) -> None:
        """Add each value, in the place of the one with its id."""
        for value in values:
            match value:
                case Business():
                    self._businesses[value.id] = value
                case Staff():
                    self._staff[value.business_id, value.id] = value
                case Client():
                    self._clients[value.business_id, value.id] = value
                case _:
                    self._records[value.business_id, value.scope] = value

    def remove(self, *values: Business | Staff | Client | Record) -> None:
        """Take each value away, if it is there."""
        for value in values:
            match value:
                case Business():
                    self._businesses.pop(value.id, None)
                case Staff():
                    self._staff.pop((value.business_id, value.id), None)
                case Client():
                    self._clients.pop((value.business_id, value.id), None)
                case _:
                    self._records.pop((value.business_id, value.scope), None)

    def business(self, business_id: str) -> Business | None:
        """The business of this id."""
        return self._businesses.get(business_id)

    def clients(self, business_id: str, ids: Sequence[str]) -> Mapping[str, Client]:
        """The clients of these ids."""
        found = ((client_id, self._clients.get((business_id, client_id))) for client_id in ids)
        return {client_id: client for client_id, client in found if client is not None}

    def records(self, business_id: str, scopes: Sequence[Scope]) -> Mapping[Scope, Record]:
        """The jobs and quotes of these scopes."""
        found = ((scope, self._records.get((business_id, scope))) for scope in scopes)
        return {scope: record for scope, record in found if record is not None}

    def records_of_client(self, business_id: str, client_id: str) -> Iterable[Record]:
        """The jobs and quotes of one client, in the order in which they were put."""
        return [
            record
            for (owner, _), record in list(self._records.items())
            if owner == business_id and record.client_id == client_id
        ]

    def search_clients(self, business_id: str, text: str, limit: int) -> Iterable[Client]:
        """The clients whose name or address holds `text`, blind to case."""
        wanted = text.casefold()
        found = (
            client
            for (owner, _), client in list(self._clients.items())
            if owner == business_id and wanted in f"{client.name} {client.email or ''}".casefold()
        )
        return [client for client, _ in zip(found, range(limit), strict=False)]

    def jobs_assigned_to(self, staff: Staff) -> Iterable[str]:
        """The ids of the jobs whose `assigned_to` names this person."""
        return [
            record.id
            for (owner, _), record in list(self._records.items())
            if owner == staff.business_id and isinstance(record, Job) and staff.id in record.assigned_to
        ]

    def team(self, business_id: str) -> Iterable[Staff]:
        """Everyone of the business."""
        return [person for (owner, _), person in list(self._staff.items()) if owner == business_id]
