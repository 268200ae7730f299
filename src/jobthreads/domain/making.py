"""Values made of parts that were checked before: a page of fifty would spend more time on checks than on its rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import fields

__all__ = ["Late", "draft_of", "late"]

Kind = TypeVar("Kind")


def draft_of(kind: Any) -> Any:
    """Make a class whose bare instances can be written to, and then become a frozen `kind` by their `__class__`.

    It takes a sixth of the time of the checks, converters and keywords of `kind` itself. Only for parts that come from
    a value of ours, or from a row that one was written to; every field has to be set. `kind` must have been made with
    `weakref_slot=False`, since the two must be laid out alike.
    """
    return type(f"{kind.__name__}Draft", kind.__bases__, {"__slots__": kind.__slots__})


class Late:
    """The base of a value whose parts are worked out together, when the first of them is asked for.

    Whoever asks for a list, and counts it, cuts it or hands it on, does not wait for what nobody reads. Once worked
    out, the value is as any other of its kind, and equal to it.
    """

    __slots__ = ("_late",)

    if not TYPE_CHECKING:  # Else every name would pass for one of its parts.

        def __getattr__(self, name: str) -> Any:
            # Asked only for what is not set: a part that waits, or what is no part at all.
            try:
                waiting = _waiting_of(self)
            except AttributeError:
                waiting = None
            if waiting is not None:
                parts_of, *row = waiting
                for set_part, part in zip(_setters_of(type(self)), parts_of(*row), strict=True):
                    set_part(self, part)
                # Last: another thread that finds nothing waiting finds every part.
                _let_wait(self, None)
            return object.__getattribute__(self, name)


_bare = object.__new__
_waiting_of, _let_wait = (getattr(vars(Late)["_late"], name) for name in ("__get__", "__set__"))


@cache
def _setters_of(kind: Any) -> tuple[Callable[[object, object], None], ...]:
    return tuple(vars(kind)[part.name].__set__ for part in fields(kind))


def late(
    kind: type[Kind], parts_of: Callable[..., tuple[object, ...]], column: Iterable[object], *others: Iterable[object]
) -> list[Kind]:
    """Make one `kind` of each row of these columns: `parts_of(*row)` gives its parts, in the order of its fields.

    As for `draft_of`, they come from what was checked before. The shortest column ends the list. Two threads may both
    work out the parts.
    """
    waiting = list(zip(repeat(parts_of), column, *others, strict=False))
    made = list(map(_bare, repeat(kind, len(waiting))))
    deque(map(_let_wait, made, waiting), maxlen=0)
    return made
