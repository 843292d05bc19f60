"""How fast answers are at 5,000 clauses: ``python -m benchmarks.answers``. Exits 1 below the bars.

The corpus is made up: sentences drawn with a fixed seed from the words of the first dispatch and from made-up words, so
that common words are in thousands of clauses, as in real law. The questions are the real bank's.
"""

import random
import statistics
import sys
import time
from pathlib import Path

from bot.loading import load_folders
from rules.answers.answerer import Answerer
from rules.campaign.model import Campaign, Clause
from rules.workbench.measuring import read_cases

ROOT = Path(__file__).resolve().parents[1]
CLAUSES = 5000
WORDS_A_CLAUSE = 60
BUILD_BAR, MEDIAN_BAR = 3.0, 0.005


def corpus(campaign: Campaign, size: int) -> Campaign:
    """The campaign with so many made-up clauses beside its own."""
    chance = random.Random(2022)
    own = [word for clause in campaign.clauses for word in clause.text.split()]
    made = ["".join(chance.choice(("ba", "co", "de", "gi", "hu", "la", "mo", "nu")) for _ in range(2)) for _ in range(3000)]
    clauses = list(campaign.clauses)
    for number in range(size - len(clauses)):
        words = [chance.choice(own) if chance.random() < 0.7 else chance.choice(made) for _ in range(WORDS_A_CLAUSE)]
        text = " ".join(words[: WORDS_A_CLAUSE // 2]) + ". " + " ".join(words[WORDS_A_CLAUSE // 2 :]).capitalize() + "."
        clauses.append(Clause(id=f"x.{number}", text=text))
    return Campaign.model_validate({**dict(campaign), "clauses": tuple(clauses)})


def timed(campaign: Campaign, questions: list[str], name: str) -> bool:
    """Build, ask everything, print; whether both bars hold."""
    began = time.perf_counter()
    answerer = Answerer(campaign)
    answerer.answer("hạn")
    built = time.perf_counter() - began
    took = []
    for question in questions:
        began = time.perf_counter()
        answerer.answer(question)
        took.append(time.perf_counter() - began)
    median, slow = statistics.median(took), statistics.quantiles(took, n=20)[-1]
    print(f"{name}: built in {built:.2f} s; median {median * 1000:.2f} ms, 95 of 100 within {slow * 1000:.2f} ms")
    return built < BUILD_BAR and median < MEDIAN_BAR


def main() -> int:
    campaign = corpus(load_folders(ROOT / "campaigns" / "quang-nam-ocop-2022", ROOT / "provinces" / "quang-nam"), CLAUSES)
    bare = Campaign.model_validate({**dict(campaign), "facts": (), "gaps": ()})
    questions = [case.question for case in read_cases(ROOT / "tests" / "answers" / "bank.tsv")]
    print(
        f"{len(campaign.clauses)} clauses, {len(questions)} questions; bars: {BUILD_BAR:.0f} s, {MEDIAN_BAR * 1000:.0f} ms median"
    )
    good = timed(campaign, questions, "facts and sentences")
    return 0 if timed(bare, questions, "sentences alone") and good else 1


if __name__ == "__main__":
    sys.exit(main())
