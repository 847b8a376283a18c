"""Studying towards a day: how the schedule of a card bends to an interview."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from quizbank.scheduling.memory import Policy


@dataclass(frozen=True)
class Aim:
    """An interview on study day `day`, and the recall wanted there.

    Each card is looked at once more in the `last_days` days before it. Until then no interval
    leads past the card's last look; in those days it is long enough if recall will still be
    what is wanted.
    """

    day: date
    last_days: int
    retention: float

    @property
    def opens(self) -> date:
        """The first of the last days."""
        return self.day - timedelta(days=self.last_days)

    def last_look(self, seed: int) -> date:
        """The day of a card's last look: the cards spread over the last days by their seeds."""
        return self.day - timedelta(days=1 + seed % self.last_days)

    def policy(self, policy: Policy, day: date, seed: int) -> Policy:
        """The settings for a review on that day of a card with that seed."""
        if day >= self.day:
            return policy
        if day >= self.opens:
            wanted = max(policy.desired_retention, self.retention)
            return replace(policy, desired_retention=wanted)
        longest = min(policy.maximum_interval, (self.last_look(seed) - day).days)
        return replace(policy, maximum_interval=longest)
