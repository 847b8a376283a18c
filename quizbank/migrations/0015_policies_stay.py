from __future__ import annotations

from django.db import migrations

from quizbank.models.append_only import install_triggers


class Migration(migrations.Migration):
    dependencies = [("quizbank", "0014_word_index")]

    operations = [migrations.RunPython(install_triggers, migrations.RunPython.noop)]
