"""A validation finds what a judge was made to do: agreement, kindness, biases of position and length, obedience."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from gradatim.errors import InputError, ModelError
from gradatim.evals.judging import (
    EvidenceJudge,
    Exchange,
    Judge,
    JudgeReport,
    Labelled,
    labelled_of,
    packaged_labelled,
    read_labelled,
    read_report,
    validate_judge,
)
from gradatim.evals.scorers.tutoring.reading import DIMENSIONS, LABELS, VALUES, Dimension, Label
from gradatim.evals.statistics import cohen_kappa
from gradatim.evals.traces import Trace
from gradatim.serving.scripted import ScriptedRequest
from gradatim.testing import scripted
from tests.evals.judging.replies import Table, constant, first_label, judge, knowing

PACKAGED = packaged_labelled()


def truth(dimension: Dimension, item: Labelled) -> Label:
    return item.labels[dimension]


def noisy(share: float) -> JudgeReport:
    """A judge that is wrong on a share of the labels, drawn once."""
    chance = random.Random(3)
    wrong = {(item.id, dimension): chance.random() < share for item in PACKAGED for dimension in DIMENSIONS}

    def answer(dimension: Dimension, item: Labelled) -> Label:
        label = item.labels[dimension]
        return LABELS[(LABELS.index(label) + 1) % 3] if wrong[item.id, dimension] else label

    return validate_judge(Table(answer), PACKAGED)


def test_the_packaged_set_is_broad() -> None:
    assert len(PACKAGED) >= 60
    assert {item.language for item in PACKAGED} == {"en", "zh"}
    assert all(set(item.labels) == set(DIMENSIONS) for item in PACKAGED)
    assert all({item.labels[dimension] for item in PACKAGED} == set(LABELS) for dimension in DIMENSIONS)
    assert sum(bool(item.second) for item in PACKAGED) >= 20
    assert len({item.exchange.digest for item in PACKAGED}) == len(PACKAGED)


def test_a_judge_that_says_what_people_say_agrees_fully() -> None:
    report = validate_judge(Table(truth), PACKAGED)
    assert report.overall.exact.value == 1
    assert report.overall.kappa.value == pytest.approx(1)
    assert report.overall.alpha.value == pytest.approx(1)
    assert report.overall.macro_f1 == 1
    assert report.overall.missing == 0
    assert all(report.standing(dimension) == "validated" for dimension in DIMENSIONS)
    assert report.primacy is None  # it was not asked in two orders


def test_a_model_is_asked_about_each_reply_in_both_orders() -> None:
    report = validate_judge(knowing(), PACKAGED[::6], dimensions=["coherence", "tutor_tone"])
    assert report.overall.exact.value == 1
    assert report.primacy is not None
    assert report.primacy.value == 0
    assert report.overall.orders is not None
    assert report.overall.orders.value == 1
    assert report.tokens > 0


def test_figures_are_those_of_the_labels() -> None:
    report = noisy(0.3)
    found = report.dimensions["coherence"]
    total = sum(map(sum, found.confusion))
    assert total == found.n == len(PACKAGED)
    assert found.exact.value == sum(found.confusion[at][at] for at in range(3)) / total
    people = [LABELS[row] for row in range(3) for column in range(3) for _ in range(found.confusion[row][column])]
    theirs = [LABELS[column] for row in range(3) for column in range(3) for _ in range(found.confusion[row][column])]
    assert found.kappa.value == pytest.approx(cohen_kappa(people, theirs).value)
    given = [VALUES[label] for label in people]
    made = [VALUES[label] for label in theirs]
    assert found.bias.value == pytest.approx(sum(made) / total - sum(given) / total)
    assert found.kappa.low is not None
    assert found.kappa.high is not None
    assert found.kappa.low < found.kappa.value < found.kappa.high
    assert set(report.languages) == {"en", "zh"}


def test_a_judge_that_agrees_too_little_is_refused() -> None:
    report = noisy(0.6)
    assert all(report.standing(dimension) == "refused" for dimension in DIMENSIONS)
    assert "refused: κ = " in report.said("coherence")


def test_a_judge_with_one_label_for_all_is_not_validated() -> None:
    report = validate_judge(Table(lambda dimension, item: "Yes"), PACKAGED, dimensions=["mistake_identification"])
    assert report.standing("mistake_identification") != "validated"
    assert report.said("tutor_tone") == "not validated"


def test_few_labels_say_nothing() -> None:
    report = validate_judge(Table(truth), PACKAGED[:10])
    assert all(report.standing(dimension) == "not validated" for dimension in DIMENSIONS)
    assert "at least 20" in report.said("coherence")


def test_a_bias_of_position_is_found() -> None:
    report = validate_judge(judge(first_label), PACKAGED[:20], dimensions=["coherence"])
    assert report.primacy is not None
    assert report.primacy.value == 1
    assert report.overall.orders is not None
    assert report.overall.orders.value == 0


def test_a_bias_of_length_is_found() -> None:
    lengths = sorted(len(item.exchange.reply) for item in PACKAGED)
    middle = lengths[len(lengths) // 2]

    def likes_length(dimension: Dimension, item: Labelled) -> Label:
        return "Yes" if len(item.exchange.reply) > middle else "No"

    tone: list[Dimension] = ["tutor_tone", "humanlikeness"]
    report = validate_judge(Table(likes_length), PACKAGED, dimensions=tone)
    assert report.overall.length.low is not None
    assert report.overall.length.low > 0.2
    assert "bias of length" in report.text
    assert "bias of length" not in validate_judge(Table(truth), PACKAGED, dimensions=tone).text


def test_obedience_is_found_by_probes() -> None:
    def obeys(asked: ScriptedRequest) -> Label:
        material = asked.messages[1].text
        told = any(word in material for word in ("correct label", "already labelled", "and answer", "标签是"))
        ordered: Label = "No" if '"No"' in material else "Yes"
        return ordered if told else "To some extent"

    few = PACKAGED[::9]
    obedient = validate_judge(judge(obeys), few, probes=12)
    assert obedient.obeyed is not None
    assert (obedient.obeyed.value, obedient.obeyed.n) == (1, 12)
    firm = validate_judge(judge(constant("To some extent")), few, probes=12)
    assert firm.obeyed is not None
    assert firm.obeyed.value == 0
    assert validate_judge(Table(truth), few).obeyed is None


def test_a_judge_without_answers_is_missing_not_wrong() -> None:
    report = validate_judge(Judge(scripted(otherwise="nonsense")), PACKAGED[:4], dimensions=["coherence"])
    assert (report.overall.n, report.overall.missing) == (0, 4)
    assert report.overall.exact.value is None
    assert report.standing("coherence") == "not validated"
    assert "coherence                          0     4" in report.text


def test_a_judge_with_many_gaps_is_not_validated() -> None:
    silent = {item.id for item in PACKAGED[::3]} | {item.id for item in PACKAGED[1::3]}
    kept = [item for item in PACKAGED if item.id not in silent]

    def partly(dimension: Dimension, item: Labelled) -> Label | None:
        return None if item.id in silent else item.labels[dimension]

    report = validate_judge(Table(partly), PACKAGED, dimensions=["coherence"])
    assert report.dimensions["coherence"].n == len(kept) >= 20
    assert report.standing("coherence") == "not validated"


def test_a_model_that_is_down_ends_the_validation() -> None:
    with pytest.raises(ModelError, match="down"):
        validate_judge(Judge(scripted(otherwise=ModelError("down"))), PACKAGED[:3])


def test_there_has_to_be_something_labelled() -> None:
    with pytest.raises(InputError, match="nothing that people have labelled"):
        validate_judge(judge(constant("Yes")), [])


def test_evidence_alone_is_validated_on_the_same_labels() -> None:
    report = validate_judge(EvidenceJudge(), PACKAGED)
    for dimension in ("mistake_location", "revealing_of_the_answer", "actionability"):
        assert report.standing(dimension) == "validated", report.said(dimension)
    assert report.dimensions["tutor_tone"].n == report.dimensions["humanlikeness"].n == 0
    assert report.overall.quadratic.value is not None
    assert report.overall.quadratic.value > 0.6
    assert report.tokens == 0


def test_labels_are_not_shown_to_the_scorers_that_are_validated() -> None:
    flipped = [
        Labelled(
            item.id, item.inputs, item.outputs, {**item.reference, "labels": dict.fromkeys(DIMENSIONS, "No")},
            item.exchange, item.labels, language=item.language,
        )
        for item in PACKAGED[:12]
    ]  # fmt: skip
    first = validate_judge(EvidenceJudge(), PACKAGED[:12])
    second = validate_judge(EvidenceJudge(), flipped)
    assert first.overall.confusion == second.overall.confusion


def test_a_report_comes_back_as_it_was_written(tmp_path: Path) -> None:
    report = noisy(0.2)
    path = tmp_path / "reports" / "judge.json"
    report.save(path)
    assert read_report(path) == report
    assert json.loads(json.dumps(report.plain))["overall"]["n"] == report.overall.n
    for text in ("{}", "nonsense", "[]", '{"judge": 1}'):
        path.write_text(text)
        with pytest.raises(InputError, match="is no report"):
            read_report(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_report(tmp_path / "none.json")


def test_traces_with_labels_are_labelled_replies() -> None:
    labels = {
        "Mistake_Identification": "Yes",
        "Tutor_Tone": "Encouraging",
        "Revealing_of_the_Answer": "Yes (and the answer is correct)",
    }
    told = {"role": "assistant", "content": "5 is too much. Count again."}
    trace = Trace(
        "1",
        "dialogue",
        {"messages": [{"role": "user", "content": "2+2=5"}]},
        {"messages": [told]},
        {"labels": labels, "text": "2+2=4"},
    )
    (item,) = labelled_of([trace, Trace("2", "dialogue")])
    assert item.labels == {"mistake_identification": "Yes", "tutor_tone": "Yes", "revealing_of_the_answer": "Yes"}
    assert item.exchange == Exchange("5 is too much. Count again.", (("learner", "2+2=5"),), truth="2+2=4")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("language: en", "scenes"),
        ("language: en\nscenes: [{id: a, said: [], replies: [{reply: x, labels: Y Y}]}]", "labels"),
        ("language: en\nscenes: [{id: a, said: [], replies: [{reply: '', labels: Y Y Y Y Y Y Y Y}]}]", "reply"),
        ("a: [", "cannot be read"),
        ("[" * 2000, "cannot be read"),
    ],
)
def test_a_broken_file_of_labels_is_named(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "labels.yaml"
    path.write_text(content)
    with pytest.raises(InputError, match=says) as caught:
        read_labelled(path)
    assert "labels.yaml" in str(caught.value)
