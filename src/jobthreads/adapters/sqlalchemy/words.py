"""Words as the databases index them: one column of an entry holds a term for each word, for each side (J12).

The index knows no languages: it is given terms, and gives back the entries that hold them. A term is the mark of a
side, four letters that stand for whose it is, and the word, so that the same word of another business, or of another
client, is another term: what a search costs is decided by whose words they are, and a client's terms are made of
`shown_words` alone, whatever else stands in the column.

What each database needs is here and in the migration that made the column:

- SQLite: an FTS5 table without content, under whole-number keys of its own (entries have none), kept by triggers.
- PostgreSQL: a GIN index on an array of terms as `tsvector`; its text parser, which splits by its own rules and by the
  server's locale, is never asked.
- MariaDB: a FULLTEXT index. It leaves out terms below 3 and beyond 84 characters, its stop words, and splits at
  letters younger than its tables: so terms are long enough, cut, and spelt in letters that it knows.
"""

from __future__ import annotations

import unicodedata
from base64 import b32encode
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, cast, column, func, literal_column, table
from sqlalchemy.dialects import mysql, postgresql

from jobthreads.adapters.sqlalchemy.schema import entry
from jobthreads.domain.entries import KeptEntry
from jobthreads.domain.records import Scope
from jobthreads.domain.search import Query, shown_words, staff_words

__all__ = ["client_query", "entries_that_hold", "staff_query", "terms_of"]

_STAFF, _SHOWN, _SHOWN_AUTHOR, _THREAD = "w", "c", "a", "t"

_LONGEST_TERM = 84
_MOST = 200_000
"""Characters of terms on one entry: PostgreSQL takes a megabyte, and the longest message has a tenth of it."""

_OLD = unicodedata.ucd_3_2_0
_ESCAPE = "ß"
"""Begins the spelling of a letter that an index may not know; no word has it, since it folds to `ss`."""


def terms_of(business_id: str, scope: Scope, kept: KeptEntry) -> str:
    """Give an entry's terms: for staff, for its thread, and for the client to whom it is shown."""
    whose = _whose(business_id)
    terms = [_term(_THREAD, _whose(business_id, str(scope)), "")]
    shown = shown_words(kept)
    if shown is not None:
        theirs = _whose(business_id, shown.client_id)
        terms += _terms(_SHOWN, theirs, shown.content)
        terms += _terms(_SHOWN_AUTHOR, theirs, shown.author)
    terms += _terms(_STAFF, whose, staff_words(kept.entry))
    text = " ".join(terms)
    return text if len(text) < _MOST else text[:_MOST].rpartition(" ")[0]


@lru_cache(maxsize=4096)
def _whose(*owner: str) -> str:
    """Four letters for an owner. Two owners may have the same: who may see what is never decided by terms."""
    digest = blake2b("\0".join(owner).encode("utf-8", "surrogatepass"), digest_size=5).digest()
    return b32encode(digest).decode().lower()[:4]


def _terms(side: str, whose: str, words: Iterable[str]) -> list[str]:
    mark = side + whose
    return [mark + word if word.isascii() else _term(side, whose, word) for word in words]


def _term(side: str, whose: str, word: str) -> str:
    """A word in letters that every index takes for letters; beginnings stay beginnings."""
    return f"{side}{whose}{word if word.isascii() else ''.join(map(_letter, word))}"[:_LONGEST_TERM]


def _letter(sign: str) -> str:
    known = sign <= "\uffff" and _OLD.category(sign)[0] in "LN"
    return sign if known else f"{_ESCAPE}{ord(sign):05x}"


Wanted = list[tuple[tuple[str, ...], bool]]
"""What an entry must hold: one of these terms, or a term that begins so, for each item."""


def staff_query(dialect: str, business_id: str, query: Query, scope: Scope | None) -> str:
    """Write a search by staff as this dialect's index takes it."""
    wanted = _wanted((_STAFF,), _whose(business_id), query)
    if scope is not None:
        wanted.append(((_term(_THREAD, _whose(business_id, str(scope)), ""),), False))
    return _WRITTEN[dialect](wanted)


def client_query(dialect: str, business_id: str, client_id: str, query: Query, *, authors: bool) -> str:
    """Write a search by a client: only terms of what that client is shown."""
    sides = (_SHOWN, _SHOWN_AUTHOR) if authors else (_SHOWN,)
    return _WRITTEN[dialect](_wanted(sides, _whose(business_id, client_id), query))


def _wanted(sides: tuple[str, ...], whose: str, query: Query) -> Wanted:
    wanted: Wanted = [(tuple(_term(side, whose, word) for side in sides), False) for word in query.whole]
    return [*wanted, (tuple(_term(side, whose, query.begin) for side in sides), True)]


def _for_sqlite(wanted: Wanted) -> str:
    return " AND ".join(
        "(" + " OR ".join(f'"{term}"{"*" if begins else ""}' for term in terms) + ")" for terms, begins in wanted
    )


def _for_postgresql(wanted: Wanted) -> str:
    return " & ".join(
        "(" + " | ".join(f"'{term}'{':*' if begins else ''}" for term in terms) + ")" for terms, begins in wanted
    )


def _for_mariadb(wanted: Wanted) -> str:
    return " ".join(
        "+(" + " ".join(f"{term}{'*' if begins else ''}" for term in terms) + ")" for terms, begins in wanted
    )


# Terms are letters and digits alone, so nothing that a person types can be taken for one of these signs.
_WRITTEN = {"sqlite": _for_sqlite, "postgresql": _for_postgresql, "mysql": _for_mariadb}


def entries_that_hold(dialect: str, name: str) -> tuple[FromClause, ColumnElement[bool]]:
    """Give where to look for entries, and the condition that they hold what the parameter `name`, a query, asks for."""
    asked: Any = bindparam(name)
    if dialect == "postgresql":
        terms = func.array_to_tsvector(func.string_to_array(entry.c.words, literal_column("' '")))
        return entry, terms.op("@@")(cast(asked, postgresql.TSQUERY))
    if dialect == "mysql":
        return entry, mysql.match(entry.c.words, against=asked).in_boolean_mode()
    index = table("jobthreads_words", column("rowid"), column("jobthreads_words"))
    place = table("jobthreads_words_place", *map(column, ("id", "business_id", "thread_id", "seq")))
    its_entry = and_(*(entry.c[key] == place.c[key] for key in ("business_id", "thread_id", "seq")))
    found = index.join(place, place.c.id == index.c.rowid).join(entry, its_entry)
    return found, index.c.jobthreads_words.op("MATCH")(asked)
