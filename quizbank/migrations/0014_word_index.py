from __future__ import annotations

from django.db import migrations

from quizbank.models import word_index


class Migration(migrations.Migration):
    dependencies = [("quizbank", "0013_no_truncate")]

    operations = [migrations.RunPython(word_index.install, word_index.remove)]
