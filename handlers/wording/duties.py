"""How a duty and what is missing of it read."""

from handlers.wording.catalogs import Words, titled_once
from handlers.wording.phrases import state_text
from rules.campaign.model import Campaign, Obligation
from rules.campaign.progress import Standing, State
from rules.documents.parts import Bilingual


def title_text(words: Words, duty: Obligation) -> str:
    """``Kinh phí không thực hiện hết (nếu có)``: what is owed only if there is something is never called a debt."""
    title = duty.title.in_(words.language)
    return words.tr("duty.conditional", title=title) if duty.conditional else title


def contact_text(words: Words, campaign: Campaign) -> str:
    """Whom to call who wants to make sure of the dispatch; empty where nobody was named."""
    desk = campaign.dispatch.contact
    if desk.name is None or not desk.can_be_called:
        return ""
    return words.tr("contact.call", name=desk.name.in_(words.language), phone=desk.phone)


def to_talk_text(words: Words, campaign: Campaign) -> str:
    """Whom to call who wants to talk about it; empty where nobody was named."""
    desk = campaign.dispatch.contact
    if desk.name is None or not desk.can_be_called:
        return ""
    return words.tr("contact.ask", name=desk.name.in_(words.language), phone=desk.phone)


def missing_text(words: Words, standing: Standing) -> str:
    """What is still missing, in its own words."""
    if standing.state is State.AWAITING_DOCUMENT:
        return words.tr("duty.awaiting_document")
    return state_text(words, standing)


def report_label(words: Words, state: State) -> str:
    """What the button says that leads into the report, by what is missing."""
    match state:
        case State.FILLING:
            return words.tr("button.continue")
        case State.AWAITING_DOCUMENT:
            return words.tr("button.add_document")
        case State.RETURNED:
            return words.tr("button.add_wanted")
        case State.NO_RESPONSE | State.WITHDRAWN:
            return words.tr("button.report_now")
        case State.SUBMITTED | State.CONFIRMED | State.NOTHING:
            return words.tr("button.change")


def officer_text(words: Words, campaign: Campaign, name: str, unit: str) -> str:
    """``anh/chị Lan``, or as the campaign addresses people."""
    own = _own(campaign.dispatch.address_officer, words.language)
    return titled_once(own.replace("{unit}", unit).replace("{name}", name)) if own else words.tr("address.officer", name=name)


def leader_text(words: Words, campaign: Campaign, unit: str) -> str:
    """``Kính gửi lãnh đạo UBND huyện …``, or as the campaign addresses them. Whoever leads a unit is not named."""
    own = _own(campaign.dispatch.address_leader, words.language)
    return own.replace("{unit}", unit).replace("{name}", "").strip() if own else words.tr("address.leader", unit=unit)


def _own(said: Bilingual | None, language: str) -> str:
    """What the campaign says in that language; empty where it says nothing in it."""
    return (said.en if language == "en" else said.vi) if said else ""


def opening(text: str) -> str:
    """At the beginning of a sentence."""
    return text[:1].upper() + text[1:]
