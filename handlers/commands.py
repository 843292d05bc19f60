"""Words after a slash, and the action that each asks for; in Vietnamese and in English."""

from collections.abc import Callable, Mapping

from rules import actions as a

COMMANDS: Mapping[str, Callable[[str], a.Action]] = {
    "start": a.Arrive,
    "help": lambda _: a.ShowHelp(), "trogiup": lambda _: a.ShowHelp(),
    "baocao": lambda _: a.ChooseDuty(), "report": lambda _: a.ChooseDuty(),
    "tiendo": lambda _: a.ShowStatus(), "status": lambda _: a.ShowStatus(),
    "han": lambda _: a.ShowDeadlines(), "deadlines": lambda _: a.ShowDeadlines(),
    "ngonngu": lambda _: a.ChooseLanguage(), "language": lambda _: a.ChooseLanguage(),
    "huy": lambda _: a.Cancel(), "cancel": lambda _: a.Cancel(),
    "nhac": lambda rest: a.NameNudge(rest) if rest else a.ChooseNudge(),
    "nudge": lambda rest: a.NameNudge(rest) if rest else a.ChooseNudge(),
    "giahan": lambda rest: a.ExtendInWords(rest) if rest else a.ChooseExtension(),
    "extend": lambda rest: a.ExtendInWords(rest) if rest else a.ChooseExtension(),
    "xinluihan": lambda rest: a.AskForTimeInWords(rest) if rest else a.AskForTime(),
    "moretime": lambda rest: a.AskForTimeInWords(rest) if rest else a.AskForTime(),
    "moi": lambda _: a.ChooseInvite(), "invite": lambda _: a.ChooseInvite(),
    "loimoi": lambda _: a.ShowInvites(), "invites": lambda _: a.ShowInvites(),
    "thamgia": lambda _: a.AskToJoin(), "join": lambda _: a.AskToJoin(),
    "denghi": lambda _: a.ShowRequests(), "requests": lambda _: a.ShowRequests(),
    "quyen": lambda _: a.ShowAccess(), "access": lambda _: a.ShowAccess(),
    "nguoi": lambda _: a.ShowPeople(), "people": lambda _: a.ShowPeople(),
    "cauhoi": lambda _: a.ShowQuestions(), "questions": lambda _: a.ShowQuestions(),
    "bienlai": a.ShowReceipt, "receipt": a.ShowReceipt,
    "ganthongbao": lambda _: a.BindGroup(), "bind": lambda _: a.BindGroup(),
    "bothongbao": lambda _: a.UnbindGroup(), "unbind": lambda _: a.UnbindGroup(),
    "tatthongbao": lambda _: a.Mute(), "mute": lambda _: a.Mute(),
    "batthongbao": lambda _: a.Unmute(), "unmute": lambda _: a.Unmute(),
    "roi": lambda _: a.AskToLeave(), "leave": lambda _: a.AskToLeave(),
    "dulieu": lambda _: a.ShowOwnData(), "mydata": lambda _: a.ShowOwnData(),
    "xoadulieu": lambda _: a.AskToForget(), "forgetme": lambda _: a.AskToForget(),
    "lienket": lambda rest: a.TypeLinkCode(rest) if rest else a.ShowLinking(),
    "link": lambda rest: a.TypeLinkCode(rest) if rest else a.ShowLinking(),
    "sodienthoai": lambda rest: a.SetPhone(rest) if rest else a.ShowPhone(),
    "phone": lambda rest: a.SetPhone(rest) if rest else a.ShowPhone(),
    "chiphi": lambda _: a.ShowCosts(), "cost": lambda _: a.ShowCosts(),
    "danhmuc": lambda rest: a.NameRegister(rest) if rest else a.ShowRegisters(),
    "register": lambda rest: a.NameRegister(rest) if rest else a.ShowRegisters(),
    "khonglienlac": lambda _: a.ShowUnreached(), "unreached": lambda _: a.ShowUnreached(),
}  # fmt: skip
"""What follows the word is handed in as typed."""
