"""The words a person reads: catalogs of both languages, and dates and amounts as people write them."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES = ("vi", "en")
DEFAULT_LANGUAGE = "vi"
LOCALES = Path(__file__).resolve().parent.parent.parent / "locales"


_TITLES = ("Chị", "Ông", "Bà", "Cô", "Chú")
"""With these in front some people give their names. Not "Anh": Anh Thư is a name."""


def titled_once(said: str) -> str:
    """``anh/chị Chị Lan`` as ``chị Lan``: somebody who gave a title is called by it."""
    for title in _TITLES:
        said = said.replace(f"anh/chị {title} ", f"{title.lower()} ").replace(f"Anh/chị {title} ", f"{title} ")
    return said


class Words:
    """One language's words, in the directory's time zone."""

    def __init__(self, language: str, catalog: NullTranslations, zone: ZoneInfo) -> None:
        self.language = language
        self._catalog = catalog
        self._zone = zone

    def tr(self, key: str, **values: object) -> str:
        """The text of that key, with its gaps filled."""
        text = self._catalog.gettext(key)
        if not values:
            return text
        said = text.format(**values)
        return titled_once(said) if "name" in values or "names" in values else said

    def trn(self, one: str, many: str, count: int, **values: object) -> str:
        """The text for that count."""
        return self._catalog.ngettext(one, many, count).format(count=self.number(count), **values)

    def who(self, name: str) -> str:
        """A name in a record, or what stands in its place since it was taken off."""
        return name or self.tr("people.forgotten")

    def number(self, value: int) -> str:
        """``1.234`` in Vietnamese, ``1,234`` in English."""
        grouped = f"{value:,}"  # every amount of every answer passes here: Babel takes fifty times as long
        return grouped.replace(",", ".") if self.language == "vi" else grouped

    def money(self, amount: int) -> str:
        """``350.000.000 đ``."""
        return f"{self.number(amount)} đ"

    def day(self, day: date) -> str:
        """``15/7/2022`` in Vietnamese, ``15 July 2022`` in English."""
        if self.language == "vi":
            return f"{day.day}/{day.month}/{day.year}"
        return str(format_date(day, "d MMMM y", locale="en"))

    def weekday(self, day: date) -> str:
        """``Thứ Bảy 9/7``, ``Saturday 9 July``."""
        if self.language == "vi":
            return f"{format_date(day, 'EEEE', locale='vi')} {day.day}/{day.month}"
        return str(format_date(day, "EEEE d MMMM", locale="en"))

    def weekday_name(self, day: date) -> str:
        """``Thứ Bảy``, ``Saturday``."""
        return str(format_date(day, "EEEE", locale=self.language))

    def moment(self, at: datetime) -> str:
        """``14:05 ngày 8/7/2022``, local."""
        local = at.astimezone(self._zone)
        return self.tr("moment", clock=f"{local:%H:%M}", day=self.day(local.date()))

    def short_moment(self, at: datetime) -> str:
        """``8/7 14:05``, local, for tables."""
        local = at.astimezone(self._zone)
        return f"{local.day}/{local.month} {local:%H:%M}"


class Languages:
    """The words of every language the product speaks."""

    def __init__(self, zone: ZoneInfo, folder: Path = LOCALES) -> None:
        self._words: Mapping[str, Words] = {language: Words(language, _catalog(folder, language), zone) for language in LANGUAGES}

    def of(self, language: str) -> Words:
        """That language's words, or the default's."""
        return self._words.get(language, self._words[DEFAULT_LANGUAGE])


@cache
def _catalog(folder: Path, language: str) -> NullTranslations:
    """The texts as translators write them, plurals by their own rule, read once a process. Nothing has to be compiled."""
    with (folder / language / "LC_MESSAGES" / "messages.po").open("rb") as written:
        catalog = read_po(written, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)
