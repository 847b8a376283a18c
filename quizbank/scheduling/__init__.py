"""When a card comes back. Pure: no database, no clock of its own, no randomness.

`step` takes one answer, `fold` a whole log; `study_day` says which day an instant
belongs to; `suggest` turns a ticked rubric into a grade.
"""

from __future__ import annotations

from quizbank.scheduling.acts import Bury as Bury
from quizbank.scheduling.acts import Plan as Plan
from quizbank.scheduling.acts import Reset as Reset
from quizbank.scheduling.acts import SetDue as SetDue
from quizbank.scheduling.acts import Suspend as Suspend
from quizbank.scheduling.aim import Aim as Aim
from quizbank.scheduling.balance import FARTHEST as FARTHEST
from quizbank.scheduling.balance import Load as Load
from quizbank.scheduling.days import start_of_day as start_of_day
from quizbank.scheduling.days import study_day as study_day
from quizbank.scheduling.engine import ALGORITHM as ALGORITHM
from quizbank.scheduling.engine import DEFAULT_PARAMETERS as DEFAULT_PARAMETERS
from quizbank.scheduling.engine import ENGINE as ENGINE
from quizbank.scheduling.engine import check_parameters as check_parameters
from quizbank.scheduling.engine import recall as recall
from quizbank.scheduling.fuzz import seed_of as seed_of
from quizbank.scheduling.memory import AGAIN as AGAIN
from quizbank.scheduling.memory import LEARNING as LEARNING
from quizbank.scheduling.memory import LONGEST_INTERVAL as LONGEST_INTERVAL
from quizbank.scheduling.memory import NEW as NEW
from quizbank.scheduling.memory import RATINGS as RATINGS
from quizbank.scheduling.memory import RELEARNING as RELEARNING
from quizbank.scheduling.memory import RETENTION as RETENTION
from quizbank.scheduling.memory import REVIEW as REVIEW
from quizbank.scheduling.memory import Act as Act
from quizbank.scheduling.memory import Answer as Answer
from quizbank.scheduling.memory import Event as Event
from quizbank.scheduling.memory import Memory as Memory
from quizbank.scheduling.memory import Policy as Policy
from quizbank.scheduling.replay import Folded as Folded
from quizbank.scheduling.replay import Outcome as Outcome
from quizbank.scheduling.replay import active as active
from quizbank.scheduling.replay import adopted as adopted
from quizbank.scheduling.replay import fold as fold
from quizbank.scheduling.replay import reach as reach
from quizbank.scheduling.replay import settle as settle
from quizbank.scheduling.replay import step as step
from quizbank.scheduling.replay import undone as undone
from quizbank.scheduling.replay import weigh as weigh
from quizbank.scheduling.suggestion import Ticks as Ticks
from quizbank.scheduling.suggestion import suggest as suggest
