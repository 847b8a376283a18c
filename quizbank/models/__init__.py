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
from quizbank.models.notes import ImportedDocument as ImportedDocument
from quizbank.models.notes import Passage as Passage
from quizbank.models.notes import PendingUpload as PendingUpload
from quizbank.models.people import ApiToken as ApiToken
from quizbank.models.people import Erasure as Erasure
from quizbank.models.people import ParameterSet as ParameterSet
from quizbank.models.people import StudyProfile as StudyProfile
from quizbank.models.people import User as User
from quizbank.models.quiz import QuizAnswer as QuizAnswer
from quizbank.models.quiz import QuizSession as QuizSession
from quizbank.models.study import Card as Card
from quizbank.models.study import EventKind as EventKind
from quizbank.models.study import Form as Form
from quizbank.models.study import ReviewEvent as ReviewEvent
from quizbank.models.study import State as State
from quizbank.models.study import StudyPolicy as StudyPolicy
