"""Bring cards in from files: what each would do, and doing it.

`preview` and `bring_in` take notes from any program; `takeout` takes back what we wrote; which
file is read by whom stands in `files`.
"""

from __future__ import annotations

from quizbank.services.bringing.notes import bring_in as bring_in
from quizbank.services.bringing.notes import preview as preview
from quizbank.services.bringing.report import Left as Left
from quizbank.services.bringing.report import Report as Report
