"""Search: Alembic 0003."""

from django.db import migrations, models

from jobthreads.django.schema import Revision


class Migration(migrations.Migration):
    dependencies = [("jobthreads", "0001_first")]

    operations = [
        Revision("0003", state=[migrations.AddField("entry", "words", models.TextField(null=True))]),
    ]
