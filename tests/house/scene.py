"""Two units with all that somebody could want to see or change, and everybody who might try: for the table of rights."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, update

from handlers.turn import Incoming
from rules.actions import RemovePerson, pack
from rules.campaign.deadlines import Extension
from rules.campaign.forms import SUMMARY, FormState
from rules.campaign.progress import Outcome
from rules.campaign.register import Product
from rules.people import Role
from storage import (
    assignments,
    conversations,
    extensions,
    files,
    groups,
    invites,
    join_requests,
    linking,
    people,
    questions,
    register,
    reminders,
    reports,
    spending,
    unreached,
)
from storage.extensions import Planned
from storage.reports import Draft
from storage.scope import Scope
from storage.tables import contact
from tests.made_files import PDF
from tests.stage import CAMPAIGN, Stage

NOW = datetime(2022, 7, 1, 9, 0, tzinfo=CAMPAIGN.directory.zone)
UNIT, OTHER = "dai-loc", "hoi-an"
BOUND, FREE = "-100", "-200"
"""Two groups: one bound to the alerts, one not."""


@dataclass(frozen=True)
class Part:
    """A column of the table: who, by which invite, and what the person is called. Some were removed again."""

    column: str
    name: str
    role: Role | None = None
    unit: str = ""
    removed: bool = False


CAST = (
    Part("stranger", "Khách Lạ"),
    Part("ex-officer", "Xuân Mai", Role.OFFICER, UNIT, removed=True),
    Part("ex-manager", "Hữu Thọ", Role.MANAGER, removed=True),
    Part("officer", "Lan Hương", Role.OFFICER, UNIT),
    Part("leader", "Bá Kiên", Role.LEADER, UNIT),
    Part("officer 2", "Thu Trang", Role.OFFICER, OTHER),
    Part("leader 2", "Đình Phúc", Role.LEADER, OTHER),
    Part("manager", "Minh Quân", Role.MANAGER),
    Part("admin", "Quốc Bảo", Role.ADMINISTRATOR),
)
COLUMNS = tuple(role.column for role in CAST)


def _scope(db: Connection) -> Scope:
    return Scope(db, CAMPAIGN)


class Scene:
    """The stage, set. ``names`` are what rows speak of, such as ``{submission}``; ``markers`` say whose a text is."""

    def __init__(self, folder: Path) -> None:
        self.stage = Stage(f"sqlite:///{folder}/rights.db", folder)
        self.stage.now = NOW
        self.person: dict[str, int] = {}
        self.contact: dict[str, int] = {}
        self.invite: dict[str, str] = {}
        self.names: dict[str, object] = {"unit": UNIT, "other_unit": OTHER}
        self.markers: dict[str, str] = {r"[✅🟡🔵🔴🟠🟢⚪❗] \d+ ": "all"}
        self.mate = 0
        self._enter()
        self.stage.writer.write(self._furnish)

    def of(self, column: str) -> dict[str, object]:
        """What a row's gaps stand for, for that person."""
        mine = {"me": self.person[column], "my_contact": self.contact[column], "my_invite": self.invite[column]}
        return {**self.names, **mine}

    def own(self, column: str) -> frozenset[str]:
        """Whose things are that person's own."""
        if column == "mate":
            return frozenset({column, UNIT})
        return frozenset({column, *(role.unit for role in CAST if role.column == column and role.unit and not role.removed)})

    def words(self, key: str) -> str:
        """A pattern for what the catalog says under a key; ``=text`` stands for itself."""
        text = key[1:] if key.startswith("=") else self.stage.library.languages.of("vi").tr(key)
        return re.sub(r"\\{\w+\\}", ".*", re.escape(text))

    # ------------------------------------------------------------ people

    def _enter(self) -> None:
        """Everybody joins by an invite; two are removed by the administrator."""
        for role in CAST:
            self.invite[role.column] = self.stage.invite(role.role, role.unit) if role.role else "0000000000"
            self._say(role, f"/start {self.invite[role.column]}" if role.role else "xin chào")
            with self.stage.engine.connect() as db:
                found = db.execute(select(contact).where(contact.c.address == role.column)).one()
            self.contact[role.column], self.person[role.column] = found.id, found.person_id or 0
            if role.unit and not role.removed:
                self.markers[role.name] = role.unit
        for role in CAST:
            if role.removed:
                self._say(CAST[-1], choice=pack(RemovePerson(self.person[role.column])))

    def _say(self, role: Part, text: str = "", choice: str = "") -> None:
        stage = self.stage
        stage.hear(Incoming("telegram", stage.next_update(), role.column, role.name, text, choice))

    # ------------------------------------------------------------ data

    def _furnish(self, db: Connection) -> None:
        for unit, who, tag in ((UNIT, "officer", ""), (OTHER, "officer 2", "other_")):
            self._report(db, unit, who, tag)
            self._drafts(db, unit, who, tag)
            self._ask(db, who, tag)
            self._rest(db, unit, who, tag)
        self._register(db)
        pick = self.stage.library.pick
        self.names["code"] = linking.create_code(db, self.person["officer"], NOW, pick)
        self.names |= {
            "removed": self.person["ex-officer"],
            "removed_code": linking.create_code(db, self.person["ex-officer"], NOW, pick),
        }
        self.names["wrong_code"] = "000000" if self.names["code"] != "000000" else "111111"
        for role in (Role.OFFICER, Role.MANAGER, Role.ADMINISTRATOR):
            place = UNIT if role is Role.OFFICER else ""
            self.names[f"{role.value}_invite"] = invites.create_invite(
                db, invites.Grant(role, place, ""), invites.By("test"), NOW, pick
            ).code
        self.names |= {f"{each.role.value}_handle": each.handle for each in invites.open_invites(db, NOW)}
        groups.bind(db, "telegram", BOUND, "Nhóm", self.person["manager"], NOW)
        self.names["group_handle"] = groups.handle(groups.bound(db)[0])
        spending.add(db, "zalo_oa", "2022-07", "billed", 77, 123456789)
        self.markers |= {
            r"123\.456\.789": "all",
            "Mưa lũ": UNIT,
            "20/7/2022": UNIT,
        }  # what is spent; what rows.py grants the unit
        unreached.note(db, self.person["leader"], "blocked", "telegram", NOW)
        stranger = self._keep(db, "stranger", "hợp tác xã Gió Núi hỏi một câu")
        questions.pass_on(_scope(db), stranger)
        self.names["strangers_question"] = stranger
        for name, state in (("request", join_requests.OPEN), ("decided_request", join_requests.REFUSED)):
            asking = join_requests.Asking(self.contact["stranger"], "Tấn Dũng", UNIT, "84905333444")
            self.names[name] = join_requests.add(db, asking, NOW).id
            if state == join_requests.REFUSED:
                join_requests.decide(db, int(str(self.names[name])), state, "Minh Quân", NOW)
        join_requests.mark_told(db, [int(str(self.names["request"]))], NOW)
        self.markers |= {"Tấn Dũng": "stranger", "0905 333 444": "stranger"}
        for column in self.people().values():
            phone = f"8490511100{self.person[column]}"
            people.set_phone(db, self.person[column], phone)
            self.markers[f"0{phone[2:5]} {phone[5:8]} {phone[8:]}"] = column

    def _register(self, db: Connection) -> None:
        """A register that is in force, and one that waits for a yes."""
        products = [
            Product(0, unit, f"Chè dây {unit}", "HTX Sơn Trà", 3, "12/QĐ-UBND", date(2019, 1, 2)) for unit in (UNIT, OTHER)
        ]
        for product in products:
            self.markers[product.product] = product.unit
        register.take(db, register.bring(db, products, self.person["manager"], "Minh Quân", NOW), NOW)
        self.names["loading"] = register.bring(db, products[:1], self.person["manager"], "Minh Quân", NOW)

    def _report(self, db: Connection, unit: str, who: str, tag: str) -> None:
        """What the unit reported about its money, with a file."""
        amount = 1_234_567_001 if unit == UNIT else 7_654_321_002
        stored = self.stage.library.files.put(PDF + unit.encode(), f"so-lieu-{unit}.pdf")
        files.record_file(db, stored, self.person[who], NOW)
        ref = {"hash": stored.hash, "name": stored.name, "type": stored.type, "size": stored.size}
        answers = {"allocated": amount, "plan_made": True, "give_back": amount - 1_000_000_000, "file": ref}
        report = reports.Report(unit, "unspent-funds", Outcome.SUBMITTED, answers)
        kept = reports.submit(_scope(db), report, reports.By(self.person[who], self._named(who)), NOW, self.stage.library.pick)
        self.names |= {f"{tag}submission": kept.id, f"{tag}receipt": kept.receipt}
        money = [f"{value:,}".replace(",", r"\.") for value in (amount, amount - 1_000_000_000)]
        self.markers |= dict.fromkeys((*money, kept.receipt, stored.name, stored.hash), unit)

    def _drafts(self, db: Connection, unit: str, who: str, tag: str) -> None:
        """Half-filled forms, each at another kind of place."""
        product = "Mắm Cửa Khe" if unit == UNIT else "Bánh Phố Hội"
        self.markers[product] = unit
        row: dict[str, Any] = {
            "product": product,
            "producer": "HTX",
            "stars": "3",
            "decision": "12/QĐ-UBND",
            "decision_date": "2019-01-02",
        }
        change: dict[str, Any] = {"product": product, "producer": "HTX", "change": "change", "detail": product}
        sent: dict[str, Any] = {"document_number": None, "file": None}
        places = {
            "summary": ("list-corrections", FormState(SUMMARY, {"products": (change,), **sent})),
            "list": ("withdrawal", FormState("products", {"products": ({**row, "reason": "violation", "evidence": None},)})),
            "choice": ("re-recognition", FormState("products", {"products": ()}, row, "dossier_ready")),
            "optional": ("training", FormState("file", {"note": product})),
            "odd": ("unspent-funds", FormState(SUMMARY, {"allocated": 0, "plan_made": True, "give_back": 0, **sent})),
            "words": ("inspection", FormState("note", {})),
        }
        for place, (slug, state) in places.items():
            made = self._draft(db, unit, slug, state, who)
            self.names |= {f"{tag}{place}_draft": made.id, f"{tag}{place}_seq": made.seq}

    def _draft(self, db: Connection, unit: str, slug: str, state: FormState, who: str) -> Draft:
        return reports.begin_draft(_scope(db), unit, slug, state.to_json(), reports.By(self.person[who], self._named(who)), NOW)

    def _ask(self, db: Connection, who: str, tag: str) -> None:
        """Questions of that officer in every state."""
        for state in ("open", "passed", "replied", "published"):
            text, reply = f"chuyện {state} của {who} ra sao", f"trả lời {state} cho {who}"
            kept = self._keep(db, who, text)
            self.names[f"{tag}{state}_question"] = kept
            if state == "passed":
                questions.pass_on(_scope(db), kept)
            if state in ("replied", "published"):
                questions.reply(_scope(db), kept, reply, "Minh Quân", NOW)
            if state == "published":
                questions.publish(_scope(db), kept, "", NOW)
            self.markers |= {text: who} if state == "published" else {text: who, reply: who}

    def _keep(self, db: Connection, who: str, text: str) -> int:
        person_id, name = self.person[who] or None, self._named(who)
        self.markers[text] = who
        return questions.keep_question(
            _scope(db), questions.NewQuestion(self.contact[who], person_id, name, text, "", "1.6", 0.1, who != "stranger"), NOW
        )

    def _rest(self, db: Connection, unit: str, who: str, tag: str) -> None:
        """A later day, a reminder seen, another channel, and who the people are."""
        reason, day = ("sạt lở đèo", date(2022, 8, 11)) if unit == UNIT else ("ngập phố cổ", date(2022, 8, 12))
        reports.extend(_scope(db), Extension(unit, "unspent-funds", day, reason, "Minh Quân"), NOW)
        self.markers |= {reason: unit, f"{day.day}/{day.month}/2022": unit}
        reminders.acknowledge(_scope(db), self.person[who], unit, ["re-recognition"], NOW)
        self._time(db, unit, who, tag)
        second = conversations.record_contact(db, "zalo_bot", f"{who} elsewhere", self._named(who), NOW)
        linking.link(db, second, self.person[who], NOW)
        db.execute(update(contact).where(contact.c.id == self.contact[who]).values(last_seen_at=NOW.replace(hour=10)))
        leader = "leader" if who == "officer" else "leader 2"
        if not tag:
            self._colleague(db)
        self.names |= {
            f"{tag}contact": second, f"{tag}officer": self.person[who], f"{tag}leader": self.person[leader],
        }  # fmt: skip

    def _time(self, db: Connection, unit: str, who: str, tag: str) -> None:
        """Requests for a later day, one sent and one not; and what a manager makes of such."""
        scope, by = _scope(db), reports.By(self.person[who], self._named(who))
        day, why = (date(2022, 8, 15), "cầu Giao Thủy hỏng") if unit == UNIT else (date(2022, 8, 16), "triều cường dâng")
        for slug, sends in (("re-recognition", True), ("list-corrections", False)):
            made = extensions.begin_request(scope, unit, Planned(slug, (), day, why), by, NOW)
            self.names[f"{tag}{'open' if sends else 'draft'}_request"] = made.id
            if sends:
                extensions.mark_told(scope, [extensions.send(scope, made, NOW)], NOW)
        self.markers[why] = unit
        minh = reports.By(self.person["manager"], "Minh Quân")
        plan = extensions.begin_plan(scope, Planned("withdrawal", (unit,), date(2022, 8, 19), "họp lại"), minh, NOW)
        extensions.remember_before(scope, plan)
        granted = extensions.begin_plan(scope, Planned("list-corrections", (unit,), date(2022, 8, 19), "họp lại"), minh, NOW)
        extensions.remember_before(scope, granted)
        extensions.grant(scope, granted, minh, NOW)
        self.names |= {f"{tag}plan": plan.id, f"{tag}granted_plan": granted.id}

    def _colleague(self, db: Connection) -> None:
        """Somebody else of the unit, who has a duty in hand."""
        there = conversations.record_contact(db, "telegram", "mate", "Ngọc Anh", NOW)
        invited = invites.Invite(role=Role.OFFICER, unit=UNIT, name="", expires_at=NOW, phone="")
        mate = people.join(db, there, invited, "Ngọc Anh", "vi", NOW)
        assignments.give(_scope(db), UNIT, ["re-recognition"], mate.id, self.person["officer"], NOW)
        self.names["mate"], self.mate = mate.id, there
        self.markers["Ngọc Anh"] = UNIT

    def _named(self, column: str) -> str:
        return next(role.name for role in CAST if role.column == column)

    # ------------------------------------------------------------ whose a row is

    def people(self) -> dict[int, str]:
        """Columns by person."""
        return {found: column for column, found in self.person.items() if found}

    def contacts(self) -> dict[int, str]:
        """Columns by contact, other channels included."""
        second = {int(str(self.names["contact"])): "officer", int(str(self.names["other_contact"])): "officer 2"}
        return {found: column for column, found in self.contact.items()} | second | {self.mate: "mate"}
