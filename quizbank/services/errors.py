"""What the services refuse, in words for the person who asked."""

from __future__ import annotations

from collections.abc import Mapping

from demos.kit.declare import Text


class PeopleError(Exception):
    """A name, a password or a key that cannot be; `errors` by field."""

    def __init__(self, errors: Mapping[str, Text]) -> None:
        super().__init__("; ".join(f"{field}: {text.en}" for field, text in errors.items()))
        self.errors = dict(errors)


class BadReview(Exception):
    """A review that cannot be recorded, and which of its fields is to blame."""

    def __init__(self, field: str, text: Text) -> None:
        super().__init__(f"{field}: {text.en}")
        self.field = field
        self.text = text


class ReviewConflict(Exception):
    """The client's UUID already names an event that says something else."""

    text = Text(
        "这条记录的编号已用于另一次操作，原记录保持不变。",
        "This number already belongs to a different action; the earlier one stands.",
    )

    def __init__(self) -> None:
        super().__init__(self.text.en)


class BadQuiz(Exception):
    """A quiz that cannot be put together, and which wish is to blame."""

    def __init__(self, field: str, text: Text) -> None:
        super().__init__(f"{field}: {text.en}")
        self.field = field
        self.text = text


class BadAnswer(BadQuiz):
    """An answer that cannot be read, and which of its fields is to blame."""


class QuizConflict(Exception):
    """Something else has been said in this place already; `text` says what stands."""

    REUSED = Text(
        "这个编号已用于另一个答案，原答案保持不变。",
        "This number already belongs to a different answer; the earlier one stands.",
    )

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class BadMock(BadQuiz):
    """A mock interview that cannot be, or something said in one; `field` is to blame."""


class MockConflict(Exception):
    """What was asked of a mock interview comes at the wrong time; `text` says why."""

    REUSED = QuizConflict.REUSED

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class BadFile(Exception):
    """A file of cards that is not taken in, and why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text
