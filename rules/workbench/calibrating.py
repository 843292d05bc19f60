"""Learning the weights and the thresholds from questions; nothing here is set by hand.

Examples come from the campaign's own questions, each left out while it is asked, and from the tuning
half of a question bank. The checking half is never looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from rules.answers.answerer import Answerer
from rules.answers.confidence import Confidence, learn
from rules.answers.evidence import Candidate
from rules.answers.facts import FRAME, told_facts
from rules.campaign.model import Campaign, Fact
from rules.workbench.measuring import Case

Example = tuple[Mapping[str, float], bool, float]
AGAINST = 0.35
"""The weight of an example of what does not answer; there are many more of them."""
OWN = 0.6
"""The weight of the campaign's own questions, which are nearer to each other than strangers' are."""
MOST_FALSE = 0.025
"""Of the unanswerable tuning questions, at most this share may be answered. Many of them were made to mislead;
at 0.015 a fresh batch of answerable questions got 79 in 100 right (benchmarks/README.md)."""
CLOSEST = 0.02
"""Of the tuning questions with two clauses above the threshold, the nearest pairs make up this share of all: they are offered as a choice."""


def calibrate(campaign: Campaign, cases: Sequence[Case]) -> Confidence:
    """The model learnt from the campaign's questions and those cases, with its thresholds."""
    answerer = Answerer(campaign)
    found = learn([*_own_examples(campaign, answerer), *_bank_examples(campaign, answerer, cases)])
    found = replace(found, threshold=_threshold(_outcomes(campaign, found, cases)))
    bare = campaign.model_copy(update={"facts": (), "gaps": campaign.gaps})
    found = replace(found, threshold_of_sentences=_threshold(_outcomes(bare, found, cases)))
    return replace(found, margin=_margin(campaign, found, cases))


def _own_examples(campaign: Campaign, answerer: Answerer) -> Iterator[Example]:
    weigher, document = answerer.weigher, 0
    sources: list[tuple[Fact | None, tuple[str, ...]]] = [(fact, fact.ask) for fact in told_facts(campaign)]
    for own, asks in [*sources, *((None, gap.ask) for gap in campaign.gaps)]:
        for ask in asks:
            question = answerer.understand(ask)
            for candidate in weigher.candidates(question, without=weigher.without(document)):
                fact = candidate.fact
                if own and fact.id != own.id and fact.clause == own.clause:
                    continue  # a sister of the same clause is neither right nor wrong
                right = own is not None and fact.id == own.id
                yield candidate.evidence, right, OWN * (1.0 if right else AGAINST)
            document += 1


def _bank_examples(campaign: Campaign, answerer: Answerer, cases: Sequence[Case]) -> Iterator[Example]:
    for case in cases:
        candidates = answerer.weigher.candidates(answerer.understand(case.question))
        right = [c for c in candidates if answers(campaign, c.fact, case)]
        best = max(right, key=lambda c: c.evidence["nearest"], default=None)
        for candidate in candidates:
            if candidate is best:
                yield candidate.evidence, True, 1.0
            elif candidate.fact.clause not in case.clauses:
                yield candidate.evidence, False, AGAINST


def answers(campaign: Campaign, fact: Fact, case: Case) -> bool:
    """Whether a fact answers a case: its clause is acceptable, and its words hold what they must."""
    if fact.clause not in case.clauses:
        return False
    days = [campaign.obligation(slug).deadline for slug in (fact.obligation, *fact.obligations) if slug]
    dates = [f"{day.date.day}/{day.date.month}/{day.date.year}" for day in days if day]
    text = " ".join((fact.answer.vi, fact.answer.en, fact.quote, *dates)).casefold()
    return all(part.casefold() in text for part in case.holds)


def _outcomes(campaign: Campaign, found: Confidence, cases: Sequence[Case]) -> list[tuple[float, bool, bool]]:
    """For each case: the confidence of the first fact, whether it is right, whether the case is answerable."""
    answerer, outcomes = Answerer(campaign, learnt=found), []
    for case in cases:
        ranked = answerer.ranked(answerer.understand(case.question))
        if campaign.facts == () and case.clauses & set(FRAME):
            continue  # the letter's frame is no rule, and is not cut into sentences
        score, fact = (ranked[0][0], ranked[0][1].fact) if ranked else (0.0, None)
        right = fact is not None and (fact.clause in case.clauses if campaign.facts == () else answers(campaign, fact, case))
        outcomes.append((score, right, bool(case.clauses)))
    return outcomes


def _threshold(outcomes: Sequence[tuple[float, bool, bool]]) -> float:
    """The lowest confidence that keeps false answers rare and, among those, serves the answerable ones best."""
    gaps = max(1, sum(not answerable for *_, answerable in outcomes))
    levels = [level / 100 for level in range(5, 100)]

    def false_answers(level: float) -> float:
        return sum(score >= level and not answerable for score, _, answerable in outcomes) / gaps

    def right(level: float) -> int:
        return sum(score >= level and is_right for score, is_right, _ in outcomes)

    allowed = [level for level in levels if false_answers(level) <= MOST_FALSE] or [levels[-1]]
    return max(allowed, key=lambda level: (right(level), -level))


def _margin(campaign: Campaign, found: Confidence, cases: Sequence[Case]) -> float:
    """How near a second clause may come before both are offered."""
    answerer = Answerer(campaign, learnt=found)
    answerable = [case for case in cases if case.clauses]
    gaps = []
    for case in answerable:
        ranked = answerer.ranked(answerer.understand(case.question))
        second = _second(ranked)
        if second is not None and second >= found.threshold:
            gaps.append(ranked[0][0] - second)
    closest = sorted(gaps)[: round(CLOSEST * len(answerable))]
    return closest[-1] if closest else 0.0


def _second(ranked: Sequence[tuple[float, Candidate]]) -> float | None:
    return next((score for score, c in ranked[1:] if c.fact.clause != ranked[0][1].fact.clause), None)
