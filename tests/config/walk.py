"""Asks the site for every address it has and prints, as JSON, what each answered, what the
process had loaded by then, and what it had loaded when it had shown its first pages:

    {"answers": {route: [status, …]}, "loaded": [module], "at_first": [module]}
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator
from typing import Any

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse  # noqa: E402
from django.utils import translation  # noqa: E402

HEAVY = ("torch", "scipy", "demos.kit.judge", "demos.kit.draws")
# What every process would pay for in memory and in time to start.
NOT_AT_FIRST = (*HEAVY, "numpy")
FIRST = ("quizbank:home", "quizbank:study")


def routes(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, list[str]]]:
    """Every named route, with the names of its parameters."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = ":".join(filter(None, [namespace, entry.namespace]))
            for name, parameters in routes(entry, inner):
                yield name, [*entry.pattern.regex.groupindex, *parameters]
        else:
            assert isinstance(entry, URLPattern)
            assert entry.name, f"{entry.pattern} has no name"
            name = ":".join(filter(None, [namespace, entry.name]))
            yield name, list(entry.pattern.regex.groupindex)


def values() -> list[Any]:
    """Something to put for a parameter, whatever kind it is; a run is made on the way."""
    demo = apps.get_model("demos", "Demo").objects.order_by("pk").first()
    question = apps.get_model("quizbank", "Question").objects.order_by("pk").first()
    assert demo is not None
    assert question is not None
    Client().post(reverse("quizbank:run_create", kwargs={"slug": demo.slug}))
    run = apps.get_model("demos", "Run").objects.order_by("pk").first()
    assert run is not None
    topic, _, slug = question.path.rpartition("/")
    return [question.path, topic, slug, demo.slug, run.pk, question.pk]


def addresses(name: str, parameters: list[str], candidates: list[Any]) -> Iterator[str]:
    for chosen in itertools.product(candidates, repeat=len(parameters)):
        try:
            yield reverse(name, kwargs=dict(zip(parameters, chosen, strict=True)))
        except NoReverseMatch:
            continue


def visitors() -> dict[str, Client]:
    """A stranger who reads Chinese and a learner who reads English."""
    learner = Client(raise_request_exception=False)
    user = get_user_model().objects.create_user("learner")
    learner.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return {"zh-hans": Client(raise_request_exception=False), "en": learner}


def walk() -> dict[str, list[int]]:
    answers: dict[str, list[int]] = {}
    candidates = values()
    everywhere = sorted({(name, *parameters) for name, parameters in routes(get_resolver())})
    # Each request from another address, or throttling would answer most of them.
    sources = (f"10.1.{number // 250}.{number % 250}" for number in itertools.count())
    for language, client in visitors().items():
        with translation.override(language):
            asked = {
                address: name
                for name, *parameters in everywhere
                for address in addresses(name, parameters, candidates)
            }
        # Whoever signed out is a stranger from then on.
        for address, name in sorted(asked.items(), key=lambda each: "sign_out" in each[1]):
            for method in (client.get, client.post):
                reply = method(address, REMOTE_ADDR=next(sources))
                answers.setdefault(name, []).append(reply.status_code)
    return answers


def loaded(heavy: tuple[str, ...]) -> list[str]:
    return [
        module
        for module in sys.modules
        if module in heavy or module.startswith("demos.experiments.")
    ]


if __name__ == "__main__":
    for first in FIRST:
        assert Client().get(reverse(first)).status_code == 200, first
    at_first = loaded(NOT_AT_FIRST)
    found = walk()
    json.dump({"answers": found, "loaded": loaded(HEAVY), "at_first": at_first}, sys.stdout)
