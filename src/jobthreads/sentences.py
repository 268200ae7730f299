"""Words for people, in English, that remember how they were made, so that a page can say them in its language.

A sentence is marked where it stands, with the names that every extraction tool knows (`_`, `ngettext`, `pgettext`):
`_("The file is larger than %(size)s.", size="25 MB")`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

__all__ = ["Sentence", "gettext", "ngettext", "pgettext"]


class Sentence(str):
    """English words, to everyone who does not look closer a plain string.

    `message` is what a catalogue holds: with `plural` the form for one, with `context` what tells it from another
    of the same letters. `facts` stand in it as `%(name)s`: strings, numbers, or other sentences; `num` counts.
    """

    __slots__ = ("context", "facts", "message", "plural")

    message: str
    facts: Mapping[str, object]
    plural: str | None
    context: str | None

    @classmethod
    def made(
        cls, message: str, facts: Mapping[str, object], *, plural: str | None = None, context: str | None = None
    ) -> Self:
        """Fill the facts in, and remember them."""
        chosen = message if plural is None or facts["num"] == 1 else plural
        sentence = cls(chosen % {name: _written(value) for name, value in facts.items()} if facts else chosen)
        sentence.message, sentence.facts, sentence.plural, sentence.context = message, facts, plural, context
        return sentence


def gettext(message: str, /, **facts: object) -> Sentence:
    """Mark a sentence."""
    return Sentence.made(message, facts)


def ngettext(singular: str, plural: str, num: int, /, **facts: object) -> Sentence:
    """Mark a sentence that counts: `num` chooses the form, and stands in both as `%(num)s`."""
    return Sentence.made(singular, {"num": num, **facts}, plural=plural)


def pgettext(context: str, message: str, /) -> Sentence:
    """Mark words that mean different things in different places, and say in which this is."""
    return Sentence.made(message, {}, context=context)


def _written(value: object) -> object:
    return f"{value:,}" if isinstance(value, int | float) else value
