from __future__ import annotations

from typing import Any, overload

from django.db import models
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language


class Localised:
    """The text of the active language, out of the fields `NAME_zh` and `NAME_en`."""

    def __init__(self, name: str, *, safe: bool = False) -> None:
        self.name = name
        self.safe = safe

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> Localised: ...

    @overload
    def __get__(self, instance: models.Model, owner: type[Any]) -> str | SafeString: ...

    def __get__(
        self, instance: models.Model | None, owner: type[Any]
    ) -> Localised | str | SafeString:
        if instance is None:
            return self
        language = "zh" if (get_language() or "zh").startswith("zh") else "en"
        text = str(getattr(instance, f"{self.name}_{language}"))
        return mark_safe(text) if self.safe else text  # noqa: S308 - sanitised before it was stored
