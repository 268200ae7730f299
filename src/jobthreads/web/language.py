"""The language of a page: one value, asked of the host once a request."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen
from markupsafe import Markup, escape

from jobthreads.errors import Misconfigured
from jobthreads.sentences import Sentence

__all__ = ["ENGLISH", "Language"]

_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_RIGHT_TO_LEFT = {"ar", "ckb", "dv", "fa", "he", "iw", "ku-arab", "nqo", "pa-arab", "ps", "sd", "syr", "ug", "ur", "yi"}
_PLACE = re.compile(r"%(?:\((\w+)\)s|%)")
_END_OF_CONTEXT = "\4"
"""How gettext's catalogues write a context before its message."""


def _tag(code: object) -> str:
    return str(code).replace("_", "-")


def _check_tag(_: object, __: object, code: str) -> None:
    if not _TAG.fullmatch(code):
        raise Misconfigured(
            f"Language.code is {code!r:.40}, which is no language tag.", hint='Write it as "de" or "pt-BR".'
        )


def _same(message: str) -> str:
    return message


def _english(singular: str, plural: str, num: int) -> str:
    return singular if num == 1 else plural


def _number(value: float) -> str:
    return f"{value:,}"


@frozen(kw_only=True)
class Language:
    """One language that pages speak, English if nothing is said.

    `code` is its tag (`de`, `pt-BR`; `pt_BR` is read too). `gettext` takes an English message and gives the
    translation, or the message itself where there is none; `ngettext` takes the form for one, the form for many and
    the number: the methods of `gettext.GNUTranslations`, the functions of Django and of Flask-Babel. Placeholders
    such as `%(name)s` are filled in afterwards. `number` writes a number, such as 10000 or 1.5.

    A translation is text: markup in it is shown, not obeyed. One whose placeholders do not fit is not used.
    """

    code: str = field(default="en", converter=_tag, validator=_check_tag)
    gettext: Callable[[str], str] = _same
    ngettext: Callable[[str, str, int], str] = _english
    number: Callable[[float], str] = _number

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`, for the attribute `dir`."""
        code = self.code.lower()
        first = code.partition("-")[0]
        return "rtl" if first in _RIGHT_TO_LEFT or "-".join(code.split("-")[:2]) in _RIGHT_TO_LEFT else "ltr"

    def say(self, text: str) -> str:
        """Say a sentence of ours; any other text is somebody's own, and given back as it is."""
        if not isinstance(text, Sentence):
            return text
        if text.plural is not None:
            found = self._counted(text.message, text.plural, text.facts["num"], text.context)
        else:
            found = self._found(text.message, text.context)
        if not text.facts:
            return found
        try:
            return _PLACE.sub(lambda place: self._fact(text.facts, place[1]), found)
        except KeyError:
            return str(text)

    def markup(self, sentence: Sentence) -> Markup:
        """Say a sentence as HTML: what is not markup already is escaped."""
        return self.html(sentence.message, sentence.facts, plural=sentence.plural, context=sentence.context)

    def html(
        self, message: str, facts: Mapping[str, Any], *, plural: str | None = None, context: str | None = None
    ) -> Markup:
        """Say a message of a template: translation and facts escaped, but for facts that are markup already."""
        if plural is not None:
            found = self._counted(message, plural, facts["num"], context)
            message = _english(message, plural, facts["num"])
        else:
            found = self._found(message, context)

        if not facts and "%" not in found:
            return escape(found)

        def filled(text: str) -> Markup:
            # Both parts are escaped, and a translation's placeholders look the same when they are.
            return Markup(_PLACE.sub(lambda place: escape(self._fact(facts, place[1])), escape(text)))  # noqa: S704

        try:
            return filled(found)
        except KeyError:
            return filled(message)

    def _found(self, message: str, context: str | None) -> str:
        if context is None:
            return str(self.gettext(message))
        found = str(self.gettext(f"{context}{_END_OF_CONTEXT}{message}"))
        return message if _END_OF_CONTEXT in found else found

    def _counted(self, singular: str, plural: str, num: Any, context: str | None) -> str:
        if context is None:
            return str(self.ngettext(singular, plural, num))
        begin = f"{context}{_END_OF_CONTEXT}"
        found = str(self.ngettext(begin + singular, begin + plural, num))
        return _english(singular, plural, num) if _END_OF_CONTEXT in found else found

    def _fact(self, facts: Mapping[str, Any], name: str | None) -> str:
        if name is None:
            return "%"
        value = facts[name]
        if isinstance(value, int | float):
            return self.number(value)
        return self.say(value) if isinstance(value, str) else str(value)


ENGLISH = Language()
"""What pages speak where the host says nothing."""
