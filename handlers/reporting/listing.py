"""The rows of an open list: seen, changed, dropped and put back, and added several at once."""

from handlers.reporting.filling import Filling, ask, move, named_day, refuse, take
from handlers.turn import Turn
from handlers.wording import lists as wording
from handlers.wording.phrases import row_text
from rules.actions import FormOp
from rules.campaign import forms
from rules.campaign.forms import SUMMARY, FormStep, NotTaken, Stepped
from rules.campaign.model import FormField, Kind
from rules.campaign.pasted import is_pasted, read_lines
from rules.campaign.row_words import Wants, Wish, read_wish
from rules.text.refusal import Refusal, Why
from rules.text.vietnamese import same_words

A_PAGE = 15
"""Rows shown at once."""
LONGEST_SHOWN = 40
TO_CHOOSE = 8
"""Rows behind buttons at once."""
_YES = frozenset(same_words("có ok oke thêm ý đúng yes add vâng dạ u uh").split())
_NO = frozenset(same_words("không thôi bỏ no khỏi ko k").split())
_BESIDE = frozenset(
    same_words("rồi đi à luôn vào hết cả tất đồng này sản phẩm các dòng em anh chị lại nha nhé nữa hàng cho giúp all").split()
)
"""Words around a yes or a no that change neither: "đúng rồi thêm hết đi"."""


def is_about_rows(filling: Filling, text: str) -> bool:
    """Whether a text is about the rows of the list that is asked for, or several of them."""
    asked = forms.question(filling.form, filling.state)
    if asked is None:
        return _is_seen_from_summary(filling, text) is not None
    if asked.field.kind is not Kind.LIST:
        return False
    if asked.offered and _says(text) is not None:
        return True
    if (asked.between_rows or asked.offered) and is_pasted(text, asked.field):
        return True
    return _wish(filling, asked, text) is not None


def _wish(filling: Filling, asked: FormStep, text: str) -> Wish | None:
    """What is wanted of rows, where it can be done as things stand. Of no rows only those that would be named are spoken of."""
    rows = forms.rows_of(filling.state, asked.field)
    wish = read_wish(text, asked.field, rows)
    if wish is None or wish.wants is Wants.SEE:
        return wish
    if asked.place is not None and asked.column is None:
        return wish if wish == Wish(Wants.DROP) else None
    alone = wish == Wish(Wants.CHANGE) and not rows
    return wish if asked.between_rows and not alone else None


def answered(turn: Turn, filling: Filling, text: str) -> bool:
    """Whether a text was about rows, or several of them; then it is answered."""
    asked = forms.question(filling.form, filling.state)
    if asked is None:
        if _is_seen_from_summary(filling, text):
            show(turn, filling, "1")
            return True
        return False
    if asked.field.kind is not Kind.LIST:
        return False
    if asked.offered and _decided(turn, filling, text):
        return True
    if (asked.between_rows or asked.offered) and is_pasted(text, asked.field):
        _offer(turn, filling, asked, text)
        return True
    wish = _wish(filling, asked, text)
    if wish is None:
        return False
    if asked.place is not None and wish.wants is Wants.DROP:
        drop(turn, filling, "")
    else:
        _grant(turn, filling, asked, wish)
    return True


def _is_seen_from_summary(filling: Filling, text: str) -> FormField | None:
    """The list that a text asks to see from the summary, which shows its first rows."""
    field = forms.list_of(filling.form)
    wanted = field is not None and filling.state.at == SUMMARY and read_wish(text, field, ()) == Wish(Wants.SEE)
    return field if wanted else None


def _decided(turn: Turn, filling: Filling, text: str) -> bool:
    match _says(text):
        case True:
            add(turn, filling)
        case False:
            leave(turn, filling)
        case None:
            return False
    return True


def _says(text: str) -> bool | None:
    """Whether the rows that were read are to be added; None where that is not said."""
    words = same_words(text).split()
    if not words or not all(word in _YES or word in _NO or word in _BESIDE for word in words):
        return None
    if not _NO.isdisjoint(words):
        return False
    return None if _YES.isdisjoint(words) else True


def _grant(turn: Turn, filling: Filling, asked: FormStep, wish: Wish) -> None:
    if wish.wants is Wants.SEE:
        show(turn, filling, "1")
    elif wish.wants is Wants.BACK:
        put_back(turn, filling)
    elif not wish.numbers:
        choose(turn, filling, "1", turn.words.tr("list.no_such_name", name=wish.name[:LONGEST_SHOWN]) if wish.name else "")
    elif len(wish.numbers) > 1:
        op = FormOp.DROP_ROW if wish.wants is Wants.DROP else FormOp.TAKE_ROW
        rows = forms.rows_of(filling.state, asked.field)
        choices = [
            filling.press(wording.row_name(turn.words, asked.field, number, rows[number - 1]), op, str(number))
            for number in wish.numbers[:TO_CHOOSE]
        ]
        named = "\n".join(f"{n}. {row_text(turn.words, asked.field.columns, rows[n - 1])}" for n in wish.numbers[:TO_CHOOSE])
        turn.say(f"{_which(turn, wish.wants)}\n{named}", *choices, filling.press(turn.words.tr("button.back"), FormOp.SHOW))
    elif wish.wants is Wants.DROP:
        drop(turn, filling, str(wish.numbers[0]))
    else:
        take_row(turn, filling, str(wish.numbers[0]))


def _which(turn: Turn, wants: Wants) -> str:
    return turn.words.tr("list.which_to_drop") if wants is Wants.DROP else turn.words.tr("list.which_to_change")


# ---------------------------------------------------------------- seeing and choosing


def show(turn: Turn, filling: Filling, page: str) -> None:
    """The rows so far, a page of them, with what can be done about them."""
    asked = forms.question(filling.form, filling.state)
    field = asked.field if asked else forms.list_of(filling.form)
    if field is None or field.kind is not Kind.LIST:
        ask(turn, filling)
        return
    rows, words = forms.rows_of(filling.state, field), turn.words
    if not rows:
        ask(turn, filling, words.tr("list.none_yet"))
        return
    first = A_PAGE * (_page(page, len(rows), A_PAGE) - 1)
    shown = rows[first : first + A_PAGE]
    title = words.trn("list.rows_one", "list.rows_many", len(rows), label=field.label.in_(words.language))
    lines = [title, wording.rows_text(words, field, shown, first + 1, named_day(turn, filling))]
    if first + A_PAGE < len(rows):
        lines.append(words.tr("value.more_rows", count=len(rows) - first - A_PAGE))
    if asked and not asked.between_rows:
        ask(turn, filling, "\n".join(lines))
        return
    choices = []
    if asked:
        lines.append(words.tr("list.how_to_change"))
        choices.append(filling.press(words.tr("button.choose_row"), FormOp.CHOOSE_ROW, str(first // TO_CHOOSE + 1)))
    if first + A_PAGE < len(rows):
        choices.append(filling.press(words.tr("button.see_more"), FormOp.SHOW_ROWS, str(first // A_PAGE + 2)))
    if asked:
        choices.append(filling.press(words.tr("button.finish_list"), FormOp.FINISH_LIST))
    go_on = words.tr("button.go_on") if asked else words.tr("button.back")
    turn.say("\n".join(lines), *choices, filling.press(go_on, FormOp.SHOW))


def choose(turn: Turn, filling: Filling, page: str, before: str = "") -> None:
    """Which row is it to be?"""
    asked = forms.question(filling.form, filling.state)
    if asked is None or not asked.may_finish_list:
        ask(turn, filling, turn.words.tr("list.none_yet") if asked and asked.between_rows else "")
        return
    rows, words = forms.rows_of(filling.state, asked.field), turn.words
    at = _page(page, len(rows), TO_CHOOSE)
    first = TO_CHOOSE * (at - 1)
    choices = [
        filling.press(wording.row_name(words, asked.field, number, row), FormOp.TAKE_ROW, str(number))
        for number, row in enumerate(rows[first : first + TO_CHOOSE], first + 1)
    ]
    if first + TO_CHOOSE < len(rows):
        choices.append(filling.press(words.tr("button.see_more"), FormOp.CHOOSE_ROW, str(at + 1)))
    text = " ".join(filter(None, [before, words.tr("list.which_row")]))
    turn.say(text, *choices, filling.press(words.tr("button.back"), FormOp.SHOW))


def _page(given: str, rows: int, size: int) -> int:
    """A page that there is."""
    last = max(1, -(-rows // size))
    return min(max(1, number_of(given)), last)


def number_of(given: str) -> int:
    """A row's number behind a button; 0 for none."""
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 4 else 0


# ---------------------------------------------------------------- changing and dropping


def take_row(turn: Turn, filling: Filling, number: str) -> None:
    """A row comes into hand, to be changed."""
    take(turn, filling, forms.take_row(filling.form, filling.state, number_of(number)))


def take_column(turn: Turn, filling: Filling, column: str) -> None:
    """One column of it is asked for again."""
    take(turn, filling, forms.take_column(filling.form, filling.state, column))


def drop(turn: Turn, filling: Filling, number: str) -> None:
    """A row is dropped, and what it said is told, for it can be put back."""
    result = forms.drop_row(filling.form, filling.state, number_of(number) if number else None)
    if isinstance(result, Stepped) and result.state.dropped and result.state.dropped != filling.state.dropped:
        dropped, asked = result.state.dropped, forms.question(filling.form, filling.state)
        assert asked
        row = row_text(turn.words, asked.field.columns, dropped.row)
        move(turn, filling, result.state, turn.words.tr("list.dropped", number=dropped.place + 1, row=row))
    else:
        take(turn, filling, result)


def put_back(turn: Turn, filling: Filling) -> None:
    """The row that was dropped last is there again."""
    result = forms.put_back(filling.form, filling.state)
    dropped = filling.state.dropped
    if isinstance(result, Stepped) and dropped:
        move(turn, filling, result.state, turn.words.tr("list.put_back", number=dropped.place + 1))
    else:
        take(turn, filling, result)


# ---------------------------------------------------------------- several at once


def _offer(turn: Turn, filling: Filling, asked: FormStep, text: str) -> None:
    """Rows that were pasted are shown before they are taken."""
    found = read_lines(text, asked.field, turn.today)
    amiss = wording.amiss_in_lines(turn.words, asked.field, found)
    if not found.rows:
        ask(turn, filling, amiss or turn.words.tr("list.no_lines"))
        return
    result = forms.offer_rows(filling.form, filling.state, found.rows)
    if isinstance(result, Stepped):
        move(turn, filling, result.state, amiss)
    elif isinstance(result, NotTaken):
        refuse(turn, filling, result.refusal)


def add(turn: Turn, filling: Filling, _: str = "") -> None:
    """They are taken; those that lack something are asked for."""
    asked = forms.question(filling.form, filling.state)
    result = forms.add_offered(filling.form, filling.state)
    if asked is None or not isinstance(result, Stepped):
        take(turn, filling, result)
        return
    whole = tuple(row for row in asked.offered if all(column.id in row for column in asked.field.columns))
    told = wording.joined_text(turn.words, forms.joined(filling.state, asked.field, whole), from_file=False) if whole else ""
    if result.state.row is not None:
        lacking = len(asked.offered) - len(whole)
        told = " ".join(filter(None, [told, turn.words.trn("list.now_one", "list.now_many", lacking)]))
    move(turn, filling, result.state, told)


def leave(turn: Turn, filling: Filling, _: str = "") -> None:
    """They are not."""
    asked = forms.question(filling.form, filling.state)
    if asked is None or not asked.offered:
        take(turn, filling, NotTaken(Refusal(Why.NOT_A_CHOICE)))
        return
    result = forms.back(filling.form, filling.state)
    assert isinstance(result, Stepped)
    move(turn, filling, result.state, turn.words.tr("list.not_added"))
