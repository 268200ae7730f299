"""The first schema, and files: Alembic 0001 and 0002."""

import django.db.models.deletion
from django.db import migrations, models

import jobthreads.django.fields
from jobthreads.django.schema import Revision


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        Revision(
            "0001",
            state=[
                migrations.CreateModel(
                    name="Limit",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "business_id", "subject", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("business_id", models.CharField(max_length=200)),
                        ("subject", models.CharField(max_length=250)),
                        ("began_at", jobthreads.django.fields.MomentField()),
                        ("hits", models.IntegerField()),
                    ],
                    options={
                        "verbose_name": "limit",
                        "db_table": "jobthreads_limit",
                    },
                ),
                migrations.CreateModel(
                    name="PortalLink",
                    fields=[
                        ("id", jobthreads.django.fields.IdField(primary_key=True, serialize=False)),
                        ("business_id", models.CharField(max_length=200)),
                        ("token_hash", models.CharField(max_length=64)),
                        ("client_id", models.CharField(max_length=200)),
                        ("scope", models.CharField(max_length=206)),
                        ("expires_at", jobthreads.django.fields.MomentField(verbose_name="expires")),
                        ("revoked", models.IntegerField()),
                    ],
                    options={
                        "verbose_name": "portal link",
                        "db_table": "jobthreads_portal_link",
                    },
                ),
                migrations.CreateModel(
                    name="Thread",
                    fields=[
                        ("id", jobthreads.django.fields.IdField(primary_key=True, serialize=False)),
                        ("business_id", models.CharField(max_length=200)),
                        ("scope", models.CharField(max_length=206)),
                        ("reference", models.TextField()),
                        ("title", models.TextField()),
                        ("client_id", models.CharField(max_length=200)),
                        ("client_name", models.TextField()),
                        ("seq", models.IntegerField(verbose_name="entries")),
                        ("shown", models.IntegerField()),
                        ("client_seq", models.IntegerField()),
                        ("started_at", jobthreads.django.fields.MomentField(null=True, verbose_name="started")),
                        ("spoken_seq", models.IntegerField(null=True)),
                        ("spoken_at", jobthreads.django.fields.MomentField(null=True, verbose_name="last message")),
                        (
                            "conversation_at",
                            jobthreads.django.fields.MomentField(null=True, verbose_name="last activity in the inbox"),
                        ),
                    ],
                    options={
                        "verbose_name": "thread",
                        "db_table": "jobthreads_thread",
                    },
                ),
                migrations.CreateModel(
                    name="PortalSession",
                    fields=[
                        ("session_hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                        ("business_id", models.CharField(max_length=200)),
                        ("expires_at", jobthreads.django.fields.MomentField(verbose_name="expires")),
                        (
                            "link",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="sessions",
                                to="jobthreads.portallink",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "portal session",
                        "db_table": "jobthreads_portal_session",
                    },
                ),
                migrations.CreateModel(
                    name="Read",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "business_id",
                                "client_id",
                                "thread_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("business_id", models.CharField(max_length=200)),
                        ("client_id", models.CharField(max_length=200)),
                        ("newest_seq", models.IntegerField()),
                        ("seen", models.IntegerField()),
                        (
                            "thread",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="reads",
                                to="jobthreads.thread",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "client's mark",
                        "db_table": "jobthreads_read",
                    },
                ),
                migrations.CreateModel(
                    name="Notice",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "business_id",
                                "staff_id",
                                "thread_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("business_id", models.CharField(max_length=200)),
                        ("staff_id", models.CharField(max_length=200)),
                        ("unread", models.IntegerField()),
                        ("last_seq", models.IntegerField()),
                        (
                            "what",
                            models.CharField(
                                choices=[
                                    ("reply", "Customer reply"),
                                    ("note", "Internal note"),
                                    ("file", "File"),
                                    ("status_change", "Status change"),
                                    ("form_save", "Form save"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("at", jobthreads.django.fields.MomentField()),
                        (
                            "thread",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="notices",
                                to="jobthreads.thread",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "notice",
                        "db_table": "jobthreads_notice",
                    },
                ),
                migrations.CreateModel(
                    name="Entry",
                    fields=[
                        ("id", jobthreads.django.fields.IdField(primary_key=True, serialize=False)),
                        ("business_id", models.CharField(max_length=200)),
                        ("seq", models.IntegerField(verbose_name="number")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("reply", "Customer reply"),
                                    ("note", "Internal note"),
                                    ("file", "File"),
                                    ("status_change", "Status change"),
                                    ("form_save", "Form save"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "visibility",
                            models.CharField(choices=[("internal", "Internal"), ("visible", "Visible")], max_length=10),
                        ),
                        (
                            "author_kind",
                            models.CharField(
                                choices=[("staff", "Staff"), ("client", "Client"), ("system", "System")],
                                max_length=10,
                                verbose_name="author's side",
                            ),
                        ),
                        ("author_id", models.CharField(max_length=200)),
                        ("author_name", models.TextField(verbose_name="author")),
                        ("at", jobthreads.django.fields.MomentField(verbose_name="time")),
                        ("body", models.TextField(null=True, verbose_name="text")),
                        ("details", jobthreads.django.fields.DetailsField(null=True)),
                        ("showing", models.IntegerField(null=True)),
                        ("shown_at", jobthreads.django.fields.MomentField(null=True, verbose_name="visible since")),
                        ("shown_to", models.CharField(max_length=200, null=True)),
                        ("request_call", models.CharField(max_length=20, null=True)),
                        ("request_id", models.CharField(max_length=200, null=True)),
                        (
                            "thread",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="entries",
                                to="jobthreads.thread",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "entry",
                        "verbose_name_plural": "entries",
                        "db_table": "jobthreads_entry",
                    },
                ),
                migrations.CreateModel(
                    name="Delivery",
                    fields=[
                        ("id", jobthreads.django.fields.IdField(primary_key=True, serialize=False)),
                        ("business_id", models.CharField(max_length=200)),
                        ("showing", models.IntegerField(null=True)),
                        ("channel", models.CharField(max_length=40)),
                        ("client_id", models.CharField(max_length=200)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("queued", "Queued"),
                                    ("sent", "Sent"),
                                    ("dropped", "Dropped"),
                                    ("dead", "Given up"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("due_at", jobthreads.django.fields.MomentField(verbose_name="due")),
                        ("created_at", jobthreads.django.fields.MomentField(verbose_name="queued")),
                        ("attempts", models.IntegerField()),
                        ("batch_id", jobthreads.django.fields.IdField(null=True)),
                        ("token", jobthreads.django.fields.IdField(null=True)),
                        ("lease_until", jobthreads.django.fields.MomentField(null=True)),
                        ("settled_at", jobthreads.django.fields.MomentField(null=True, verbose_name="settled")),
                        ("error", models.TextField(null=True)),
                        (
                            "entry",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="deliveries",
                                to="jobthreads.entry",
                            ),
                        ),
                        (
                            "thread",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="deliveries",
                                to="jobthreads.thread",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "delivery",
                        "verbose_name_plural": "deliveries",
                        "db_table": "jobthreads_delivery",
                    },
                ),
            ],
        ),
        Revision(
            "0002",
            state=[
                migrations.CreateModel(
                    name="File",
                    fields=[
                        (
                            "entry",
                            models.OneToOneField(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="file",
                                serialize=False,
                                to="jobthreads.entry",
                            ),
                        ),
                        ("business_id", models.CharField(max_length=200)),
                        ("seq", models.IntegerField()),
                        ("blob_key", models.CharField(max_length=64)),
                        (
                            "scan",
                            models.CharField(
                                choices=[("pending", "Pending"), ("clean", "Clean"), ("infected", "Infected")],
                                max_length=10,
                            ),
                        ),
                        (
                            "preview",
                            models.CharField(
                                choices=[("none", "None"), ("wanted", "Wanted"), ("made", "Made")], max_length=10
                            ),
                        ),
                        ("preview_key", models.CharField(max_length=64, null=True)),
                        ("due_at", jobthreads.django.fields.MomentField(null=True)),
                        ("token", jobthreads.django.fields.IdField(null=True)),
                        ("attempts", models.IntegerField()),
                        (
                            "thread",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="files",
                                to="jobthreads.thread",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "file",
                        "db_table": "jobthreads_file",
                    },
                ),
            ],
        ),
    ]
