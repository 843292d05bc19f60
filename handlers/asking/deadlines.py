"""All deadlines at a glance."""

from handlers.message import Choice
from handlers.turn import Turn
from handlers.wording.phrases import deadline_and_left, deadline_text
from rules.actions import BeginReport, ShowDeadlines


def show_deadlines(turn: Turn, _: ShowDeadlines) -> None:
    """Every deadline, with what the person's unit still owes; in a group, of nobody's unit."""
    mine = {} if turn.in_group else {cell.duty.slug: cell for cell in turn.owed()}
    lines = [turn.words.tr("deadlines.title")]
    choices = []
    for obligation in turn.campaign.dated():
        assert obligation.deadline
        cell = mine.get(obligation.slug)
        deadline = (cell.deadline if cell else None) or obligation.deadline
        done = cell is not None and cell.state.done
        until = deadline_and_left(turn.words, turn.campaign, deadline, turn.now)
        if done:
            reported = turn.words.tr("deadlines.done")
            until = f"{deadline_text(turn.words, turn.campaign, deadline)}; {reported}"
        sign = "✅" if done else "•"
        lines.append(f"{sign} {turn.title(obligation)}: {until}")
        if cell and not done:
            label = turn.words.tr("button.report_next", title=obligation.short.in_(turn.words.language))
            choices.append(Choice(label, BeginReport(turn.campaign.duty(obligation))))
    lines += ["", turn.campaign.dispatch.cite.in_(turn.words.language)]
    turn.say("\n".join(lines), *choices)
