"""The record door: what the host itself writes on a job, status changes and form saves (J1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from jobthreads.domain.entries import (
    Author,
    Entry,
    EntryKind,
    FormSave,
    Request,
    StatusChange,
    Visibility,
)
from jobthreads.domain.identifiers import check_request_id, one_of
from jobthreads.domain.people import Client, Staff
from jobthreads.domain.records import Scope, ScopeKind
from jobthreads.domain.text import one_line
from jobthreads.errors import InvalidInput, NotFound, NotPermitted
from jobthreads.services.ground import Ground
from jobthreads.services.writing import Draft, draft_entry, post

__all__ = ["RecordDoor"]

_MOST_CHANGES = 200


class RecordDoor:
    """What the host records, inside its own transaction if it wishes: `threads.using(connection).record` (J1).

    There is no actor: the host has judged already. `by` is who did it, None for the system. Internal unless the
    host says visible; the client then sees the new status or the form's title, nothing else.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def status_changed(
        self,
        business_id: str,
        scope: Scope,
        *,
        old: str,
        new: str,
        by: Staff | Client | None = None,
        visibility: Visibility = Visibility.INTERNAL,
        at: datetime | None = None,
        request_id: str | None = None,
    ) -> Entry:
        """Record that a job's status changed; `at` is when, now if not given. Raises `NotFound`, `NotPermitted`."""
        return self._write(
            business_id,
            scope,
            by,
            visibility,
            at,
            request_id,
            kind=EntryKind.STATUS_CHANGE,
            status=StatusChange(old=one_line(old), new=one_line(new)),
        )

    def form_saved(
        self,
        business_id: str,
        scope: Scope,
        *,
        form: str,
        changes: Mapping[str, object],
        by: Staff | Client | None = None,
        visibility: Visibility = Visibility.INTERNAL,
        at: datetime | None = None,
        request_id: str | None = None,
    ) -> Entry:
        """Record that a form was saved: its title, and each changed field with its new value (200 at most)."""
        if len(changes) > _MOST_CHANGES:
            raise InvalidInput(f"A form save holds at most {_MOST_CHANGES} changes.", field="changes")
        kept = {one_line(name): one_line(str(value)) for name, value in changes.items()}
        return self._write(
            business_id,
            scope,
            by,
            visibility,
            at,
            request_id,
            kind=EntryKind.FORM_SAVE,
            form=FormSave(form=one_line(form), changes=kept),
        )

    def _write(
        self,
        business_id: str,
        scope: Scope,
        by: Staff | Client | None,
        visibility: Visibility,
        at: datetime | None,
        request_id: str | None,
        *,
        kind: EntryKind,
        status: StatusChange | None = None,
        form: FormSave | None = None,
    ) -> Entry:
        business = self._ground.business(business_id)
        record = self._ground.record(business_id, scope)
        if record is None:
            raise NotFound
        if scope.kind is ScopeKind.QUOTE:
            raise NotPermitted("A quote has messages only.", hint="Record this on the job instead.")
        if by is not None and by.business_id != business_id:
            raise NotFound
        if at is not None and at.utcoffset() is None:
            raise InvalidInput("The time must be aware of its zone.", field="at", hint="Give a UTC time.")
        request = check_request_id(request_id)
        times = {} if at is None else {"at": at}
        draft = Draft(
            business=business,
            record=record,
            client=self._ground.client(business_id, record.client_id),
            entry=draft_entry(
                self._ground,
                scope=scope,
                kind=kind,
                visibility=one_of(Visibility, visibility, field="visibility"),
                author=Author.of(by),
                status=status,
                form=form,
                **times,
            ),
            request=Request(call=kind.value, id=request) if request else None,
            late_refusal=lambda _: None,
            keeps_own_time=at is not None,
        )
        return post(self._ground, draft).entry
