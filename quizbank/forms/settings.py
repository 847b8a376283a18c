"""How a person studies, as a page shows it and reads it back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from demos.kit.declare import Text
from quizbank.models import StudyProfile
from quizbank.scheduling import RETENTION

LOWEST_RETENTION, HIGHEST_RETENTION = RETENTION

WHOLE = ("new_per_day", "minutes_per_day", "maximum_interval", "rollover_hour", "leech_threshold")
STEPS = ("learning_steps", "relearning_steps")
SWITCHES = ("fuzz", "load_balancing", "leech_suspends", "suggests_grades")
# What a weekday may be, as a share of a normal day's load.
SHARES = {"normal": 1.0, "reduced": 0.5, "none": 0.0}
STEP = re.compile(r"(\d{1,6})(s|m|h)")
SECONDS = {"s": 1, "m": 60, "h": 3_600}
NO_NUMBER = Text("请填一个数。", "Give a number.")
# The same rules in the units of this page.
IN_OUR_WORDS = {
    "desired_retention": Text(
        f"请填 {100 * LOWEST_RETENTION:g} 到 {100 * HIGHEST_RETENTION:g} 之间的数。",
        f"Give a number from {100 * LOWEST_RETENTION:g} to {100 * HIGHEST_RETENTION:g}.",
    ),
    "easy_days": Text("至少要有一天照常。", "At least one day has to stay normal."),
}
NO_STEPS = Text("请写成 1m 10m 这样，单位 s、m 或 h。", "Write steps such as 1m 10m, in s, m or h.")


@dataclass(frozen=True)
class Settings:
    """`typed` is what stands in the fields, `errors` what is wrong with it."""

    typed: dict[str, Any]
    errors: dict[str, Text]

    def refused(self, errors: Mapping[str, Text]) -> Settings:
        told = {name: IN_OUR_WORDS.get(name, text) for name, text in errors.items()}
        return Settings(self.typed, {**self.errors, **told})


def shown(profile: StudyProfile) -> Settings:
    """The fields as they are stored. Retention stands in per cent."""
    typed: dict[str, Any] = {name: getattr(profile, name) for name in (*WHOLE, *SWITCHES)}
    typed |= {name: steps_text(getattr(profile, name)) for name in STEPS}
    typed["zone"] = profile.zone
    typed["desired_retention"] = f"{100 * profile.desired_retention:g}"
    typed["easy_days"] = [_share_name(share) for share in profile.easy_days]
    return Settings(typed, {})


def read(data: QueryDict) -> tuple[dict[str, Any], Settings]:
    """What was typed, as changes to the profile. What cannot be read is in `errors`."""
    changes: dict[str, Any] = {}
    typed: dict[str, Any] = {}
    errors: dict[str, Text] = {}
    for name in WHOLE:
        typed[name] = data.get(name, "").strip()
        if typed[name].isascii() and typed[name].isdecimal() and len(typed[name]) < 9:
            changes[name] = int(typed[name])
        else:
            errors[name] = NO_NUMBER
    for name in STEPS:
        typed[name] = data.get(name, "").strip()
        steps = read_steps(typed[name])
        if steps is None:
            errors[name] = NO_STEPS
        else:
            changes[name] = steps
    for name in SWITCHES:
        typed[name] = changes[name] = data.get(name) == "on"
    typed["zone"] = changes["zone"] = data.get("zone", "").strip()
    _read_retention(data, changes, typed, errors)
    days = [data.get(f"day{index}", "normal") for index in range(7)]
    typed["easy_days"] = days
    changes["easy_days"] = [SHARES.get(day, 1.0) for day in days]
    return changes, Settings(typed, errors)


def _read_retention(
    data: QueryDict, changes: dict[str, Any], typed: dict[str, Any], errors: dict[str, Text]
) -> None:
    typed["desired_retention"] = text = data.get("desired_retention", "").strip()
    if re.fullmatch(r"\d{1,3}(\.\d{1,2})?", text, re.ASCII):
        changes["desired_retention"] = round(float(text) / 100, 4)
    else:
        errors["desired_retention"] = NO_NUMBER


def read_steps(text: str) -> list[int] | None:
    """ "1m 10m" as seconds; an empty text is no steps. None if it cannot be read."""
    steps = []
    for word in text.replace(",", " ").replace("，", " ").split():
        found = STEP.fullmatch(word.lower())
        if found is None:
            return None
        steps.append(int(found[1]) * SECONDS[found[2]])
    return steps


def steps_text(steps: Sequence[int]) -> str:
    """Seconds as they would be typed, each in the largest unit that needs no fraction."""
    words = []
    for step in steps:
        unit = next(name for name in ("h", "m", "s") if step % SECONDS[name] == 0)
        words.append(f"{step // SECONDS[unit]}{unit}")
    return " ".join(words)


def _share_name(share: float) -> str:
    """The nearest of the three that a page offers."""
    return min(SHARES, key=lambda name: abs(SHARES[name] - share))
