"""Ticking products of the register in an open list: by button, by number, several at once."""

import re
from dataclasses import replace

from handlers.message import action_of
from handlers.reporting.filling import Filling, ask, move, refuse, shelf_in
from handlers.reporting.listing import number_of
from handlers.turn import Turn
from rules.actions import FormOp, StepForm
from rules.campaign import forms
from rules.campaign.forms import NotTaken, Stepped
from rules.campaign.shelf import Shelf, look
from rules.campaign.shelf import tick as ticked
from rules.channels import Numbers, channel_named
from rules.ids import read_id
from rules.text.refusal import Refusal, Why
from rules.text.vietnamese import same_words
from storage import shown_lists

_BESIDE = frozenset(same_words("số và chọn lấy thêm dạ ạ em cho tôi dòng sản phẩm cái các and number the").split())
_ALL = frozenset(("tat ca", "tat ca san pham", "toan bo", "ca", "chon tat ca", "chon het", "lay het", "all", "all of them"))
_FIRST = re.compile(r"(?:chon |lay |them )?([0-9]{1,3}) (?:san pham |cai )?dau(?: tien)?")
MOST_NUMBERS = 60


def is_about_register(turn: Turn, filling: Filling, text: str) -> bool:
    """Whether a text names products of the register that is looked at."""
    shelf = shelf_in(turn, filling)
    try:
        return shelf is not None and shelf.page is not None and _named(turn, filling, shelf, text) is not None
    except Refusal:
        return True


def answered(turn: Turn, filling: Filling, text: str) -> bool:
    """Whether a text names products of the register that is looked at, by number or name; then they are ticked."""
    shelf = shelf_in(turn, filling)
    if shelf is None or shelf.page is None:
        return False
    try:
        chosen = _named(turn, filling, shelf, text)
    except Refusal as refusal:
        refuse(turn, filling, refusal)
        return True
    if chosen is None:
        return False
    move(turn, filling, ticked(filling.state, shelf, chosen))
    return True


def _named(turn: Turn, filling: Filling, shelf: Shelf, text: str) -> list[int] | None:
    """The products that a text names; None where it names nothing of the register. Raises Refusal for a number that it has not."""
    said = same_words(text)
    if said in _ALL or said == f"ca {len(shelf.products)}":
        ticked = set(shelf.ticked)
        return [product.id for product in shelf.products if product.id not in ticked]
    same = [product.id for product in shelf.products if same_words(product.product) == said]
    if len(same) == 1:
        return same
    if first := _FIRST.fullmatch(said):
        return [product.id for product in shelf.products[: number_of(first[1])]]
    words = [
        word for word in same_words(text.replace(".", " ").replace("-", " ").replace("/", " ")).split() if word not in _BESIDE
    ]
    numbers = [number_of(word) for word in words]
    if not numbers or not all(numbers) or len(numbers) > MOST_NUMBERS or "/" in text:
        return None
    shown = _behind_numbers(turn, filling)
    products = {number: product.id for number, product in enumerate(shelf.products, 1)}
    meant = shown if any(number in shown for number in numbers) else products
    missing = next((number for number in numbers if number not in meant), None)
    if missing is not None:
        raise Refusal(Why.NO_SUCH_ROW, str(missing), limit=len(shelf.products))
    return [meant[number] for number in numbers]


def _behind_numbers(turn: Turn, filling: Filling) -> dict[int, int]:
    """The products by the numbers under which the present question listed them, where the channel does so. Numbers that no
    list has are places: people also count from one."""
    if channel_named(turn.incoming.channel).numbers is Numbers.NEVER:
        return {}
    found: dict[int, int] = {}
    for item in reversed(shown_lists.shown(turn.db, turn.contact.id)):
        for number, (_, data) in enumerate(item.choices, item.first):
            action = action_of(data)
            if isinstance(action, StepForm) and action.op is FormOp.TICK and (action.draft, action.seq) == filling.topic_key:
                found[number] = number_of_product(action.value)
    return found


def number_of_product(given: str) -> int:
    """A product's number behind a button; 0 for none."""
    return read_id(given) or 0


def tick(turn: Turn, filling: Filling, product: str) -> None:
    """One is ticked, or no more."""
    shelf = shelf_in(turn, filling)
    if shelf is None:
        ask(turn, filling)
        return
    move(turn, filling, ticked(filling.state, shelf, [number_of_product(product)]))


def turn_to(turn: Turn, filling: Filling, page: str) -> None:
    """Another page; the nought closes the register."""
    move(turn, filling, look(filling.state, number_of(page)))


def add(turn: Turn, filling: Filling, _: str = "") -> None:
    """The ticked ones become rows; what the register lacks of them is asked for."""
    shelf = shelf_in(turn, filling)
    rows = shelf.rows() if shelf else ()
    if not rows:
        refuse(turn, filling, Refusal(Why.NOT_A_CHOICE))
        return
    offered = forms.offer_rows(filling.form, replace(filling.state, ticked=(), shelf=None), rows)
    result = forms.add_offered(filling.form, offered.state) if isinstance(offered, Stepped) else offered
    if isinstance(result, Stepped):
        lacking = len(result.state.waiting) + (result.state.row is not None)
        told = turn.words.tr("shelf.now", count=turn.words.number(lacking)) if lacking else ""
        move(turn, filling, result.state, told)
    elif isinstance(result, NotTaken):
        refuse(turn, filling, result.refusal)
