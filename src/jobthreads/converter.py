"""The one converter between values and JSON: strict on the way in, plain on the way out.

Serialisation belongs to the edge, so no value knows of it. A scope is written
`"job:1042"`, a time in UTC with a Z.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar, get_args
from uuid import UUID

from cattrs import ClassValidationError, Converter, ForbiddenExtraKeysError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

from jobthreads.domain.records import Job, Quote, Scope
from jobthreads.errors import InvalidInput, JobThreadsError

__all__ = ["make_converter", "structured"]

T = TypeVar("T")

_PLAIN: dict[type, str] = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def make_converter() -> Converter:
    """Make a converter that coerces nothing.

    `"12"` is no number, a time without offset no time, and a field that is not known an error.
    """
    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    for kind, words in _PLAIN.items():
        converter.register_structure_hook(kind, _exact(kind, words))
    converter.register_structure_hook(UUID, _uuid)
    converter.register_unstructure_hook(UUID, str)
    converter.register_structure_hook(datetime, _time)
    converter.register_unstructure_hook(datetime, _time_text)
    converter.register_structure_hook(StrEnum, _member)
    converter.register_unstructure_hook(StrEnum, _member_text)
    converter.register_structure_hook(Scope, _scope)
    converter.register_unstructure_hook(Scope, str)
    _tell_records_apart(converter)
    return converter


def structured(converter: Converter, data: object, wanted: type[T]) -> T:
    """Make an attrs value of what a caller sent; raises `InvalidInput`, or the value's own refusal."""
    if not isinstance(data, dict):
        raise InvalidInput("What was sent has to be one JSON object.", field="body")
    try:
        return converter.structure(data, wanted)
    except ClassValidationError as error:
        raise _refusal(error) from None
    except (AttributeError, TypeError, ValueError) as error:
        raise InvalidInput(_sentence(error), field="body") from None


_RECORDS: dict[str, type[Job] | type[Quote]] = {"job": Job, "quote": Quote}


def _tell_records_apart(converter: Converter) -> None:
    """Write a job or quote with its `kind`, so that it can be read back."""

    def written(kind: str) -> Callable[[Any], dict[str, Any]]:
        fields = make_dict_unstructure_fn(_RECORDS[kind], converter)
        return lambda record: {"kind": kind, **fields(record)}

    readers = {
        kind: make_dict_structure_fn(record, converter, _cattrs_forbid_extra_keys=True)
        for kind, record in _RECORDS.items()
    }

    def read(value: Any, _: object) -> Any:
        if value is None or isinstance(value, Job | Quote):
            return value
        kind = value.get("kind") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in _RECORDS:
            raise ValueError("It has to be a job or a quote, with its kind.")
        fields = {name: one for name, one in value.items() if name != "kind"}
        return readers[kind](fields, _RECORDS[kind])

    for kind, record in _RECORDS.items():
        converter.register_unstructure_hook(record, written(kind))
        converter.register_structure_hook(record, read)
    converter.register_structure_hook_func(lambda wanted: {Job, Quote} <= set(get_args(wanted)), read)


def _exact(kind: type, words: str) -> Callable[[object, type], object]:
    def check(value: object, _: type) -> object:
        # type(), since True is an int and 1.0 a float that equals 1.
        if type(value) is kind or (kind is float and type(value) is int):
            return value
        raise ValueError(f"It has to be {words}.")

    return check


def _uuid(value: object, _: type) -> UUID:
    if isinstance(value, UUID):
        return value
    try:
        found = UUID(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or str(found) != str(value).lower():
        raise ValueError("It has to be an id such as 3f0c4f5e-6a52-4c55-9d0b-0c1b0e9d9a11.")
    return found


def _time(value: object, _: type) -> datetime:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise ValueError("It has to be a time with its offset, such as 2026-03-02T09:00:00Z.")
    return value.astimezone(UTC)


def _time_text(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _member(value: object, kind: type[StrEnum]) -> StrEnum:
    for member in kind:
        if type(value) in {str, kind} and value == member.value:
            return member
    raise ValueError(f"It has to be one of: {', '.join(member.value for member in kind)}.")


def _member_text(member: StrEnum) -> str:
    return member.value


def _scope(value: object, _: type) -> Scope:
    if isinstance(value, Scope):
        return value
    try:
        return Scope.parse(value if isinstance(value, str) else "")
    except JobThreadsError:
        raise ValueError('It has to name a record, such as "job:1042" or "quote:88".') from None


def _refusal(error: ClassValidationError) -> JobThreadsError:
    """Name the first fault: an unknown field before a wrong one, since it may be a wrong one's other name."""
    for inner in error.exceptions:
        if isinstance(inner, ForbiddenExtraKeysError):
            name = min(inner.extra_fields)
            return InvalidInput(
                f"There is no field {name[:40]!r} here.", field=name[:40], hint="Leave it out and send again."
            )
    placed, _ = error.group_exceptions()
    for inner, note in placed:
        if isinstance(inner, JobThreadsError):
            return inner
        if isinstance(inner, ClassValidationError):
            return _refusal(inner)
        if isinstance(inner, KeyError):
            sentence = f"The field {note.name!r} is missing."
            return InvalidInput(sentence, field=note.name, hint="Add it and send again.")
        return InvalidInput(_sentence(inner), field=note.name)
    for inner in error.exceptions:
        if isinstance(inner, JobThreadsError):
            return inner
    return InvalidInput(field="body")


def _sentence(error: BaseException) -> str | None:
    text = str(error)
    return text if text.startswith("It has to") else None
