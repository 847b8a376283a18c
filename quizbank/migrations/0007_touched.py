from __future__ import annotations

from typing import Any

from django.db import migrations

from quizbank.scheduling import Event, active


def remember_the_latest(apps: Any, schema_editor: Any) -> None:
    """Cards know since now when they were touched last; their logs always did."""
    cards = apps.get_model("quizbank", "Card")
    events = apps.get_model("quizbank", "ReviewEvent")
    for card in cards.objects.exclude(due=None).iterator():
        rows = events.objects.filter(card=card).values_list(
            "id", "reviewed_at", "received_at", "undoes_id"
        )
        counted = active(
            Event(id, at, received, undoes=undoes) for id, at, received, undoes in rows
        )
        if counted:
            cards.objects.filter(pk=card.pk).update(touched=counted[-1].reviewed_at)


class Migration(migrations.Migration):
    dependencies = [("quizbank", "0006_study_engine")]

    operations = [migrations.RunPython(remember_the_latest, migrations.RunPython.noop)]
