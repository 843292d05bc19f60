"""What a message asks for: the action behind a button, a command, a file, a sentence.

The order stands in this file and nowhere else. Nothing is said, and nobody is refused here: what only those who oversee ask
for in such words is something else from others. A topic that is over is let go.
"""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

from handlers import choosing, errands, in_form, own_words
from handlers.conversation import (
    AskingIn,
    Extending,
    Filling,
    HandingOver,
    Inviting,
    JoinStep,
    Lacks,
    Linking,
    NotingArrival,
    Refusing,
    Replying,
    TellingNothing,
    WantingMore,
    WantingTime,
)
from handlers.file_trouble import FileTrouble
from handlers.heard import Heard
from handlers.joining import asking_in
from handlers.message import action_of
from handlers.reporting import giving, nothing
from handlers.reporting.filling import find
from handlers.talking import LONGEST
from handlers.turn import Turn
from rules import actions as a
from rules.codes import invites_in, looks_like_link_code, meant_as_invite
from rules.directory.finding import all_units_in
from rules.text.vietnamese import fold, same_words
from storage import invites

Commands = Mapping[str, Callable[[str], a.Action]]
"""Words after a slash, and the action that each asks for; what follows the word is handed in as typed."""
_MENTION = re.compile(r"@\w+")
ASIDES = a.Speak | a.OldButton | a.Stay | a.KeepData
"""What leaves the open topic as it is."""
FINAL = a.Leave | a.Forget | a.RemovePerson | a.Nudge | a.NudgeNamed | a.TakeBack
"""What is done once somebody says that they are sure; below it stands the button of who is not."""
_ARRIVAL = re.compile(r"(?:s[oố] )?(?:[dđ][eế]n )?(?:l[aà] )?([0-9]{1,6}(?:[/-][\w/&-]{1,30})?)", re.IGNORECASE)
"""A number of arrival, as a register has it."""
FRESH = timedelta(minutes=30)
"""After so long a text is not taken for granted to answer what was asked."""
AGREED = a.GrantExtension | a.SendTimeRequest | a.HandOver
"""What is done where somebody says yes to the question that says all of it."""
_OPENS_ITS_OWN = (
    a.AskForTimeInWords | a.ExtendInWords | a.ChooseExtension | a.BeginReport | a.ChooseDuty | a.ReportNothing | a.TellNothing
    | a.HandOverInWords | a.ChooseInvite | a.NudgeUnits | a.ConfirmNudge | a.ChooseNudge
)  # fmt: skip
"""What asks questions of its own, after which nobody thinks of the one that was open."""
SHORT, SHORT_BESIDE_A_REASON = 4, 2
"""Words of the longest errand that is not taken for a text to somebody else."""


def hear(turn: Turn, commands: Commands) -> Heard | None:
    """What the message asks for, given what the words after a slash ask for; None for what is said in a group to others."""
    incoming = turn.incoming
    if incoming.left:
        return Heard(a.LeftChat())
    if incoming.group:
        return _in_group(turn, commands)
    if incoming.phone:
        return Heard(a.AnswerJoin(incoming.phone) if isinstance(turn.topic, AskingIn) else a.KeepPhone(incoming.phone))
    if incoming.choice:
        return _pressed(turn, action_of(incoming.choice))
    if incoming.trouble and incoming.trouble is not FileTrouble.UNOPENED:
        return Heard(a.RefuseFile(), aside=True)
    if incoming.trouble or incoming.file:
        return Heard(a.ReadRegister() if incoming.file and turn.oversees else a.TakeFile())
    if not incoming.text:
        return Heard(a.NotText(), aside=True)
    if len(incoming.text) > LONGEST:
        return Heard(a.TooLong(), aside=True)
    if incoming.text.startswith("/"):
        return _pressed(turn, _command(incoming.text, commands))
    return _typed(turn, incoming.text)


def _in_group(turn: Turn, commands: Commands) -> Heard | None:
    """Commands of the group, and rule questions that mention the bot."""
    incoming = turn.incoming
    if incoming.choice:
        return Heard(a.NotInGroups())
    if not incoming.addressed or not incoming.text:
        return None
    if not incoming.text.startswith("/"):
        return Heard(a.AskRule(_MENTION.sub(" ", incoming.text).strip()))
    return Heard(_command(incoming.text, commands))


def _command(text: str, commands: Commands) -> a.Action:
    """``/start ABC`` or ``/tiendo@the_bot``."""
    make = commands.get(command_word(text))
    if make:
        return make(command_rest(text))
    apart = commands.get(same_words(text).replace(" ", ""))  # "/xóa dữ liệu"
    return apart("") if apart else a.UnknownCommand()


def command_rest(text: str) -> str:
    """What follows the word after the slash; empty where no command was given, or nothing follows."""
    rest = text.split(maxsplit=1)[1:] if text.startswith("/") else []
    return rest[0].strip() if rest else ""


def command_word(text: str) -> str:
    """The word after the slash, without the bot's own name; empty where no command was given."""
    return fold(text[1:].split(maxsplit=1)[0].partition("@")[0]) if text.startswith("/") and text[1:].strip() else ""


def _pressed(turn: Turn, action: a.Action) -> Heard:
    """A button or command, seen from where the conversation stands."""
    if isinstance(action, a.Cancel) and isinstance(turn.topic, Filling):
        return Heard(a.PauseForm())
    if isinstance(action, a.StepForm) and action.op is a.FormOp.ASK_INSTEAD:
        filling = find(turn, action.draft)
        if filling and filling.state.doubted and filling.draft.seq == action.seq:
            return in_form.meant_instead(turn, filling)
    return Heard(action, aside=isinstance(action, ASIDES))


def _typed(turn: Turn, text: str) -> Heard:
    if is_link_code(turn, text):
        return Heard(a.TypeLinkCode(text))
    code = _invite_in(turn, text)
    if code:
        return Heard(a.Arrive(code))
    sure = _sure(turn, text)
    if sure:
        return sure
    chosen = choosing.choice_typed(turn, text, exact=_is_for_others(turn) or isinstance(turn.topic, Inviting | TellingNothing))
    if chosen:
        return _pressed(turn, chosen)
    if choosing.is_stray_number(turn, text):
        return Heard(a.StrayNumber(text))
    if _is_for_others(turn):
        short = SHORT_BESIDE_A_REASON if _gives_reason(turn) else SHORT
        errand = errands.errand_in(turn, text) if len(text.split()) <= short else own_words.data_meant(text)
        if errand and not isinstance(errand, a.Nod):  # "tiến độ" is not what an officer is to be told
            return Heard(errand, aside=True)
    return _in_topic(turn, text)


def _invite_in(turn: Turn, text: str) -> str:
    """The code of an invite that stands alone, from somebody who has no link to press; a stranger's also in a sentence, and
    one that is mistyped. Empty where there is none, or the text goes to somebody else."""
    if _is_for_others(turn):
        return ""
    if invites.is_invite(turn.db, text):
        return text
    if turn.person is not None:
        return ""
    found = next((word for word in invites_in(text) if invites.is_invite(turn.db, word)), "")
    return found or (text if meant_as_invite(text) else "")


def _sure(turn: Turn, text: str) -> Heard | None:
    """What was typed, where the last thing asked was whether somebody is sure of what can't be undone: it is no answer to
    what was open before, none of its choices, nor a text to somebody else."""
    menu = turn.conversation.menu
    if menu and isinstance(menu[0].action, AGREED):
        if own_words.agrees(text):
            return _pressed(turn, menu[0].action)
        return Heard(a.Cancel()) if own_words.wants_no_later_day(text) else None
    if not asks_whether_sure(turn):
        return None
    named = next((choice.action for choice in menu if same_words(choice.label) == same_words(text)), None)
    if named:
        return _pressed(turn, named)
    if own_words.says_no(text):
        return _pressed(turn, menu[-1].action)
    return Heard(a.BeSure()) if own_words.says_yes(text) else None


def asks_whether_sure(turn: Turn) -> bool:
    """Whether the last thing asked was whether somebody is sure."""
    menu = turn.conversation.menu
    return bool(menu) and isinstance(menu[0].action, FINAL)


def is_link_code(turn: Turn, text: str) -> bool:
    """Whether a text is meant as a code: six digits from somebody who is nobody here yet, or who was asked for it. Who is asked
    for a telephone number has none."""
    return (
        not isinstance(turn.topic, AskingIn)
        and (turn.person is None or isinstance(turn.topic, Linking))
        and looks_like_link_code(text.strip())
    )


def _is_for_others(turn: Turn) -> bool:
    """Whether the next text goes to somebody else word for word."""
    return isinstance(turn.topic, Replying | WantingMore) or _gives_reason(turn)


def _gives_reason(turn: Turn) -> bool:
    """Whether the next text is a reason, which a unit or those who oversee are told."""
    topic = turn.topic
    return isinstance(topic, Refusing) or (isinstance(topic, Extending | WantingTime) and topic.lacks is Lacks.REASON)


def _in_topic(turn: Turn, text: str) -> Heard:
    match turn.topic:
        case Filling() as topic:
            return _in_form(turn, topic, text)
        case Replying(question):
            return Heard(a.SendReply(question, text), answers=True)
        case WantingMore(submission, since, again):
            doubted = not again and _may_be_else(turn, text, since)
            return Heard(a.DoubtMore(submission) if doubted else a.WantMore(submission, text), answers=True)
        case NotingArrival(submission) if number := _ARRIVAL.fullmatch(text.strip()):
            return Heard(a.NoteArrival(submission, number[1]), answers=True)
        case NotingArrival():
            turn.rest()  # it need not be told
            return Heard(errands.meant(turn, text))
        case TellingNothing() as topic:
            return _nothing(turn, topic, text)
        case Extending() | WantingTime() | Refusing() as topic:
            return _of_later_day(turn, topic, text)
        case Inviting(role):
            return Heard(a.NameInviteUnit(role, text), answers=True)
        case Linking() if any(sign.isdigit() for sign in text):
            return Heard(a.TypeLinkCode(text))
        case Linking():
            turn.rest()  # something else came to mind
            return Heard(errands.meant(turn, text))
        case _:
            return _who_is_asked_for(turn, text)


def _who_is_asked_for(turn: Turn, text: str) -> Heard:
    """Where a person is asked for: a colleague, or who it is."""
    match turn.topic:
        case HandingOver(duty):
            return _names_colleague(turn, duty, text)
        case AskingIn() as topic:
            return _in_request(turn, topic, text)
        case _:
            return Heard(errands.meant(turn, text))


def _nothing(turn: Turn, topic: TellingNothing, text: str) -> Heard:
    """A text while duties are ticked: which, or that it is all; a question in between; or something else."""
    if topic.picked and own_words.agrees(text):
        return Heard(a.SendNothing(topic.seq), answers=True)
    picked = nothing.named(turn, text)
    if picked and not errands.certainly_asks(text):
        return Heard(a.PickNothing(picked), answers=True)
    action = errands.meant(turn, text)
    if isinstance(action, a.AskRule | a.ShowDeadlines | a.ShowStatus | a.ShowHelp | a.Nod | a.WhoWrites | a.NotUnderstood):
        return Heard(action, aside=True)
    turn.rest()
    return Heard(action)


def _of_later_day(turn: Turn, topic: Extending | WantingTime | Refusing, text: str) -> Heard:
    """What is asked for of a later day, or a word to stop; a day has figures, and units have names, so that a sentence without
    them may be something else."""
    if own_words.says_stop(text):
        return Heard(a.Cancel())
    lacks = Lacks.REASON if isinstance(topic, Refusing) else topic.lacks
    answer: a.Action
    match topic:
        case Extending(plan, _):
            answer = a.AnswerExtension(plan, text)
        case WantingTime(request, _):
            answer = a.AnswerTime(request, text)
        case Refusing(request):
            answer = a.RefuseBecause(request, text)
    if lacks is Lacks.REASON or any(sign.isdigit() for sign in text):
        return Heard(answer, answers=True)
    if own_words.wants_no_later_day(text):
        return Heard(a.Cancel())
    named = all_units_in(text, turn.directory) if lacks is Lacks.UNITS else None
    errand = None if named and (named.units or named.unclear) else errands.errand_in(turn, text)
    if isinstance(errand, _OPENS_ITS_OWN):
        turn.rest()
        return Heard(errand)
    if errand is None and not (named and (named.units or named.unclear)) and errands.sounds_like_question(text):
        errand = a.AskRule(text)
    return Heard(errand, aside=True) if errand else Heard(answer, answers=True)


def _names_colleague(turn: Turn, duty: a.Duty | None, text: str) -> Heard:
    """Who was asked for: a name, or something else that came to mind."""
    if not giving.is_colleague(turn, text):
        errand = errands.errand_in(turn, text)
        if errand or errands.sounds_like_question(text) or len(text.split()) > SHORT:
            turn.rest()
            return Heard(errand or errands.meant(turn, text))
    return Heard(a.NameColleague(text, duty), answers=True)


def _in_request(turn: Turn, topic: AskingIn, text: str) -> Heard:
    """A text while somebody says who they are: the answer, a question in between, or no more of it."""
    answer = Heard(a.AnswerJoin(text), answers=True)
    if turn.person is not None:
        turn.rest()
        return Heard(errands.meant(turn, text))
    if asking_in.would_take(topic, text, turn):
        return answer
    if topic.step is JoinStep.SUMMARY and own_words.agrees(text):
        return Heard(a.SendJoin())
    if own_words.says_no(text):
        return Heard(a.Cancel())
    errand = errands.errand_in(turn, text)
    if isinstance(errand, a.SayWhoIAm | a.AskToJoin):
        return answer
    if errand:
        return Heard(errand, aside=True)
    return Heard(a.AskRule(text), aside=True) if errands.sounds_like_question(text) else answer


def _may_be_else(turn: Turn, text: str, since: int) -> bool:
    """Whether a text may not be what was asked for a while ago: asked long since, or it reads like something else."""
    late = turn.now.timestamp() - since > FRESH.total_seconds()
    return late or errands.sounds_like_question(text) or errands.errand_in(turn, text) is not None


def _in_form(turn: Turn, topic: Filling, text: str) -> Heard:
    """A text while a form is open: a word of command, a question in between, or the answer."""
    filling = find(turn, topic.draft)
    if filling is None:
        turn.rest()
        asks = turn.person is None or errands.sounds_like_question(text) or errands.errand_in(turn, text) is not None
        return Heard(errands.meant(turn, text) if asks else a.AnswerForm(topic.draft, topic.seq, text))
    if topic.seq != filling.draft.seq:
        return Heard(a.AnswerForm(topic.draft, topic.seq, text), answers=True)
    return in_form.heard(turn, topic, filling, text)
