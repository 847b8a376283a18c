"""How a person studies, as they choose it."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from demos.kit.declare import Text
from quizbank.models import StudyProfile, User
from quizbank.models.people import check_easy_days, check_steps
from quizbank.scheduling import LONGEST_INTERVAL, RETENTION
from quizbank.services.errors import PeopleError
from quizbank.services.log import lock_profile

LOWEST_RETENTION, HIGHEST_RETENTION = RETENTION
MOST_NEW = 9_999
MOST_MINUTES = 1_440
MOST_LAPSES = 99


def _whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and low <= value <= high


def _is_retention(value: Any) -> bool:
    return type(value) in (int, float) and LOWEST_RETENTION <= value <= HIGHEST_RETENTION


def _is_zone(value: Any) -> bool:
    return isinstance(value, str) and value in zoneinfo.available_timezones()


def _is_language(value: Any) -> bool:
    return value in dict(settings.LANGUAGES)


def _is_switch(value: Any) -> bool:
    return isinstance(value, bool)


def _passes(check: Callable[[object], None]) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        try:
            check(value)
        except ValidationError:
            return False
        return True

    return fits


def _range(low: float, high: float) -> Text:
    return Text(f"请填 {low:g} 到 {high:g} 之间的数。", f"Give a number from {low:g} to {high:g}.")


SWITCH = Text("请填 true 或 false。", "Give true or false.")
STEPS = Text(
    "每一步为 1 秒到不满一天的整数秒，最多 10 步。",
    "Steps are whole seconds, each less than a day, ten at most.",
)
EASY_DAYS = Text(
    "七天各填 0 到 1 之间的数，至少一天照常（1）。",
    "Give seven numbers between 0 and 1, at least one of them 1.",
)
# What may be chosen: whether a value can be, and what to say if it cannot.
CHOICES: dict[str, tuple[Callable[[Any], bool], Text]] = {
    "zone": (
        _is_zone,
        Text("没有这个时区，例如 Asia/Shanghai。", "There is no such zone; try Europe/London."),
    ),
    "rollover_hour": (_whole(0, 23), _range(0, 23)),
    "desired_retention": (_is_retention, _range(LOWEST_RETENTION, HIGHEST_RETENTION)),
    "new_per_day": (_whole(0, MOST_NEW), _range(0, MOST_NEW)),
    "maximum_interval": (_whole(1, LONGEST_INTERVAL), _range(1, LONGEST_INTERVAL)),
    "minutes_per_day": (_whole(0, MOST_MINUTES), _range(0, MOST_MINUTES)),
    "leech_threshold": (_whole(0, MOST_LAPSES), _range(0, MOST_LAPSES)),
    **dict.fromkeys(
        ("fuzz", "load_balancing", "leech_suspends", "suggests_grades"), (_is_switch, SWITCH)
    ),
    **{name: (_passes(check_steps), STEPS) for name in ("learning_steps", "relearning_steps")},
    "easy_days": (_passes(check_easy_days), EASY_DAYS),
    "language": (
        _is_language,
        Text("请选 zh-hans 或 en。", "Choose zh-hans or en."),
    ),
}


def wrong(changes: Mapping[str, Any]) -> dict[str, Text]:
    """What is wrong with these changes, by field."""
    unknown = Text("没有这个设置。", "There is no such setting.")
    errors = {name: unknown for name in changes if name not in CHOICES}
    for name, (fits, text) in CHOICES.items():
        if name in changes and not fits(changes[name]):
            errors[name] = text
    return errors


@transaction.atomic
def edit_profile(*, user: User, changes: Mapping[str, Any]) -> StudyProfile:
    """Change what `changes` names of the study profile and the user's language, or nothing.

    Cards keep their dates: the new settings count from the next review. Raises PeopleError
    with a message per field.
    """
    if errors := wrong(changes):
        raise PeopleError(errors)
    profile = lock_profile(user)
    chosen = dict(changes)
    if "language" in chosen:
        user.language = chosen.pop("language")
        user.save(update_fields=["language"])
    for name, value in chosen.items():
        setattr(profile, name, value)
    if chosen:
        profile.save(update_fields=list(chosen))
    return profile
