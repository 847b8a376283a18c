"""A deck lived through, day by day, before anybody does: what a setting will cost.

The rules are those of the engine: study days, steps within a day, our fuzz with its draws,
load balancing, leeches. Only the learner is invented. Needs numpy, so import it inside the
function that uses it.
"""

from __future__ import annotations

from quizbank.scheduling.simulation.cost import RETENTIONS as RETENTIONS
from quizbank.scheduling.simulation.cost import Cost as Cost
from quizbank.scheduling.simulation.cost import costs as costs
from quizbank.scheduling.simulation.course import Running as Running
from quizbank.scheduling.simulation.course import simulate as simulate
from quizbank.scheduling.simulation.deck import Course as Course
from quizbank.scheduling.simulation.deck import Deck as Deck
from quizbank.scheduling.simulation.deck import Round as Round
from quizbank.scheduling.simulation.deck import Settings as Settings
from quizbank.scheduling.simulation.deck import held_deck as held_deck
from quizbank.scheduling.simulation.deck import joined as joined
from quizbank.scheduling.simulation.deck import new_deck as new_deck
from quizbank.scheduling.simulation.learner import Learner as Learner
from quizbank.scheduling.simulation.rehearsal import Rehearsal as Rehearsal
from quizbank.scheduling.simulation.rehearsal import rehearse as rehearse
from quizbank.scheduling.simulation.rehearsal import unattended as unattended
