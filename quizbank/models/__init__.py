from __future__ import annotations

from quizbank.models.bank import FollowUp as FollowUp
from quizbank.models.bank import KeyPoint as KeyPoint
from quizbank.models.bank import Proof as Proof
from quizbank.models.bank import Question as Question
from quizbank.models.bank import QuizItem as QuizItem
from quizbank.models.bank import Topic as Topic
from quizbank.models.bank import Trap as Trap
from quizbank.models.documents import CatalogueRow as CatalogueRow
from quizbank.models.documents import Document as Document
from quizbank.models.documents import Unit as Unit
