from __future__ import annotations

from django.db import migrations

from quizbank.models.append_only import install_triggers, remove_triggers


class Migration(migrations.Migration):
    dependencies = [("quizbank", "0001_initial")]

    operations = [migrations.RunPython(install_triggers, remove_triggers)]
