"""Tradebook's tables."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """As `makemigrations` wrote it."""

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Business",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("phone", models.CharField(max_length=200)),
                ("suburb", models.CharField(max_length=200)),
                ("portal_enabled", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="Staff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("username", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("business_owner", "Business Owner"),
                            ("admin", "Admin"),
                            ("finance", "Finance"),
                            ("sole_trader", "Sole Trader"),
                            ("supervisor", "Supervisor"),
                            ("tradie", "Tradie"),
                            ("apprentice", "Apprentice"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "business",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="tradebook_django.business"),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Client",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("code", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=200)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("phone", models.CharField(max_length=200)),
                ("address", models.CharField(max_length=200)),
                ("notify_on_replies", models.BooleanField(default=True)),
                (
                    "business",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="tradebook_django.business"),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Pipeline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=200)),
                ("client_uploads", models.BooleanField(default=False)),
                (
                    "business",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="tradebook_django.business"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=200)),
                ("title", models.CharField(max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("Enquiry", "Enquiry"),
                            ("Quoted", "Quoted"),
                            ("Booked", "Booked"),
                            ("In progress", "In progress"),
                            ("On hold", "On hold"),
                            ("Completed", "Completed"),
                            ("Invoiced", "Invoiced"),
                            ("Paid", "Paid"),
                        ],
                        max_length=20,
                    ),
                ),
                ("address", models.CharField(max_length=200)),
                ("scheduled_on", models.DateField(null=True)),
                ("created_at", models.DateTimeField()),
                ("assigned", models.ManyToManyField(related_name="jobs", to=settings.AUTH_USER_MODEL)),
                (
                    "business",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="tradebook_django.business"),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="jobs", to="tradebook_django.client"
                    ),
                ),
                (
                    "pipeline",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="tradebook_django.pipeline"),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Quote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=200)),
                ("title", models.CharField(max_length=200)),
                ("amount", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField()),
                ("sent_to_portal", models.BooleanField(default=False)),
                (
                    "business",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="tradebook_django.business"),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="quotes", to="tradebook_django.client"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="FormAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("Site visit", "Site visit"),
                            ("Safety check", "Safety check"),
                            ("Completion", "Completion"),
                        ],
                        max_length=200,
                    ),
                ),
                ("field", models.CharField(max_length=200)),
                ("value", models.CharField(max_length=2000)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="tradebook_django.job"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("job", "form", "field"), name="one_answer")],
            },
        ),
    ]
