"""What pages and API ask of the bank. Retired questions are in no list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Concat

from demos.models import Finding
from demos.queries import stored_findings
from quizbank.models import Card, FollowUp, Proof, Question, Topic, Trap, Unit, User
from quizbank.models.bank import OWN_TOPIC
from quizbank.queries import search

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Counted(TypedDict):
    question_count: int


NO_VERDICT = "none"
Findings = Mapping[tuple[str, str], Finding]
VERDICTS = ("confirmed", "refuted", "inconclusive", "invalid", "shown", NO_VERDICT)


def topics() -> QuerySet[WithAnnotations[Topic, Counted]]:
    """Every topic of the bank in order, with `question_count`."""
    living = Count("questions", filter=Q(questions__retired_at=None))
    # Said outright: a model's own ordering is not kept in a query that groups.
    shown = Topic.objects.exclude(slug=OWN_TOPIC)
    return shown.annotate(question_count=living).order_by("position")


def questions(
    text: str = "",
    topic: str | None = None,
    level: str | None = None,
    verdict: str | None = None,
    document: str | None = None,
    user: User | None = None,
    findings: Findings | None = None,
    own: bool = False,
) -> QuerySet[Question]:
    """Questions that meet all conditions; with a text, the best match first.

    `verdict` is that of a recorded run on a claim the question cites ("refuted" also holds where
    a trap of it is refuted), or "none" where nothing is recorded. `user` adds that person's cards
    as `own_cards`; with `own` the questions are theirs instead of the bank's. Topic, proofs,
    traps and units come along in a fixed number of queries. Who needs the `recorded` findings
    more than once for a page hands them in as `findings`.
    """
    source = Question.everyone.filter(owner=user) if own else Question.objects.all()
    found = source.filter(retired_at=None)
    if topic:
        found = found.filter(topic__slug=topic)
    if level:
        found = found.filter(level=level)
    if document:
        inside = Unit.objects.filter(document__slug=document, question__isnull=False)
        found = found.filter(pk__in=inside.values("question"))
    if verdict:
        found = _with_verdict(found, verdict, recorded() if findings is None else findings)
    if text.strip():
        found = search.matching(found, text)
    found = found.select_related("topic").prefetch_related("proofs", "traps", "units")
    if user is not None:
        theirs = Prefetch("cards", Card.objects.filter(user=user), to_attr="own_cards")
        found = found.prefetch_related(theirs)
    return found


def get_question(path: str, visitor: User | AnonymousUser | None = None) -> Question:
    """The living question at this path with all that its page shows (Raises DoesNotExist).

    One of the visitor's own is found for them alone.
    What an interviewer asks next stands in `follow_up_links`, in order, each with its `target`.
    """
    return (
        Question.everyone.visible_to(visitor)
        .filter(retired_at=None)
        .select_related("topic")
        .prefetch_related(
            *("key_points", "proofs", "quiz_items", "traps__row", "units__document"),
            Prefetch(
                "follow_up_links",
                FollowUp.objects.filter(target__retired_at=None).select_related("target__topic"),
            ),
        )
        .get(path=path)
    )


def recorded() -> Findings:
    """The findings of every recorded run, by (demo, claim)."""
    return stored_findings()


def verdicts(
    listed: Iterable[Question], findings: Findings | None = None
) -> dict[int, Counter[str]]:
    """Question id -> how many of its proofs and traps bear each verdict.

    A trap whose claim is confirmed counts as refuted: the claim says the opposite.
    """
    findings = recorded() if findings is None else findings
    counts: dict[int, Counter[str]] = {}
    for question in listed:
        counter = counts.setdefault(question.pk, Counter())
        for proof in question.proofs.all():
            if finding := findings.get((proof.demo, proof.claim)):
                counter[finding.verdict] += 1
        for trap in question.traps.all():
            finding = findings.get((trap.demo, trap.claim))
            if finding and finding.verdict == "confirmed":
                counter["refuted"] += 1
    return counts


def _with_verdict(
    found: QuerySet[Question], verdict: str, findings: Findings
) -> QuerySet[Question]:
    if verdict == NO_VERDICT:
        proven = _citing(Proof.objects.all(), findings)
        return found.exclude(pk__in=proven)
    chosen = [key for key, finding in findings.items() if finding.verdict == verdict]
    condition = Q(pk__in=_citing(Proof.objects.all(), chosen))
    if verdict == "refuted":
        against = [key for key, finding in findings.items() if finding.verdict == "confirmed"]
        condition |= Q(pk__in=_citing(Trap.objects.all(), against))
    return found.filter(condition)


def _citing(rows: QuerySet[Any], keys: Iterable[tuple[str, str]]) -> QuerySet[Any]:
    """The ids of questions whose proofs (or traps) name one of these claims."""
    names = [f"{demo}/{claim}" for demo, claim in keys]
    cited = rows.annotate(cites=Concat("demo", Value("/"), "claim"))
    found: QuerySet[Any] = cited.filter(cites__in=names).values("question_id")
    return found
