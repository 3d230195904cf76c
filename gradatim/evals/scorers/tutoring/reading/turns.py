"""How a dimension is scored: every turn of the tutor to which it applies gets a label, and they are averaged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gradatim.evals.scorers.score import Score, unscored
from gradatim.evals.scorers.tutoring.reading.dialogue import Dialogue, Turn, dialogue_of
from gradatim.evals.scorers.tutoring.reading.labels import VALUES, Dimension, Label, lenient, nearest
from gradatim.evals.scorers.tutoring.reading.truth import Truth, truth_of
from gradatim.evals.scorers.tutoring.reading.words import Words, words_for


@dataclass(frozen=True, slots=True)
class Scene:
    """A dialogue with what is known of it.

    Attributes:
        words: Of the language that the tutor speaks.
    """

    dialogue: Dialogue
    truth: Truth
    words: Words


@dataclass(frozen=True, slots=True)
class Found:
    """What is said of one turn.

    Attributes:
        label: `None` where nothing can be said.
        why: Why it is that, or why there is none.
        value: The label as a number, where it is another than `VALUES` gives: for a judge that was of two minds.
        more: What else is known of it, for `metadata`.
    """

    label: Label | None
    why: str
    value: float | None = None
    more: Mapping[str, Any] = field(default_factory=dict[str, Any])


Rule = Callable[[Scene, Turn], Found]


def scene_of(inputs: object, outputs: object, reference: object, *, any_language: bool = False) -> Scene | str:
    """The dialogue, its truth and its language, or why it cannot be read.

    Args:
        any_language: Read a dialogue in a language without a file of words as if it were English: for what needs none.
    """
    dialogue = dialogue_of(inputs, outputs)
    if isinstance(dialogue, str):
        return dialogue
    truth = truth_of(inputs, outputs, reference)
    known = words_for("\n".join(turn.text for turn in dialogue.tutor), truth.language)
    if known is None:
        if not any_language:
            return "the tutor's language is neither English nor Chinese, and words of others are not known here"
        known = words_for("")
    assert known is not None  # nothing written is read as English
    return Scene(dialogue, truth, known)


def score_dimension(
    dimension: Dimension,
    rule: Rule,
    inputs: Any,
    outputs: Any,
    reference: Any,
    *,
    needs_mistake: bool = False,
    prefix: str = "",
    latest: int | None = None,
) -> Score:
    """Score one dimension by a rule, turn by turn.

    Args:
        needs_mistake: It applies only while the learner's work is wrong.
        prefix: Of the key: of a judge's scores, which need neither a known language nor a known mistake.
        latest: How many turns of the tutor are judged, the last ones; all when not given.

    Returns:
        The mean of the labels' values, in [0, 1]. `metadata`: `labels` by turn, `label` (nearest to the mean), `exact`
        (share of `Yes`), `lenient` (share that is not `No`), `why` by turn; with people's labels also `reference` and
        whether they agree with the last turn's.
    """
    key = prefix + dimension
    scene = scene_of(inputs, outputs, reference, any_language=bool(prefix))
    if isinstance(scene, str):
        return unscored(key, scene)
    labels: dict[int, Label] = {}
    values: list[float] = []
    why: dict[int, str] = {}
    more: dict[str, Any] = {}
    left: list[str] = []
    for turn in scene.dialogue.tutor[-latest:] if latest else scene.dialogue.tutor:
        wrong = scene.truth.mistaken_at(scene.dialogue, turn)
        if needs_mistake and (wrong is False or (wrong is None and not prefix)):
            left.append(
                "the learner's work is right" if wrong is False
                else "nothing tells whether the learner's work is wrong: give reference.verdict"
            )  # fmt: skip
            continue
        found = rule(scene, turn)
        if found.label is None:
            left.append(found.why)
            continue
        labels[turn.number] = found.label
        values.append(VALUES[found.label] if found.value is None else found.value)
        if found.more:
            more[str(turn.number)] = dict(found.more)
        why[turn.number] = found.why
    if not labels:
        return unscored(key, left[-1] if left else "there is no turn to judge")
    value = sum(values) / len(values)
    metadata: dict[str, Any] = {
        "label": nearest(value),
        "labels": {str(number): label for number, label in labels.items()},
        "exact": sum(label == "Yes" for label in labels.values()) / len(labels),
        "lenient": sum(lenient(label) for label in labels.values()) / len(labels),
        "turns": len(labels),
        "why": {str(number): text for number, text in why.items()},
    }
    last = scene.dialogue.tutor[-1].number
    metadata |= _compared(scene.truth.labels, dimension, labels.get(last))
    if more:
        metadata["judged"] = more
    if scene.dialogue.cut:
        metadata["cut"] = True
    comment = why[max(why)] if len(labels) == 1 else f"{_counted(labels)}; last: {why[max(why)]}"
    return {"key": key, "score": value, "comment": comment, "metadata": metadata}


def _compared(people: Mapping[Dimension, Label], dimension: Dimension, label: Label | None) -> dict[str, Any]:
    theirs = people.get(dimension)
    if theirs is None:
        return {}
    found: dict[str, Any] = {"reference": theirs}
    if label is not None:
        found |= {
            "machine": VALUES[label],
            "people": VALUES[theirs],
            "agrees": label == theirs,
            "agrees_leniently": lenient(label) == lenient(theirs),
        }
    return found


def _counted(labels: Mapping[int, Label]) -> str:
    values = list(labels.values())
    return ", ".join(f"{values.count(label)}× {label}" for label in VALUES if label in values)
