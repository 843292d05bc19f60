"""Weighing evidence: a logistic model whose weights were learnt from questions, never set by hand.

``learnt.json`` beside this file holds the weights and the threshold; ``dondoc calibrate`` writes it.
The figures that are weighed know nothing of any campaign, so the weights serve the next one too.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("learnt.json")


@dataclass(frozen=True)
class Confidence:
    """Weights of the figures, and the confidence from which on an answer is given."""

    weights: Mapping[str, float]
    bias: float
    threshold: float
    threshold_of_sentences: float = 1.0
    """For bare sentences of clauses, where a campaign has no fact."""
    margin: float = 0.0
    """Two facts of different clauses nearer to each other than this are offered as a choice."""

    def of(self, evidence: Mapping[str, float]) -> float:
        """How sure it is that a fact answers, from 0 to 1."""
        return _squashed(self.bias + sum(self.weights.get(name, 0.0) * value for name, value in evidence.items()))


def _squashed(value: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, value))))


@cache
def learnt_confidence() -> Confidence:
    """The learnt model."""
    return from_json(FILE.read_text(encoding="utf-8"))


def from_json(text: str) -> Confidence:
    """A model of confidence as it is kept."""
    kept = json.loads(text)
    return Confidence(kept["weights"], kept["bias"], kept["threshold"], kept["threshold_of_sentences"], kept["margin"])


def to_json(found: Confidence) -> str:
    """A model to be kept: figures rounded, so that the file changes only where the model does."""
    weights = {name: round(weight, 3) for name, weight in sorted(found.weights.items())}
    kept = {
        "threshold": round(found.threshold, 3), "threshold_of_sentences": round(found.threshold_of_sentences, 3),
        "margin": round(found.margin, 3), "bias": round(found.bias, 3), "weights": weights,
    }  # fmt: skip
    return json.dumps(kept, indent=2, ensure_ascii=False) + "\n"


def learn(examples: Sequence[tuple[Mapping[str, float], bool, float]], rounds: int = 300, ridge: float = 0.002) -> Confidence:
    """Fit a model to (evidence, does it answer, weight of the example) by gradient descent with momentum.

    Deterministic: starts from nothing, and sees all examples in each round. The threshold is left at a half.
    """
    names = sorted({name for evidence, _, _ in examples for name in evidence})
    rows = [[evidence.get(name, 0.0) for name in names] + [1.0] for evidence, _, _ in examples]
    truths = [(1.0 if truth else 0.0, weight) for _, truth, weight in examples]
    total = sum(weight for _, weight in truths) or 1.0
    weights, speed, step = [0.0] * (len(names) + 1), [0.0] * (len(names) + 1), 4.0
    for _ in range(rounds):
        slope = [ridge * weight for weight in weights]
        slope[-1] = 0.0
        for row, (truth, share) in zip(rows, truths, strict=True):
            off = (_squashed(sum(w * x for w, x in zip(weights, row, strict=True))) - truth) * share / total
            for at, x in enumerate(row):
                slope[at] += off * x
        speed = [0.9 * v - step * s for v, s in zip(speed, slope, strict=True)]
        weights = [w + v for w, v in zip(weights, speed, strict=True)]
    return Confidence(dict(zip(names, weights[:-1], strict=True)), weights[-1], 0.5)
