"""What a database says of its own tables: columns, types, collations, keys, indexes, checks, each in its own words."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.engine import Connection

Shape = dict[str, set[str]]


def shape(connection: Connection) -> Shape:
    """Every table of ours by its name, with a line for each thing that it is made of."""
    return {"sqlite": _sqlite, "postgresql": _postgresql, "mysql": _mariadb}[connection.dialect.name](connection)


def _lines(connection: Connection, query: str, **values: object) -> set[str]:
    return {" | ".join(map(str, row)) for row in connection.execute(text(query), values)}


def _sqlite(connection: Connection) -> Shape:
    found: Shape = {}
    for name, without_rowid in connection.execute(
        text("SELECT name, wr FROM pragma_table_list WHERE name LIKE 'jobthreads%' AND type = 'table'")
    ).all():
        lines = {f"without rowid: {without_rowid}"}
        lines |= _lines(connection, 'SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(:t)', t=name)
        # Written by nobody for the indexes of constraints, which are all unique and told apart by their columns.
        for index, written in connection.execute(
            text("SELECT i.name, m.sql FROM pragma_index_list(:t) i JOIN sqlite_master m ON m.name = i.name"),
            {"t": name},
        ).all():
            columns = _lines(
                connection, 'SELECT seqno, name, "desc", coll FROM pragma_index_xinfo(:i) WHERE key', i=index
            )
            lines.add(f"index {written or 'unique'} {sorted(columns)}")
        made = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = :t"), {"t": name}).scalar_one()
        lines |= {line.strip(" ,") for line in made.splitlines() if "CHECK" in line or "CONSTRAINT" in line}
        found[name] = lines
    return found


def _postgresql(connection: Connection) -> Shape:
    found: Shape = {}
    tables = connection.execute(text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'jobthreads%'"))
    for name in tables.scalars().all():
        found[name] = (
            _lines(
                connection,
                """SELECT attname, format_type(atttypid, atttypmod), attnotnull, collname, pg_get_expr(adbin, adrelid)
                   FROM pg_attribute LEFT JOIN pg_collation c ON c.oid = attcollation
                   LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
                   WHERE attrelid = CAST(:t AS regclass) AND attnum > 0 AND NOT attisdropped""",
                t=name,
            )
            | _lines(
                connection,
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = CAST(:t AS regclass)"
                " AND contype <> 'n'",
                t=name,
            )
            | _lines(connection, "SELECT indexdef FROM pg_indexes WHERE tablename = :t", t=name)
        )
    return found


def _mariadb(connection: Connection) -> Shape:
    found: Shape = {}
    mine = "table_schema = DATABASE() AND table_name = :t"
    for name, engine in connection.execute(
        text(
            "SELECT table_name, engine FROM information_schema.tables"
            " WHERE table_schema = DATABASE() AND table_name LIKE 'jobthreads%'"
        )
    ).all():
        found[name] = (
            {f"engine: {engine}"}
            | _lines(
                connection,
                "SELECT column_name, column_type, is_nullable, column_default, character_set_name, collation_name"
                f" FROM information_schema.columns WHERE {mine}",
                t=name,
            )
            | _lines(
                connection,
                "SELECT index_name, non_unique, seq_in_index, column_name, sub_part, index_type"
                f" FROM information_schema.statistics WHERE {mine}",
                t=name,
            )
            | _lines(
                connection,
                "SELECT constraint_name, check_clause FROM information_schema.check_constraints"
                " WHERE constraint_schema = DATABASE() AND table_name = :t",
                t=name,
            )
        )
    return found
