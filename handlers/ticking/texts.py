"""The words of the clock's pushes, written from the present moment and never from the rung."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from handlers.message import Choice, Message, Notice
from handlers.wording.catalogs import Words
from handlers.wording.phrases import BUCKET_SIGNS, bucket_text, deadline_and_left, deadline_short, left_text, state_text
from rules import actions as a
from rules.campaign.board import Board, Cell, Standings, board_of
from rules.campaign.deadlines import Due, last_day
from rules.campaign.ladder import Push, PushKind, Situation
from rules.campaign.model import Campaign
from rules.campaign.progress import Bucket, State
from rules.people import Role


@dataclass(frozen=True)
class Picture:
    """What texts of pushes are written from: the board at one moment, drawn only if something is pushed."""

    campaign: Campaign
    situation: Situation
    standings: Standings
    now: datetime

    @cached_property
    def board(self) -> Board:
        """Every unit with everything it owes."""
        enrolled = {recipient.unit for recipient in self.situation.recipients}
        return board_of(self.campaign, self.standings, self.due, self.now, enrolled)

    @property
    def due(self) -> Due:
        """The deadlines in force."""
        return self.situation.due


@dataclass(frozen=True)
class Pushed(Notice):
    """A push of the clock, as things were seen."""

    push: Push
    seen: Picture

    @property
    def campaign(self) -> Campaign:
        """The dispatch it speaks of."""
        return self.seen.campaign

    @property
    def now(self) -> datetime:
        """The moment it speaks of."""
        return self.seen.now

    def message(self, words: Words) -> Message:
        """By its kind."""
        match self.push.kind:
            case PushKind.REMINDER | PushKind.SNOOZED:
                return self._reminder(words)
            case PushKind.DIGEST:
                return self._digest(words)
            case PushKind.ALARM:
                return self._alarm(words)
            case PushKind.ESCALATION:
                return self._escalation(words)
            case PushKind.STAY:
                return self._stay(words)

    def facts(self, words: Words) -> Mapping[str, str]:
        """What a template can say of it."""
        campaign, push = self.campaign, self.push
        kind = "reminder" if push.kind is PushKind.SNOOZED else push.kind.value
        titles = ", ".join(campaign.obligation(slug).short.in_(words.language) for slug in push.obligations)
        facts = {"kind": kind, "titles": titles}
        if campaign.directory.has_unit(push.unit):
            facts["unit"] = campaign.directory.unit(push.unit).name.in_(words.language)
            days = [last_day(self.seen.due.of(push.unit, slug)) for slug in push.obligations]
            facts |= {"deadline": words.day(min(days))} if days else {}
        return facts

    # ------------------------------------------------------------ to officers

    def _stay(self, words: Words) -> Message:
        recipient = self.push.recipient
        assert recipient
        assert recipient.closes_at
        text = words.tr("stay.ask", name=recipient.name, until=words.moment(recipient.closes_at))
        return Message(text, (Choice(words.tr("button.stay_reachable"), a.StayReachable()),))

    def _reminder(self, words: Words) -> Message:
        campaign, push = self.campaign, self.push
        unit = campaign.directory.unit(push.unit)
        name = unit.name.in_(words.language)
        if push.recipient is None:
            lines = [words.tr("remind.to_nobody", unit=name)]
        else:
            lines = [words.tr("remind.opening", name=push.recipient.name, unit=name)]
        for slug in push.obligations:
            obligation = campaign.obligation(slug)
            until = deadline_and_left(words, campaign, self.seen.due.of(unit.slug, slug), self.now)
            title = obligation.title.in_(words.language)
            lines.append(words.tr("remind.line", title=title, clause=obligation.clause, deadline=until))
            cell = self.seen.board.cell(unit.slug, slug)
            if cell and cell.state in (State.RETURNED, State.FILLING):
                lines.append("   " + state_text(words, cell.standing))
        lines += ["", words.tr("remind.closing")]
        return Message("\n".join(lines), self._reminder_choices(words))

    def _reminder_choices(self, words: Words) -> tuple[Choice, ...]:
        campaign = self.campaign
        owed = [campaign.obligation(slug) for slug in self.push.obligations]
        if len(owed) == 1:
            duty, clause = campaign.duty(owed[0]), a.ShowClause(campaign.number, owed[0].clause)
            choices = [
                Choice(words.tr("button.report_now"), a.BeginReport(duty)),
                Choice(words.tr("button.nothing"), a.ReportNothing(duty)),
                Choice(words.tr("button.ack"), a.Acknowledge(duty)),
                Choice(words.tr("button.rule"), clause),
            ]
        else:
            choices = []
            for obligation in owed:
                duty, title = campaign.duty(obligation), obligation.short.in_(words.language)
                choices.append(Choice(words.tr("button.report_next", title=title), a.BeginReport(duty)))
                choices.append(Choice(words.tr("button.nothing_for", title=title), a.ReportNothing(duty)))
            choices.append(Choice(words.tr("button.ack"), a.Acknowledge()))
            choices.append(Choice(words.tr("button.rule"), a.ShowDeadlines()))
        return (*choices, Choice(words.tr("button.later"), a.RemindLater()))

    # ------------------------------------------------------------ to who oversees

    def _digest(self, words: Words) -> Message:
        campaign, now = self.campaign, self.now
        lines = [words.tr("digest.opening", day=words.weekday(now.astimezone(campaign.directory.zone).date()))]
        for slug in self.push.obligations:
            obligation = campaign.obligation(slug)
            assert obligation.deadline
            left = left_text(words, campaign, obligation.deadline, now)
            title = obligation.title.in_(words.language)
            lines += ["", words.tr("status.obligation", title=title, day=deadline_short(words, obligation.deadline), left=left)]
            lines += self._digested(words, slug)
        choices = [
            Choice(o.short.in_(words.language), a.ShowDuty(campaign.duty(o)))
            for o in map(campaign.obligation, self.push.obligations)
        ]
        return Message("\n".join(lines), (*choices, Choice(words.tr("button.nudge"), a.ChooseNudge())))

    def _digested(self, words: Words, slug: str) -> list[str]:
        """The units by bucket, and what the buckets do not tell."""
        board, lines = self.seen.board, []
        for bucket in Bucket:
            inside = board.of_duty(slug, bucket)
            if inside:
                lines.append(f"{bucket_text(words, bucket)}: {len(inside)} ({_named(inside)})")
        by_state = {state: [c for c in board.of_duty(slug) if c.state is state] for state in State}
        if by_state[State.RETURNED]:
            count, units = len(by_state[State.RETURNED]), _named(by_state[State.RETURNED])
            lines.append(words.tr("digest.returned", count=count, units=units))
        if by_state[State.AWAITING_DOCUMENT]:
            count, units = len(by_state[State.AWAITING_DOCUMENT]), _named(by_state[State.AWAITING_DOCUMENT])
            lines.append(words.tr("digest.awaiting_document", count=count, units=units))
        if by_state[State.NO_RESPONSE]:
            lines.append(words.tr("digest.silent", count=len(by_state[State.NO_RESPONSE])))
        return lines

    def _alarm(self, words: Words) -> Message:
        campaign, push = self.campaign, self.push
        units = dict.fromkeys(campaign.directory.unit(reason.unit).short for reason in push.reasons)
        titles = ", ".join(campaign.obligation(slug).short.in_(words.language) for slug in push.obligations)
        text = words.tr("alarm.nobody", count=len(units), units=", ".join(units), titles=titles)
        return Message(text, (Choice(words.tr("button.status"), a.ShowStatus()),))

    def _escalation(self, words: Words) -> Message:
        campaign, push = self.campaign, self.push
        to_leader = push.recipient is not None and push.recipient.role is Role.LEADER
        by_obligation: dict[str, list[str]] = defaultdict(list)
        for reason in push.reasons:
            by_obligation[reason.obligation].append(campaign.directory.unit(reason.unit).short)
        if to_leader:
            lines = [words.tr("escalation.leader", unit=campaign.directory.unit(push.unit).name.in_(words.language))]
        else:
            lines = [words.tr("escalation.opening")]
        for slug, units in by_obligation.items():
            lines.append(self._escalated(words, slug))
            if not to_leader:
                lines.append(f"   {', '.join(units)}")
        choices = (
            [Choice(words.tr("button.report"), a.ChooseDuty())] if to_leader
            else [Choice(words.tr("button.nudge"), a.ChooseNudge()), Choice(words.tr("button.status"), a.ShowStatus())]
        )  # fmt: skip
        return Message("\n".join(lines), tuple(choices))

    def _escalated(self, words: Words, slug: str) -> str:
        obligation = self.campaign.obligation(slug)
        assert obligation.deadline
        return words.tr(
            "escalation.line", sign=BUCKET_SIGNS[Bucket.OPEN_OVERDUE], title=obligation.title.in_(words.language),
            day=deadline_short(words, obligation.deadline), left=left_text(words, self.campaign, obligation.deadline, self.now),
        )  # fmt: skip


def _named(cells: Sequence[Cell]) -> str:
    return ", ".join(cell.unit.short for cell in cells)
