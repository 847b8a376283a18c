from __future__ import annotations

from django.db import migrations

from demos.triggers import install, remove


class Migration(migrations.Migration):
    dependencies = [("demos", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
