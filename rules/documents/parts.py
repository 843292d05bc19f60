"""What documents are made of: frozen parts, slugs, texts in two languages."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=24)]


class Part(BaseModel):
    """A part of a document: frozen, and no key that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Part):
    """A text in Vietnamese, and in English where somebody wrote it."""

    vi: Annotated[str, StringConstraints(min_length=1)]
    en: str = ""

    def in_(self, language: str) -> str:
        """The text in that language, or in Vietnamese."""
        return self.en if language == "en" and self.en else self.vi
