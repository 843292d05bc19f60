"""How a province follows up: its hours, the rungs of its ladder, what Zalo costs and which templates it may send."""

from collections.abc import Mapping
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, ValidationError

from rules.documents.faults import Fault, Faults, read_toml
from rules.documents.parts import Part

FILE = "policy.toml"
PushName = Literal["reminder", "digest", "alarm", "escalation", "stay", "push"]
"""The kinds of push that a template may stand in for; ``push`` is any other."""
TemplateValue = Literal["name", "unit", "titles", "deadline", "text"]
"""What a template's parameter can be filled with: the reader, the unit, the obligations, the nearest deadline, the
message's beginning."""


class Hours(Part):
    """The times of a day, local: when reminders and digests go out, and when nobody is written to."""

    at: time
    open_from: time
    open_until: time
    afternoon: time
    """When "remind me this afternoon" comes back."""
    digest_at: time


class Rungs(Part):
    """The steps of the ladder, in days counted from D. A campaign may have others than its province."""

    before: tuple[int, ...]
    overdue_every: Annotated[int, Field(ge=1)]
    """Working days between two reminders after D."""
    overdue_at_most: Annotated[int, Field(ge=0)]
    digest_days: tuple[int, ...]
    escalate_after: Annotated[int, Field(ge=1)]


def _pairs(table: Any) -> Any:
    return tuple(table.items()) if isinstance(table, dict) else table


class Template(Part):
    """An approved Zalo template: sent by user id or, for somebody who never opened the account, by phone."""

    push: PushName
    id: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    by: Literal["user", "phone"]
    price: Annotated[int, Field(ge=0)]
    """đồng a message, as the account's contract says."""
    fields: Annotated[tuple[tuple[str, TemplateValue], ...], BeforeValidator(_pairs)]
    """The template's parameters, each with what it is filled with; a table in the file."""


class Zalo(Part):
    """What is sent by Zalo where an ordinary message does not pass, and what messages cost."""

    billed_price: Annotated[int, Field(ge=0)] = 55
    """đồng for an ordinary message from 48 hours to 7 days after the person's last."""
    templates: tuple[Template, ...] = ()
    """Tried in order: e.g. by user id first, by phone next."""

    def templates_for(self, push: str) -> tuple[Template, ...]:
        """The templates for a kind of push, or those for any."""
        own = tuple(template for template in self.templates if template.push == push)
        return own or tuple(template for template in self.templates if template.push == "push")


class Policy(Part):
    """How and when people are written to."""

    hours: Hours
    rungs: Rungs
    zalo: Zalo = Zalo()

    def with_rungs(self, own: Mapping[str, Any]) -> "Policy":
        """The policy of a campaign that has some rungs of its own. Raises ValidationError."""
        return self.model_copy(update={"rungs": Rungs.model_validate({**dict(self.rungs), **own})}) if own else self


def policy_of(texts: Mapping[str, str]) -> Policy:
    """The policy in a province's texts. Raises Faults with every fault found."""
    faults: list[Fault] = []
    toml = read_toml(FILE, texts, faults)
    if faults:
        raise Faults(faults)
    try:
        return Policy.model_validate(toml.values)
    except ValidationError as error:
        raise Faults(toml.invalid(error)) from error
