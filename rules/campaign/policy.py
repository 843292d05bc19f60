"""How a province follows up: its hours, the rungs of its ladder, what Zalo costs and which templates it may send."""

from collections.abc import Mapping
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, ValidationError

from rules.documents.faults import Fault, Faults, read_toml
from rules.documents.parts import Part

FILE = "policy.toml"
PushName = Literal["reminder", "digest", "morning", "alarm", "escalation", "stay", "push"]
"""The kinds of push that a template may stand in for; ``push`` is any other."""
TemplateValue = Literal["name", "unit", "titles", "deadline", "text"]
"""What a template's parameter can be filled with: the reader, the unit, the obligations, the nearest deadline, the
message's beginning."""


class Hours(Part):
    """The times of a day, local: when reminders and digests go out, and when nobody is written to."""

    days: Literal["working", "every"] = "working"
    """The days on which people are written to: without weekends and the country's holidays, or all."""
    at: time
    open_from: time
    open_until: time
    afternoon: time
    """When "remind me this afternoon" comes back."""
    digest_at: time


class Rungs(Part):
    """The steps of the ladder. L is the last day on time, W the last working day not after L; days are working days, unless
    the hours say otherwise. A campaign may have others than its province."""

    before: tuple[Annotated[int, Field(ge=0)], ...]
    """Days before W on which an officer is reminded; 0 is W itself. Always on the first day after L, too."""
    overdue_every: Annotated[int, Field(ge=1)]
    """Days between two reminders of what is overdue, of whatever duties, to one person."""
    overdue_at_most: Annotated[int, Field(ge=0)]
    """So often a duty is reminded of afterwards; then it drops out of the reminders."""
    at_most: Annotated[int, Field(ge=1)]
    """No reminder goes out for overdue duties alone where one person would come to more than this in a campaign."""
    digest_before: tuple[Annotated[int, Field(ge=0)], ...]
    """Days before W on which overseers get a digest,"""
    digest_after: tuple[Annotated[int, Field(ge=1)], ...]
    """and days after L."""
    escalate_after: Annotated[int, Field(ge=2)]
    """The day after L on which a unit's leader and the overseers hear of it: later than its officers."""


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

    def with_hours(self, own: Mapping[str, Any]) -> "Policy":
        """The policy of a campaign that has days or hours of its own. Raises ValidationError."""
        return self.model_copy(update={"hours": Hours.model_validate({**dict(self.hours), **own})}) if own else self


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
