"""What was typed for a question of free words and reads like the value of another one: "3 sao" for the name of a product."""

import re
from datetime import date

from rules.campaign.forms import Form, FormStep
from rules.campaign.model import Kind
from rules.text.money import read_money
from rules.text.refusal import Refusal
from rules.text.values import read_date, read_document, read_yes_no
from rules.text.vietnamese import same_words

_DIGIT = re.compile(r"[0-9]")
_LETTER = re.compile(r"[^\W\d_]")


def other_than_asked(form: Form, asked: FormStep, text: str, today: date) -> bool:
    """Whether a text, taken for the present question, would certainly be the value of another column of the row, or of another
    question of the form; or is no words at all."""
    current = asked.column or (asked.field.columns[0] if asked.field.kind is Kind.LIST else asked.field)
    if current.kind is not Kind.TEXT or not current.required:  # what may be left out is a note of any words
        return False
    kinds = {Kind.MONEY, Kind.YES_NO} if asked.field.kind is Kind.LIST else set()  # nothing that has a name is called so
    others = [f for f in (*asked.field.columns, *form) if f is not current]
    if not _LETTER.search(text) or any(_reads(kind, text, today) for kind in kinds | {other.kind for other in others}):
        return True
    options = [option.label for other in others for option in other.options]
    return same_words(text) in {same_words(label) for option in options for label in (option.vi, option.en)}


def _reads(kind: Kind, text: str, today: date) -> bool:
    digits = _DIGIT.search(text) is not None
    try:
        match kind:
            case Kind.MONEY if digits:
                read_money(text)
            case Kind.DATE:
                read_date(text, today)
            case Kind.DOCUMENT if digits:
                read_document(text, today)
            case Kind.YES_NO:
                read_yes_no(text)
            case _:
                return False
    except Refusal:
        return False
    return True
