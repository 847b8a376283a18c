from __future__ import annotations

from typing import Any

from tests.api.calls import Api
from tests.quizbank.recounted import live, recount
from tests.quizbank.study_cast import make_questions


def test_retention_is_what_plain_sql_counts(alice: Any, mallory: Any, as_alice: Api) -> None:
    questions = make_questions(4)
    for seed, user in enumerate((alice, mallory)):
        live(user, questions, seed)
    told = as_alice.read("me/statistics/")
    shares = {(row["memories"], row["period"]): row for row in told["retention"]}
    overall, young, mature = (shares[kind, None] for kind in ("all", "young", "mature"))
    n, recalled = recount(alice)
    assert (overall["n"], overall["recalled"]) == (n, recalled)
    assert overall["share"] == recalled / n
    assert (young["n"] + mature["n"], young["recalled"] + mature["recalled"]) == (n, recalled)
    assert sum(one["n"] for one in told["calibration"]) == n
