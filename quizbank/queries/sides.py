"""The sides of a question's card as they leave the site: words, verdicts and figures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from demos.figures import numbers, svg
from demos.figures.stamp import WORDS as VERDICTS
from demos.figures.stamp import trap_verdict
from demos.models import Demo, Finding, Run
from demos.queries import stored_findings, stored_runs
from quizbank.exchange.anki.marks import picture, with_tex
from quizbank.models import Question, Trap
from quizbank.wording import Language, say


@dataclass(frozen=True)
class Said:
    """HTML, formulas as TeX; "" for what a question does not have."""

    front: str
    answer: str
    points: str
    traps: str
    proof: str


@dataclass(frozen=True)
class Sides:
    """What can be said of those questions in one language, and the pictures it names."""

    questions: list[Question]
    language: Language
    findings: Mapping[tuple[str, str], Finding]
    manifests: Mapping[str, Any]
    figures: Mapping[str, str]  # demo -> markup that shows its figure
    media: Mapping[str, bytes]  # file name -> content

    def of(self, question: Question) -> Said:
        parts = (
            self._text(question, "prompt_html") or f"<p>{numbers.html(self._title(question))}</p>",
            self._answer(question),
            self._points(question),
            self._traps(question),
            self._proof(question),
        )
        return Said(*map(with_tex, parts))

    def _text(self, row: Any, name: str) -> str:
        return str(getattr(row, f"{name}_{self.language}"))

    def _title(self, question: Question) -> str:
        return self._text(question, "title")

    def _answer(self, question: Question) -> str:
        full = self._text(question, "full_html")
        return self._text(question, "short_html") + (f"<hr>{full}" if full.strip() else "")

    def _points(self, question: Question) -> str:
        lines = [
            f"<li>{self._text(point, 'html')}"
            + ("</li>" if point.must else f" <i>({self._say('anki.bonus')})</i></li>")
            for point in question.key_points.all()
        ]
        return self._head("anki.points") + f"<ul>{''.join(lines)}</ul>" if lines else ""

    def _traps(self, question: Question) -> str:
        told = [self._trap(trap) for trap in question.traps.all()]
        return self._head("anki.traps") + "".join(told) if told else ""

    def _trap(self, trap: Trap) -> str:
        finding = self.findings.get((trap.demo, trap.claim))
        verdict = self._verdict(trap_verdict(finding.verdict)) if finding else ""
        return (
            f"<p><q>{self._text(trap, 'html')}</q>{verdict}</p>"
            f"<p><b>{self._say('anki.why')}</b> {self._text(trap, 'why_html')}</p>"
            f"<p><b>{self._say('anki.say')}</b> {self._text(trap, 'say_html')}</p>"
        )

    def _proof(self, question: Question) -> str:
        told, drawn = [], []
        for proof in question.proofs.all():
            finding = self.findings.get((proof.demo, proof.claim))
            if finding:
                told.append(self._judged(finding))
            if proof.demo in self.figures:
                drawn.append(self.figures[proof.demo])
        both = "".join([*told, *dict.fromkeys(drawn)])
        return self._head("anki.proof") + both if both else ""

    def _judged(self, finding: Finding) -> str:
        """The claim's sentence, its verdict and the count it rests on."""
        claims = self.manifests[finding.demo_id]["claims"]
        claim = next((c for c in claims if c["slug"] == finding.claim), None)
        text = numbers.html(claim["text"][self.language]) if claim else ""
        counts = ""
        if finding.inside is not None:
            of = numbers.of(finding.inside, finding.n, self.language)
            counts = f" {say('proof.stamped', into=self.language, counts=of)}"
        return f"<p>{text}{self._verdict(finding.verdict)}{counts}</p>"

    def _verdict(self, verdict: str | None) -> str:
        word = VERDICTS.get(verdict or "", {}).get(self.language, "")
        return f" <b>[{word}]</b>" if word else ""

    def _head(self, key: str) -> str:
        return f"<h4>{self._say(key)}</h4>"

    def _say(self, key: str) -> str:
        return str(say(key, into=self.language))


def read_sides(questions: QuerySet[Question], language: Language) -> Sides:
    """Those questions with all that stands on their cards, in a fixed number of queries."""
    found = list(questions.prefetch_related("key_points", "proofs", "traps"))
    cited = {proof.demo for question in found for proof in question.proofs.all()}
    cited |= {trap.demo for question in found for trap in question.traps.all()}
    manifests = dict(Demo.objects.filter(pk__in=cited).values_list("pk", "manifest"))
    figures: dict[str, str] = {}
    media: dict[str, bytes] = {}
    proving = {proof.demo for question in found for proof in question.proofs.all()}
    for demo, drawn in _drawn(sorted(proving)):
        content = picture(svg.draw(drawn, language=language))
        # By its content: a figure that was measured anew is another picture.
        name = f"proofdeck-{demo}-{hashlib.sha256(content).hexdigest()[:10]}.svg"
        media[name] = content
        caption = numbers.html((drawn.get("caption") or {}).get(language, ""))
        figures[demo] = f'<p><img src="{name}"></p>' + (f"<p>{caption}</p>" if caption else "")
    return Sides(found, language, stored_findings(cited), manifests, figures, media)


def _drawn(demos: list[str]) -> Iterator[tuple[str, Any]]:
    """The figure of each demo's recorded run."""
    runs = [run.pk for run in stored_runs(demos).values()]
    yield from (
        Run.objects.filter(pk__in=runs).order_by("demo").values_list("demo_id", "result__figure")
    )
