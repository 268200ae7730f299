"""What is searched for, what an entry is found by, and what is found (J12)."""

from __future__ import annotations

from typing import Protocol, Self

from attrs import frozen

from jobthreads.domain.entries import AuthorKind, Entry, KeptEntry
from jobthreads.domain.making import Late
from jobthreads.domain.portal import PortalEntry, shown_content
from jobthreads.domain.records import OfRecord, Scope
from jobthreads.domain.words import LONGEST_WORD, distinct_words, words_of
from jobthreads.errors import InvalidInput
from jobthreads.sentences import gettext as _

__all__ = [
    "LONGEST_QUERY",
    "FoundEntry",
    "PortalSearchHit",
    "Query",
    "SearchHit",
    "ShownWords",
    "shown_words",
    "staff_words",
]

LONGEST_QUERY = 200
"""Characters in a text to search for, at most."""


@frozen(kw_only=True)
class Query:
    """The words to search for: found is what holds every one of `whole`, and a word that begins with `begin`."""

    whole: tuple[str, ...] = ()
    begin: str

    @classmethod
    def of(cls, text: str, *, field: str = "text") -> Self:
        """Read what someone typed; its last word may be the beginning of one, and signs are only gaps.

        Raises `InvalidInput` beyond 200 characters, and for a text without a letter or digit.
        """
        if not isinstance(text, str):
            raise InvalidInput(_("What to search for is text."), field=field)
        if len(text.strip()) > LONGEST_QUERY:
            raise InvalidInput(
                _("That is more than %(most)s characters to search for.", most=LONGEST_QUERY),
                field=field,
                hint=_("Search for a few words of it."),
            )
        words = [word[:LONGEST_WORD] for word in words_of(text)]
        if not words:
            raise InvalidInput(
                _("There is no word to search for."), field=field, hint=_("Type at least one letter or digit.")
            )
        return cls(whole=tuple(dict.fromkeys(words[:-1])), begin=words[-1])

    def touches(self, word: str) -> bool:
        """Tell whether a word, as `words_of` gives it, is one of those searched for."""
        return word.startswith(self.begin) or word[:LONGEST_WORD] in self.whole


def staff_words(entry: Entry) -> tuple[str, ...]:
    """Give the words by which staff find an entry: whatever its line in the feed says, and who wrote it."""
    texts = [entry.body or "", entry.author.name]
    if entry.file is not None:
        texts.append(entry.file.name)
    if entry.status is not None:
        texts += [entry.status.old, entry.status.new]
    if entry.form is not None:
        texts += [entry.form.form, *(text for change in entry.form.changes.items() for text in change)]
    return distinct_words(texts)


@frozen(kw_only=True)
class ShownWords:
    """The words by which the client finds an entry that is shown to `client_id`.

    `author` are those of a staff member's name: they count only while the client is shown it.
    """

    client_id: str
    content: tuple[str, ...]
    author: tuple[str, ...]


def shown_words(kept: KeptEntry) -> ShownWords | None:
    """Give the words of an entry that a client is shown, None while it is shown to nobody.

    The names of the client and of the business stand on every entry, and change: nobody is found by them.
    """
    shown = shown_content(kept)
    if shown is None or kept.showing is None:
        return None
    body, file = shown
    author = kept.entry.author
    return ShownWords(
        client_id=kept.showing.client_id,
        content=distinct_words([body or "", file.name if file else ""]),
        author=distinct_words([author.name]) if author.kind is AuthorKind.STAFF else (),
    )


class FoundEntry(OfRecord, Protocol):
    """An entry as the repository finds it for staff."""

    @property
    def entry(self) -> Entry:
        """The entry."""

    @property
    def place(self) -> tuple[int, str, int]:
        """Where it stands among what is found: its time in microseconds since 1970, its thread's id, its number."""


@frozen(kw_only=True)
class SearchHit(Late):
    """One entry that staff found, and the record it stands on (J12)."""

    scope: Scope
    reference: str
    title: str
    client_id: str
    client_name: str
    entry: Entry


@frozen(kw_only=True)
class PortalSearchHit:
    """One entry that a client found: the entry as they are shown it, and the record it stands on (J12)."""

    scope: Scope
    reference: str
    title: str
    entry: PortalEntry
