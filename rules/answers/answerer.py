"""Answering a question about the dispatch: a fact with its clause, or an honest silence.

The fact with the strongest evidence answers, if it gives what is asked for and the evidence reaches
the learnt threshold. Two that come equally near are offered as a choice. A question that names
nothing ("thế hạn là khi nào") is about what was talked of before. Before all that comes the department: a
question that it has published a reply to gets that reply, whenever it is asked again word for word.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from rules.answers.confidence import Confidence, learnt_confidence
from rules.answers.evidence import Candidate, Weigher
from rules.answers.facts import FRAME, Sentences, guidance, is_sentence, told_facts
from rules.campaign.model import Campaign, Fact, Meaning, Obligation
from rules.documents.parts import Bilingual
from rules.text.lexicon import Lexicon, OwnWords, lexicon_of, tokens_of
from rules.text.vietnamese import fold, same_question, same_words
from rules.understanding.offices import Offices
from rules.understanding.question import Question, is_given, understand
from rules.understanding.reading import Reader

DAYS = frozenset({"date", "due", "when"})
"""Kinds that ask for a day."""
SHORT = 9
"""Words of the longest question that may lean on what was said before."""
OFFERED = 3
"""So many nearest clauses are named beside a silence."""
_FOLLOWS = ("con", "the", "vay", "thi sao", "what about", "and", "how about")
"""A question that begins or ends so goes on with the one before."""
_OTHER = ("cai kia", "viec kia", "nhiem vu kia", "muc kia", "the other", "cai con lai", "viec con lai")


_THIS = re.compile(
    r"\b(?:danh sach|viec|nhiem vu|bao cao|ho so|muc|cai|khoan|van ban|the|list|report|task) (?:nay|do|ay)\b|\b(?:this|that) (?:list|report|task|one)\b"
)


_CLAUSE = re.compile(r"\b(?:muc|diem|khoan|phan|clause|section|item) (\d+(?:\.\d+)*)\b")


_BY_CLAUSE = re.compile(
    r"\b(?:viec|muc|nhiem vu|bao cao|bc|diem|clause|item|section|task)(?: so| muc)? ([0-9]{1,2}\.[0-9]{1,2})(?![0-9.]| ?(?:ty|tr|trieu)\b)"
)
"""What is to be done, called by its clause; an amount reads much the same."""


@dataclass(frozen=True)
class Talk:
    """What a conversation is about: the clause and the kind of question last answered, and the clause before it."""

    clause: str = ""
    obligation: str = ""
    kinds: tuple[str, ...] = ()
    other: str = ""
    """The obligation talked of before, or the other one of a choice."""


NOTHING_BEFORE = Talk()


@dataclass(frozen=True)
class Published:
    """A question with the department's reply, published for everybody."""

    number: int
    question: str
    reply: str
    clause: str
    by: str
    day: date


@dataclass(frozen=True)
class Answer:
    """What the dispatch says. ``clauses`` best first; ``abstained`` when it says nothing.

    ``quote`` stands word for word in the first clause. ``said`` is the direct sentence. ``obligations``
    are those whose deadlines belong to the answer. ``choice`` holds the facts to choose from where
    several come equally near; ``guidance`` is the number of a published reply, 0 for the dispatch itself.
    """

    clauses: tuple[str, ...]
    quote: str
    score: float
    abstained: bool
    said: Bilingual | None = None
    obligations: tuple[str, ...] = ()
    fact: str = ""
    kinds: tuple[str, ...] = ()
    choice: tuple[Fact, ...] = field(default=(), repr=False)
    guidance: int = 0


class Answerer:
    """Answers for one campaign. What is searched is built with the first question; asking reads no file."""

    def __init__(self, campaign: Campaign, published: Sequence[Published] = (), learnt: Confidence | None = None) -> None:
        self._campaign = campaign
        self._directory = campaign.directory
        self._published = tuple(published)
        self._learnt = learnt

    @property
    def published(self) -> tuple[Published, ...]:
        """The department's replies that are searched too."""
        return self._published

    @cached_property
    def _confidence(self) -> Confidence:
        return self._learnt or learnt_confidence()

    @cached_property
    def _lexicon(self) -> Lexicon:
        words = self._campaign.words
        return lexicon_of(
            OwnWords(
                self._subjects(), _by_name(words.abbreviations), _by_name(words.asks), _by_name(words.counted),
                _by_name(words.counted_english), _by_name(words.counts),
            )
        )  # fmt: skip

    def _subjects(self) -> dict[str, tuple[str, ...]]:
        """The campaign's subjects; each office is one too, by its slug."""
        offices = {unit.slug: (unit.name.vi, unit.name.en, unit.short, *unit.aliases) for unit in self._directory.offices}
        return {**(_by_name(self._campaign.words.subjects) or self._duties()), **offices}

    def _duties(self) -> dict[str, tuple[str, ...]]:
        """What a dispatch speaks of where nobody wrote down its subjects: its duties, by all their names."""
        named = {o.slug: (o.title.vi, o.title.en, o.short.vi, o.short.en, *o.words) for o in self._campaign.obligations}
        return {slug: tuple(name for name in names if name) for slug, names in named.items()}

    @cached_property
    def _offices(self) -> Offices:
        offices = self._directory.offices
        named = [(name, unit.slug) for unit in offices for name in (unit.name.vi, unit.name.en, *unit.aliases)]
        return Offices(named, [unit.short for unit in self._directory.alike])

    @cached_property
    def reader(self) -> Reader:
        """Reads what people type, knowing the campaign's words."""
        texts = [text for fact in self._campaign.facts for text in fact.ask]
        texts += [text for gap in self._campaign.gaps for text in gap.ask]
        texts += [text for clause in self._campaign.clauses for text in (clause.text, clause.lead)]
        texts += [text for o in self._campaign.obligations for text in (*o.words, o.title.vi, o.title.en)]
        texts += [text for unit in self._directory.units for text in (unit.name.vi, unit.name.en, *unit.aliases)]
        texts += [published.question for published in self._published]
        return Reader(self._lexicon, texts)

    @cached_property
    def weigher(self) -> Weigher:
        """Takes the evidence."""
        lexicon, offices = self._lexicon, self._offices
        asked = [(p, understand(tokens_of(p.question), lexicon, offices)) for p in self._published]
        replies = [guidance(p.number, p.question, p.reply, p.clause, q.kinds, q.subjects) for p, q in asked]
        facts = (*told_facts(self._campaign), *replies)
        return Weigher(
            self._campaign, facts, Sentences(self._campaign), lexicon.phrases, lambda tokens: understand(tokens, lexicon, offices)
        )

    @cached_property
    def _word_for_word(self) -> dict[str, int]:
        """The numbers of published replies by their questions; of several to the same one the latest reply."""
        latest_last = sorted(self._published, key=lambda published: (published.day, published.number))
        found = {same_question(published.question): published.number for published in latest_last}
        found.pop("", None)
        return found

    def is_published(self, text: str) -> bool:
        """Whether the department has published a reply to this very question."""
        return same_question(text) in self._word_for_word

    def _published_reply(self, text: str) -> Answer | None:
        """The published reply to a question that is asked again word for word."""
        number = self._word_for_word.get(same_question(text))
        if number is None:
            return None
        fact = next(fact for fact in self.weigher.facts if fact.guidance == number)
        return _answer_with(fact, 1.0, self.understand(text), fact.also, ())

    def understand(self, text: str) -> Question:
        """What a question asks for."""
        return understand(self.reader.read(text), self._lexicon, self._offices)

    def ranked(self, question: Question) -> list[tuple[float, Candidate]]:
        """The facts that may answer with their confidence, best first."""
        found = [(self._confidence.of(c.evidence), c) for c in self.weigher.candidates(question)]
        return sorted(found, key=lambda item: -item[0])

    def answer(self, text: str, talk: Talk = NOTHING_BEFORE, chosen: str = "") -> Answer:
        """The best answer to a question in anybody's words.

        ``talk`` is what was talked of before. ``chosen`` is the fact that somebody else chose among
        those retrieved ("none": that none answers); it counts only if it may answer.
        """
        published = self._published_reply(text)
        if published:
            return published
        question = self.understand(text)
        going_on = self._going_on(text, question, talk)
        if going_on:
            return going_on
        told = self._clause_named(text, question) or self._due_on_a_day(question)
        if told:
            return told
        if self._asks_every_deadline(question):
            dated = self._campaign.dated()
            slugs = tuple(o.slug for o in dated)
            return Answer(tuple(o.clause for o in dated), "", 1.0, abstained=False, obligations=slugs, kinds=("date",))
        ranked = self.ranked(question)
        if ranked and ranked[0][1].fact.guidance:
            chosen = ""  # the department itself has answered
        if chosen:
            ranked = [item for item in ranked if item[1].fact.id == chosen] or ([] if chosen == "none" else ranked)
        if not ranked or (ranked[0][0] < self._needed(ranked[0][1].fact) and not chosen):
            return self._silent(question, ranked[0][0] if ranked else 0.0)
        rivals = self._rivals(ranked) if not chosen else ()
        return self._answer_of(ranked, question, rivals)

    def _needed(self, fact: Fact) -> float:
        return self._confidence.threshold_of_sentences if is_sentence(fact) else self._confidence.threshold

    def _clause_named(self, text: str, question: Question) -> Answer | None:
        """The clause itself, where it is asked for by its number and for nothing that needs a fact: "mục 1.5 nói gì"."""
        named = _CLAUSE.search(same_words(text))
        if not named or not self._campaign.has_clause(named[1]) or question.strict:
            return None
        resting = tuple(o.slug for o in self._campaign.dated() if o.clause == named[1])
        quote = self._campaign.clause(named[1]).text
        return Answer((named[1],), quote, 1.0, abstained=False, obligations=resting, kinds=tuple(sorted(question.kinds)))

    def _due_on_a_day(self, question: Question) -> Answer | None:
        """What is due on a day that is named, where nothing else is: "30/6 nộp gì" follows from the calendar."""
        due = [
            o
            for o in self._campaign.dated()
            if o.deadline and f"{o.deadline.date.day}/{o.deadline.date.month}" in question.numbers
        ]
        telling = question.subjects - self.weigher.general - self.weigher.of_frame
        if not due or telling or question.acting or question.strict - {*DAYS, "document"}:
            return None
        if any(year != str(o.deadline.date.year) for year, _ in question.years for o in due if o.deadline):
            return None
        facts = [next((f for f in self.weigher.facts if f.obligation == o.slug and "date" in f.gives), None) for o in due]
        if len(due) == 1 and facts[0]:
            return _answer_with(facts[0], 1.0, question, (), ())
        slugs = tuple(o.slug for o in due)
        return Answer(tuple(o.clause for o in due), "", 1.0, abstained=False, obligations=slugs, kinds=("date",))

    def _asks_every_deadline(self, question: Question) -> bool:
        """A date is asked for, and nothing is named: "hạn nộp là khi nào"."""
        plain = all(segment.label for segment in question.segments)
        return bool(question.strict) and question.strict <= DAYS and plain and not self._named(question)

    def _rivals(self, ranked: Sequence[tuple[float, Candidate]]) -> tuple[Fact, ...]:
        """The best facts of two clauses, where they come nearly equally near."""
        score, best = ranked[0]
        for other_score, other in ranked[1:]:
            if other.fact.clause != best.fact.clause:
                plain = not best.fact.obligations and not other.fact.obligations
                near = plain and score - other_score < self._confidence.margin and other_score >= self._needed(other.fact)
                distinct = {best.fact.clause, *best.fact.also}.isdisjoint({other.fact.clause, *other.fact.also})
                return (best.fact, other.fact) if near and distinct else ()
        return ()

    def _answer_of(self, ranked: Sequence[tuple[float, Candidate]], question: Question, rivals: tuple[Fact, ...]) -> Answer:
        fact = ranked[0][1].fact
        others = (*(other.clause for other in rivals[1:]), *fact.also, *(c.fact.clause for _, c in ranked))
        return _answer_with(fact, ranked[0][0], question, others, rivals)

    def _silent(self, question: Question, score: float) -> Answer:
        """Nothing is said; clauses that come near are named, the frame of the letter never is."""
        near = [clause for clause in self.weigher.nearest_clauses(question) if clause and clause not in FRAME]
        return Answer(tuple(near[:OFFERED]), "", score, abstained=True, kinds=tuple(sorted(question.kinds)))

    # ------------------------------------------------ what was said before

    def _going_on(self, text: str, question: Question, talk: Talk) -> Answer | None:
        """An answer about what was talked of before, where the question itself names nothing; or None."""
        words = same_words(text)
        if len(words.split()) > SHORT or not (talk.clause or talk.obligation):
            return None
        if talk.other and any(phrase in words for phrase in _OTHER):
            return self._about(replace(question, kinds=question.kinds | set(talk.kinds)), talk.other, "")
        named = self._named(question) and not _points_back(words)
        if named:
            follows = any(words.startswith(f"{phrase} ") or words.endswith(f" {phrase}") for phrase in _FOLLOWS)
            if follows and not question.strict and talk.kinds and not self._own(question):
                return self._same_of_another(question, talk)
            return None
        if not question.strict and not question.kinds & {"items", "duty"}:
            return None
        return self._about(question, talk.obligation, talk.clause)

    def _named(self, question: Question) -> bool:
        """Whether a question names a subject that tells tasks apart."""
        return bool(question.subjects - self.weigher.general or question.numbers or question.years or question.acting)

    def _own(self, question: Question) -> bool:
        """Whether a question asks for something by itself, more than "thì sao"."""
        return bool(question.kinds - {"duty", "may"})

    def _same_of_another(self, question: Question, talk: Talk) -> Answer | None:
        """ "Còn thu hồi thì sao": what was asked before, of another subject."""
        asked = replace(question, kinds=frozenset(talk.kinds))
        ranked = self.ranked(asked)
        return self._answer_of(ranked, asked, ()) if ranked else None

    def _about(self, question: Question, obligation: str, clause: str) -> Answer | None:
        """The fact of that obligation or clause that gives what is asked; silence where none does."""
        facts = [
            fact for fact in self.weigher.facts
            if (obligation and fact.obligation == obligation) or (not obligation and fact.clause == clause)
        ]  # fmt: skip
        asked = question.strict or question.kinds
        fitting = [fact for fact in facts if self.weigher.may_answer(fact, question, named=False)]
        if not facts or (not fitting and not question.kinds & DAYS):
            return None
        if not fitting:
            return Answer((facts[0].clause,), "", 0.0, abstained=True, kinds=tuple(sorted(question.kinds)))
        best = max(fitting, key=lambda fact: sum(is_given(kind, fact.gives[:1]) for kind in asked))
        return _answer_with(best, 1.0, question, best.also, ())

    def answer_with(self, fact_id: str) -> Answer | None:
        """What that fact says; None where there is none."""
        fact = next((fact for fact in self.weigher.facts if fact.id == fact_id), None)
        return _answer_with(fact, 1.0, None, fact.also, ()) if fact else None

    def obligation_named(self, text: str) -> Obligation | None:
        """The obligation that a sentence names by one of its words; the longest name wins."""
        meant = " ".join(token.folded for token in self.reader.read(text))
        folded = f" {meant} {same_words(text)} "
        found = [
            (len(same_words(word)), obligation)
            for obligation in self._campaign.obligations
            for word in obligation.words
            if f" {same_words(word)} " in folded
        ]
        return max(found, key=lambda item: item[0])[1] if found else self._of_clause(text)

    def _of_clause(self, text: str) -> Obligation | None:
        """The one that "việc 1.2" or "mục 1.2" names by its clause; two of one clause are none."""
        numbers = set(_BY_CLAUSE.findall(fold(text)))
        named = [obligation for obligation in self._campaign.obligations if obligation.clause in numbers]
        return named[0] if len(named) == 1 else None


def _by_name(meanings: Sequence[Meaning]) -> dict[str, tuple[str, ...]]:
    return {meaning.name: meaning.words for meaning in meanings}


def _points_back(words: str) -> bool:
    """ "Danh sách này", "việc đó": what was talked of is meant, whatever it is called."""
    return bool(_THIS.search(words))


def _answer_with(fact: Fact, score: float, question: Question | None, others: Sequence[str], choice: tuple[Fact, ...]) -> Answer:
    clauses = tuple(dict.fromkeys(clause for clause in (fact.clause, *others) if clause))
    obligations = fact.obligations or ((fact.obligation,) if fact.obligation else ())
    return Answer(
        clauses, fact.quote, score, abstained=False, said=None if is_sentence(fact) else fact.answer, obligations=obligations,
        fact=fact.id, kinds=tuple(sorted(question.kinds)) if question else fact.gives[:1], choice=choice, guidance=fact.guidance,
    )  # fmt: skip
