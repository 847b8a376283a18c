from __future__ import annotations

from django.db import migrations

from quizbank.models.append_only import install_triggers


class Migration(migrations.Migration):
    dependencies = [("quizbank", "0012_suggests_grades")]

    # PostgreSQL asks other triggers about TRUNCATE than about rows; SQLite has no such statement.
    operations = [migrations.RunPython(install_triggers, migrations.RunPython.noop)]
