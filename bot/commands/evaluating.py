"""``dondoc eval`` and ``dondoc calibrate``: how good the answers are, and the weights learnt from questions."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.commands.asking import Desk
from bot.commands.shared import names_a_file, print_json, tr
from bot.loading import load_campaign
from bot.settings import Settings
from rules.answers.confidence import FILE, to_json
from rules.campaign.model import Campaign
from rules.workbench.calibrating import calibrate
from rules.workbench.measuring import Bm25, Case, Given, Measured, best_threshold, measure, read_cases

MOST_CONFUSED = 12


def evaluate(settings: Settings, file: Path, half: str, compare: bool, missed: bool, as_json: bool) -> None:
    """Print how the questions of a file were answered; with ``compare`` beside plain BM25."""
    cases = [case for case in read_cases(file) if half in ("", case.half)]
    desk = Desk(settings)
    desk.render(cases[0].question if cases else "hạn")  # the index is built before the clock runs
    found = {"ours": measure(cases, _asker(desk))}
    if compare:
        found["bm25"] = measure(cases, _plain(desk.campaign, cases))
    if as_json:
        print_json({name: _as_json(measured) for name, measured in found.items()})
        return
    console = Console()
    for name, measured in found.items():
        console.print(_table(name, measured))
    if missed:
        for case, given in found["ours"].missed:
            expected = " ".join(sorted(case.clauses)) or "-"
            said = tr("cli.eval.silence") if given.abstained else " ".join(given.clauses[:2])
            print(f"{case.kind}\t{case.question}\t{expected}\t{said}")


def _asker(desk: Desk) -> Callable[[str], Given]:
    def ask(question: str) -> Given:
        begun = time.perf_counter()
        rendered = desk.render(question)
        answer = rendered.answer
        return Given(answer.clauses, answer.abstained, rendered.text, time.perf_counter() - begun)

    return ask


def _plain(campaign: Campaign, cases: Sequence[Case]) -> Callable[[str], Given]:
    """BM25 over the clauses, answering above the threshold that serves it best on these very questions."""
    texts = {clause.id: f"{clause.lead} {clause.text}" for clause in campaign.clauses}
    index = Bm25(texts)
    level = best_threshold([(case, *index.ranked(case.question)[0]) for case in cases])

    def ask(question: str) -> Given:
        begun = time.perf_counter()
        ranked = index.ranked(question)
        score, name = ranked[0]
        clauses = tuple(clause for _, clause in ranked)
        return Given(clauses, score < level, texts[name], time.perf_counter() - begun)

    return ask


def _as_json(measured: Measured) -> dict[str, Any]:
    return {
        "right_first": round(measured.right_first, 4),
        "false_silences": round(measured.false_silences, 4),
        "false_answers": round(measured.false_answers, 4),
        "median_ms": round(measured.median_ms, 3),
        "kinds": {kind: vars(tally) for kind, tally in sorted(measured.kinds.items())},
        "confused": [{"expected": a, "given": b, "times": n} for (a, b), n in measured.confused.most_common(MOST_CONFUSED)],
    }


def _table(name: str, measured: Measured) -> Table:
    title = tr(
        "cli.eval.title", name=name, right=f"{measured.right_first:.1%}", silences=f"{measured.false_silences:.1%}",
        answers=f"{measured.false_answers:.1%}", ms=f"{measured.median_ms:.2f}",
    )  # fmt: skip
    columns = (tr("cli.eval.kind"), tr("cli.eval.asked"), tr("cli.eval.right"), tr("cli.eval.wrong"), tr("cli.eval.silent"))
    table = Table(*columns, title=title, title_justify="left")
    for kind, tally in sorted(measured.kinds.items()):
        table.add_row(kind, str(tally.asked), str(tally.right), str(tally.wrong), str(tally.silent))
    for (expected, given), times in measured.confused.most_common(MOST_CONFUSED):
        table.add_row(f"  {expected} → {given}", "", "", str(times), "")
    return table


def learn_from(settings: Settings, files: Sequence[Path], whole: Sequence[Path], out: Path | None) -> None:
    """Learn weights and thresholds from the tuning halves of ``files`` and from all of ``whole``; write them."""
    names_a_file(out or FILE)
    campaign = load_campaign(settings)
    cases = [case for file in files for case in read_cases(file) if case.half == "tuning"]
    cases += [case for file in whole for case in read_cases(file)]
    found = calibrate(campaign, cases)
    (out or FILE).write_text(to_json(found), encoding="utf-8")
    print(tr("cli.calibrate.done", file=out or FILE, threshold=f"{found.threshold:.2f}", questions=len(cases)))
