"""Fields of signing up and in. What may be in them is decided by the services."""

from __future__ import annotations

from django import forms
from django.http import QueryDict

from quizbank.wording import say


class PersonForm(forms.Form):
    """Keeps what was typed, except passwords, and says at the field what is wrong."""

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        for field in self.fields.values():
            field.error_messages["required"] = say("people.required")
            field.error_messages["max_length"] = say("people.too_long")
            field.error_messages["invalid"] = say("people.email_bad")

    def text(self, name: str) -> str:
        """What stands in the field now, cleaned or as typed."""
        return str(self.data.get(name, ""))


class SignInForm(PersonForm):
    username = forms.CharField(max_length=150)
    password = forms.CharField(max_length=1000, strip=False)


class SignUpForm(PersonForm):
    username = forms.CharField(max_length=1000)
    password = forms.CharField(max_length=1000, strip=False)
    email = forms.CharField(max_length=254, required=False)
