"""Every model field reads and writes exactly what the repository wrote."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.apps import apps
from django.core import mail, serializers
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connections
from django.db.models import F, Max
from django.utils import timezone

from jobthreads import Visibility
from jobthreads.adapters.sqlalchemy import metadata
from jobthreads.django import threads
from jobthreads.django.models import Entry, Limit, Notice, PortalLink, Read, Thread

MODELS = {model._meta.db_table: model for model in apps.get_app_config("jobthreads").get_models()}


def _journey(office) -> None:
    """Write a row into every table, through the doors."""
    threads.staff.reply(office.kim, office.job, "We can start on Friday. ünï ☂ 100%", request_id="r-1")
    threads.staff.note(office.kim, office.job, "Wants an upgrade later.")
    threads.record.status_changed(office.kim.business_id, office.job, old="Booked", new="Started")
    changes = {"volts": ["230", "400"]}
    threads.record.form_saved(office.kim.business_id, office.job, form="Safety", changes=changes, by=office.tom)
    text = SimpleUploadedFile("notes.txt", b"Bring the long ladder.")
    threads.staff.attach(office.kim, office.job, text, name="notes.txt", visibility=Visibility.VISIBLE)
    threads.portal.reply(office.dana, office.job, "Friday is fine.")
    threads.delivery.run_once()
    words = [word for sent in mail.outbox for word in sent.body.split()]
    link = [word for word in words if "/enter/" in word][-1]
    threads.portal.enter(link.rpartition("/")[2])


def _rows(alias, table) -> list[dict[str, object]]:
    columns = [column.name for column in metadata.tables[table].columns]
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _key(row, model) -> tuple[object, ...]:
    keys = model._meta.pk_fields
    return tuple(row[field.column] for field in keys)


def _saved(one) -> dict[str, object]:
    """What the model would write, by column."""
    connection = connections["default"]
    return {
        field.column: field.get_db_prep_save(getattr(one, field.attname), connection)
        for field in one._meta.concrete_fields
        if field.column
    }


def test_every_table_has_a_model_with_its_columns() -> None:
    """M9: no table and no column is without its model and field, so that `flush` empties all of it."""
    assert set(metadata.tables) == set(MODELS)
    for table, model in MODELS.items():
        fields = {field.column: field for field in model._meta.concrete_fields if field.column}
        columns = metadata.tables[table].columns
        assert {column.name for column in columns} == set(fields), table
        for column in columns:
            assert column.nullable == fields[column.name].null, f"{table}.{column.name}"
            length = getattr(column.type, "length", None)
            field = fields[column.name]
            assert length == (field.target_field if field.is_relation else field).max_length, f"{table}.{column.name}"


def test_every_field_reads_and_writes_what_the_repository_wrote(alias, office) -> None:
    """M9: what a model reads and would write is, in every column of every table, what is there."""
    _journey(office)
    for table, model in MODELS.items():
        there = {_key(row, model): row for row in _rows(alias, table)}
        read = {_key(_saved(one), model): _saved(one) for one in model.objects.all()}
        assert there, f"The journey leaves {table} empty."
        assert there == read, table


def test_what_a_model_writes_is_what_the_repository_writes(alias, office) -> None:
    """M9: rows put back by Django's own loader are the same, byte for byte, and the library reads them."""
    _journey(office)
    before = {table: _rows(alias, table) for table in MODELS}
    kept = serializers.serialize("python", [one for model in MODELS.values() for one in model.objects.all()])
    for model in reversed(list(MODELS.values())):
        model.objects.all().delete()
    assert [] == [row for table in MODELS for row in _rows(alias, table)]
    for one in serializers.deserialize("python", kept, using=alias):
        one.save(using=alias)
    for table, rows in before.items():
        assert sorted(map(str, rows)) == sorted(map(str, _rows(alias, table))), table
    assert "Friday is fine." == threads.staff.inbox(office.kim).items[0].snippet


def test_times_are_aware_and_to_the_microsecond(alias, office) -> None:
    """M9: a host asks for times as Django's own, and gets them to the microsecond."""
    entry = threads.staff.note(office.kim, office.job, "Hello")
    row = Entry.objects.get()
    assert (entry.at, entry.id) == (row.at, row.id)
    assert UTC == row.at.tzinfo
    micro = timedelta(microseconds=1)
    assert 1 == Entry.objects.filter(at__range=(entry.at, entry.at)).count()
    assert 0 == Entry.objects.filter(at__gt=entry.at).count()
    assert 1 == Entry.objects.filter(at__gt=entry.at - micro, id=str(entry.id)).count()
    assert entry.at == Entry.objects.aggregate(last=Max("at"))["last"]
    assert 1 == Entry.objects.filter(at=F("at"), at__in=[entry.at]).count()
    with timezone.override("Australia/Sydney"):
        local = timezone.make_naive(entry.at)
        assert 1 == Entry.objects.filter(at=local).count()
        assert 1 == Entry.objects.filter(at=entry.at.isoformat()).count()


def test_relations_and_choices_serve_a_hosts_queries(alias, office) -> None:
    """M9: a thread knows its entries, notices and deliveries; kinds and sides have names."""
    _journey(office)
    thread = Thread.objects.get()
    assert ["Customer reply", "Internal note", "Status change", "Form save", "File", "Customer reply"] == [
        one.get_kind_display() for one in thread.entries.order_by("seq")
    ]
    file = Entry.objects.select_related("file", "thread").get(kind=Entry.Kind.FILE)
    assert ("notes.txt", "clean", thread) == (file.details["name"], file.file.scan, file.thread)
    assert {str(office.kim_row.pk), str(office.tom_row.pk)} == {one.staff_id for one in thread.notices.all()}
    assert {"sent"} == {one.state for one in thread.deliveries.all()}
    known = Read.objects.get(pk=(office.kim.business_id, office.dana.id, thread.pk))
    assert (office.dana.id, thread) == (known.client_id, known.thread)
    assert [] != [str(one) for model in MODELS.values() for one in model.objects.all()]
    assert 1 == sum(link.sessions.count() for link in PortalLink.objects.all())
    assert {1} == set(Limit.objects.values_list("hits", flat=True))
    assert {"reply"} == set(Notice.objects.values_list("what", flat=True))


def test_flush_empties_all_of_it(alias, office) -> None:
    """M9: `flush` leaves no row, and what search knew of the entries is gone too."""
    _journey(office)
    call_command("flush", verbosity=0, interactive=False, database=alias, inhibit_post_migrate=True)
    tables = [name for name in connections[alias].introspection.table_names() if name.startswith("jobthreads_")]
    left = {}
    with connections[alias].cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            left[table] = cursor.fetchone()[0]
    assert 1 == left.pop("jobthreads_alembic_version")
    # What the database keeps for its own index is never quite empty.
    assert {0} == {count for table, count in left.items() if not table.startswith("jobthreads_words_")}, left
    out = StringIO()
    call_command("dumpdata", "jobthreads", database=alias, stdout=out)
    assert [] == json.loads(out.getvalue())


def test_fields_take_what_forms_and_fixtures_give() -> None:
    """S6: text of a time, an id or details is read; what is none is refused with Django's own error."""
    at, ident, details = (Entry._meta.get_field(name) for name in ("at", "id", "details"))
    moment = datetime(2026, 3, 2, 9, 0, 0, 7, tzinfo=UTC)
    assert moment == at.to_python(at.value_to_string(Entry(at=moment))) == at.to_python(at.get_prep_value(moment))
    assert moment == at.to_python(str(at.get_prep_value(moment)))
    key = uuid4()
    assert key == ident.to_python(ident.value_to_string(Entry(id=key))) == ident.to_python(key)
    assert {"name": "ü"} == details.to_python(details.value_to_string(Entry(details={"name": "ü"})))
    assert ["", "", None] == [
        at.value_to_string(Entry()),
        ident.value_to_string(Entry()),
        details.value_to_string(Entry()),
    ]
    for field, wrong in ((at, "yesterday"), (ident, "not-an-id")):
        with pytest.raises(ValidationError):
            field.to_python(wrong)
    assert "DateTimeField" == type(at.formfield()).__name__
    assert ("IdField", "MomentField") == (type(ident.clone()).__name__, type(at.clone()).__name__)
