"""Model fields that read and write what the repository writes."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from jobthreads.domain.times import micros, time_of

__all__ = ["DetailsField", "IdField", "MomentField"]


if TYPE_CHECKING:
    _Times = models.Field[datetime | None, datetime | None]
    _Ids = models.CharField[UUID | str | None, UUID | None]
    _Objects = models.TextField[Any, Any]
else:
    _Times, _Ids, _Objects = models.Field, models.CharField, models.TextField


class MomentField(_Times):
    """A time to the microsecond; aware in Python, whole microseconds since 1970 in the table."""

    description = "A time to the microsecond"
    empty_strings_allowed = False

    def get_internal_type(self) -> str:
        """What kind of column it is."""
        return "BigIntegerField"

    def from_db_value(self, value: int | None, _expression: object, _connection: object) -> datetime | None:
        """Whole microseconds as an aware time."""
        return None if value is None else time_of(value)

    def to_python(self, value: Any) -> datetime | None:
        """An aware time, from one, from its ISO text, or from whole microseconds."""
        if isinstance(value, int):
            return time_of(value)
        if isinstance(value, str):
            value = time_of(int(value)) if value.isdecimal() else parse_datetime(value)
            if value is None:
                raise ValidationError("Enter a date and time.", code="invalid")
        if isinstance(value, datetime) and timezone.is_naive(value):
            return timezone.make_aware(value)
        return value  # type: ignore[no-any-return]

    def get_prep_value(self, value: Any) -> Any:
        """The microseconds of a time, which is read in the current time zone where it has none."""
        if value is None or hasattr(value, "resolve_expression"):
            return value
        time = self.to_python(value)
        return None if time is None else micros(time)

    def value_to_string(self, obj: models.Model) -> str:
        """ISO 8601, for fixtures."""
        value = self.value_from_object(obj)
        return "" if value is None else value.isoformat()

    def formfield(self, **kwargs: Any) -> Any:
        """A time to enter, and not a number."""
        from django.forms import DateTimeField

        return super().formfield(**{"form_class": DateTimeField, **kwargs})


class IdField(_Ids):
    """An id of the library: a UUID in Python, its 36 characters in the table."""

    description = "A random UUID"
    empty_strings_allowed = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 36
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Its length is its own."""
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> UUID | None:
        """The text as a UUID."""
        return None if value is None else UUID(value)

    def to_python(self, value: Any) -> UUID | None:
        """A UUID, from one or from its text."""
        if value is None or isinstance(value, UUID):
            return value
        try:
            return UUID(str(value))
        except ValueError as error:
            raise ValidationError("Enter a valid UUID.", code="invalid") from error

    def get_prep_value(self, value: Any) -> Any:
        """The text, small and with hyphens."""
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return str(self.to_python(value))

    def value_to_string(self, obj: models.Model) -> str:
        """The text, for fixtures."""
        value = self.value_from_object(obj)
        return "" if value is None else str(value)


class DetailsField(_Objects):
    """What an entry has beside its text: a JSON object in Python, its text in the table."""

    description = "A JSON object"
    empty_strings_allowed = False

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> Any:
        """The text as JSON."""
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> Any:
        """JSON, from itself or from its text."""
        return json.loads(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        """The text."""
        if value is None or isinstance(value, str) or hasattr(value, "resolve_expression"):
            return value
        return json.dumps(value, ensure_ascii=False)

    def value_to_string(self, obj: models.Model) -> Any:
        """The text, for fixtures."""
        return self.get_prep_value(self.value_from_object(obj))
