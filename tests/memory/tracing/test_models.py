"""What every model keeps: online equals batch, probabilities, explanations that add up, files that come back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.app.commands.learn.asking import MODEL_NAMES
from gradatim.errors import InputError, StorageError
from gradatim.memory.tracing import BKTParameters, ConceptParameters
from gradatim.memory.tracing.combined.model import Combined
from gradatim.memory.tracing.data import Sequences, without_copies
from gradatim.memory.tracing.data.copies import CopyRule
from gradatim.memory.tracing.evaluation.metrics import auc
from gradatim.memory.tracing.fitting.individual import Shifts
from gradatim.memory.tracing.models import FitOptions, LearnerTrace, TracingModel
from gradatim.memory.tracing.models.individual_bkt import IndividualBKT
from gradatim.memory.tracing.models.protocol import log_odds, probability
from gradatim.memory.tracing.models.saved import MODELS, load_model, read_parameters, save_model
from tests.memory.tracing.material import simulated

NAMES = list(MODELS)
RICH = simulated(40, 6, seed=1, items=True, times=True, copies=True)
PLAIN = simulated(40, 6, seed=1, copies=True)
OTHERS = simulated(12, 6, seed=2, items=True, times=True, copies=True)
GRAPH = FitOptions(prerequisites={"s1": ["s0", "nowhere"], "s2": ["s0", "s1", "s2"], "unknown": ["s0"]})
_FITTED: dict[tuple[str, str], TracingModel] = {}


def fitted(name: str, data: str) -> TracingModel:
    """Fitted once: nothing changes a model."""
    if (name, data) not in _FITTED:
        _FITTED[name, data] = MODELS[name].fit(RICH if data == "rich" else PLAIN, GRAPH)
    return _FITTED[name, data]


def responses(data: Sequences) -> Iterator[tuple[bool, dict[str, Any], bool]]:
    """First of a learner, what is asked, the outcome."""
    for place in range(len(data)):
        asked: dict[str, Any] = {"skill": data.skills[int(data.skill[place])]}
        if data.item is not None:
            asked["item"] = data.items[int(data.item[place])]
        if data.seconds is not None:
            asked["seconds"] = float(data.seconds[place])
        if data.answer is not None:
            asked["repeated"] = place > 0 and bool(data.answer[place] == data.answer[place - 1])
        yield bool(data.first[place]), asked, bool(data.correct[place])


def followed(model: TracingModel, data: Sequences) -> Iterator[tuple[LearnerTrace, dict[str, Any]]]:
    """The trace and the question before each response."""
    trace = model.start()
    for first, asked, correct in responses(data):
        if first:
            trace = model.start()
        yield trace, asked
        trace.observe(**asked, correct=correct)


def test_the_command_line_names_the_same_models() -> None:
    assert tuple(MODELS) == MODEL_NAMES
    assert [fitted(name, "plain").name for name in NAMES] == NAMES


@pytest.mark.parametrize("data", ["plain", "rich"])
@pytest.mark.parametrize("name", NAMES)
def test_online_equals_batch(name: str, data: str) -> None:
    model = fitted(name, data)
    online = [trace.predict(**asked) for trace, asked in followed(model, OTHERS)]
    assert online == pytest.approx(model.predict(OTHERS).tolist(), abs=1e-9)
    assert all(0.0 <= value <= 1.0 for value in online)


@pytest.mark.parametrize("name", NAMES)
def test_skills_that_the_data_did_not_have(name: str) -> None:
    strange = Sequences(
        ("x",),
        ("new", "s1", "newer"),
        np.zeros(9, np.int32),
        np.array([0, 0, 1, 2, 2, 0, 1, 2, 0], np.int32),
        np.array([1, 0, 1, 1, 1, 0, 0, 1, 1], np.bool_),
    )
    model = fitted(name, "plain")
    online = [trace.predict(**asked) for trace, asked in followed(model, strange)]
    assert online == pytest.approx(model.predict(strange).tolist(), abs=1e-9)
    assert all(0.0 < value < 1.0 for value in online)


@pytest.mark.parametrize("name", NAMES)
def test_data_may_tell_less_than_the_model_was_fitted_on(name: str) -> None:
    model = fitted(name, "rich")
    less = replace(OTHERS, items=(), item=None, seconds=None)
    online = [trace.predict(**asked) for trace, asked in followed(model, less)]
    assert online == pytest.approx(model.predict(less).tolist(), abs=1e-9)
    known = fitted(name, "plain")
    more = [trace.predict(**asked) for trace, asked in followed(known, OTHERS)]
    assert more == pytest.approx(known.predict(less).tolist(), abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_told_to_be_one_answer_is_taken_so(name: str) -> None:
    """Data that say which rows are one answer, read by a model that would have judged otherwise."""
    answer = (np.arange(len(OTHERS)) // 2).astype(np.int32)
    answer[1:][OTHERS.first[1:]] = answer[-1] + np.arange(1, 12)
    told = replace(OTHERS, answer=np.cumsum(np.r_[True, answer[1:] != answer[:-1]]).astype(np.int32))
    model = fitted(name, "rich")
    online = [trace.predict(**asked) for trace, asked in followed(model, told)]
    assert online == pytest.approx(model.predict(told).tolist(), abs=1e-9)


@pytest.mark.parametrize("data", ["plain", "rich"])
@pytest.mark.parametrize("name", NAMES)
def test_explanations_add_up(name: str, data: str) -> None:
    for number, (trace, asked) in enumerate(followed(fitted(name, data), OTHERS)):
        if number > 100:
            break
        predicted = trace.predict(**asked)
        parts = trace.explain(**asked)
        assert sum(part.contribution for part in parts) == pytest.approx(log_odds(predicted), abs=1e-6)
        assert all(part.contribution == pytest.approx(part.value * part.weight, abs=1e-9) for part in parts)
        assert len({part.name for part in parts}) == len(parts)
        assert trace.predict(**asked) == predicted


@pytest.mark.parametrize("name", NAMES)
def test_asking_changes_nothing(name: str) -> None:
    model = fitted(name, "rich")
    asked_often, plain = model.start(), model.start()
    for _, asked, correct in list(responses(OTHERS))[:60]:
        for skill in ("s2", "echo", "elsewhere"):
            asked_often.predict(skill)
            asked_often.explain(skill)
        asked_often.observe(**asked, correct=correct)
        plain.observe(**asked, correct=correct)
        assert asked_often.predict("s1") == plain.predict("s1")


@pytest.mark.parametrize("data", ["plain", "rich"])
@pytest.mark.parametrize("name", NAMES)
def test_a_saved_model_comes_back(name: str, data: str, tmp_path: Path) -> None:
    model = fitted(name, data)
    save_model(model, tmp_path / "model.json")
    back = load_model(tmp_path / "model.json")
    assert back.name == name
    assert back.predict(OTHERS) == pytest.approx(model.predict(OTHERS), abs=1e-12)
    assert back.plain() == model.plain()
    assert [file.name for file in tmp_path.iterdir()] == ["model.json"]


@pytest.mark.parametrize("name", ["bkt", "copy-rule", "bkt-individual", "combined"])
def test_the_memory_can_trace_with_fitted_parameters(name: str, tmp_path: Path) -> None:
    save_model(fitted(name, "plain"), tmp_path / "model.json")
    parameters = read_parameters(tmp_path / "model.json")
    assert set(parameters.by_concept) == {"s0", "s1", "s2", "echo"}
    assert parameters == fitted(name, "plain").concept_parameters()
    save_model(MODELS[name].fit(OTHERS, FitOptions()), tmp_path / "other.json")
    assert read_parameters(tmp_path / "other.json").version != parameters.version


def test_models_without_such_parameters_say_so(tmp_path: Path) -> None:
    for name in ("skill-mean", "pfa", "irt"):
        save_model(fitted(name, "plain"), tmp_path / "model.json")
        with pytest.raises(InputError, match=f"of the kind {name} has no parameters"):
            read_parameters(tmp_path / "model.json")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"model": "bkt"}'])
def test_what_is_no_model_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_model(path)
    assert caught.value.place == str(path)
    assert caught.value.remedy


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_model_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    save_model(fitted(name, "rich"), path)
    whole = json.loads(path.read_text())
    for key in whole:
        if key in ("format", "version", "model"):
            continue
        damages = [{k: v for k, v in whole.items() if k != key}, {**whole, key: "?"}]
        if isinstance(whole[key], float):
            damages.append({**whole, key: float("nan")})
        for damaged in damages:
            path.write_text(json.dumps(damaged))
            with pytest.raises(InputError, match=r"model.json"):
                load_model(path)


def test_files_that_cannot_be_written_or_read(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        save_model(fitted("bkt", "plain"), tmp_path / "nowhere" / "model.json")
    with pytest.raises(InputError, match="cannot be read"):
        load_model(tmp_path / "model.json")


def test_more_knowledge_predicts_better() -> None:
    learners = simulated(150, 10, seed=11, copies=True)
    train, test = learners.rows(learners.learner < 110), learners.rows(learners.learner >= 110)
    found = {name: auc(test.correct, MODELS[name].fit(train, FitOptions()).predict(test)) or 0.0 for name in NAMES}
    assert found["skill-mean"] + 0.03 < found["bkt"] < found["copy-rule"] - 0.03
    assert found["combined"] > found["bkt"] + 0.03
    rule = CopyRule.learned(train)
    honest = [without_copies(part, rule) for part in (train, test)]
    combined, plain = (
        auc(honest[1].correct, MODELS[name].fit(honest[0], FitOptions()).predict(honest[1])) or 0.0
        for name in ("combined", "bkt")
    )
    # These learners are what knowledge tracing assumes, so that nothing else can be learned.
    assert combined > plain - 0.02


def test_items_and_times_are_used() -> None:
    model = fitted("combined", "rich")
    assert isinstance(model, Combined)
    names = [part.name for part in model.start().explain("s1", "item 7", 0.0)]
    assert "item item 7" in names
    assert "hours since this skill" in names
    assert "mastery of prerequisites" in names
    train = simulated(300, 8, seed=5, items=True)
    hard = MODELS["combined"].fit(train, FitOptions()).start()
    assert hard.predict("s0", "item 3") < hard.predict("s0", "item 1") - 0.1


def test_circumstances_are_told_in_words() -> None:
    trace = fitted("combined", "plain").start()
    for skill, correct in (("s1", True), ("new", False), ("s1", False), ("s1", True)):
        trace.observe(skill, correct)
    names = {part.name for part in trace.explain("s2")}
    assert "skill before this one: s1 → s2" in names
    assert "skills of the last five rows: s1 → new → s1 → s1 → s2" in names
    assert "skills and answers of the last two rows: s1 wrong → s1 right" in names
    assert "last three answers in this skill: none, none, none" in names
    again = {part.name for part in trace.explain("s1")}
    assert "last three answers in this skill: right, wrong, right" in again
    assert "run and streak in this skill: 2 rows of it before, streak +1" in again
    assert "skill before and last answers in this skill: s1; here wrong, right" in again


def test_mastered_prerequisites_are_evidence() -> None:
    """Where a skill succeeds just when its prerequisite does, knowing the graph tells the first answer."""
    random = np.random.default_rng(0)
    able = random.random(300) < 0.5
    skill = np.tile(np.array([0, 0, 0, 0, 1], np.int32), 300)
    correct = np.repeat(able, 5) ^ (random.random(1500) < 0.1)
    data = Sequences(
        tuple(map(str, range(300))), ("a", "b"), np.repeat(np.arange(300), 5).astype(np.int32), skill, correct
    )
    trace = MODELS["combined"].fit(data, FitOptions({"b": ["a"]})).start()
    for _ in range(4):
        trace.observe("a", True)
    parts = {part.name: part for part in trace.explain("b")}
    assert parts["prerequisites seen"].value == 1.0
    assert parts["mastery of prerequisites"].value > 0.5
    assert parts["mastery of prerequisites"].weight > 0.0


def test_the_same_data_and_seed_give_the_same_model() -> None:
    assert Combined.fit(PLAIN, FitOptions()).plain() == Combined.fit(PLAIN, FitOptions()).plain()


@pytest.mark.parametrize("name", NAMES)
def test_hardly_any_data(name: str) -> None:
    one = simulated(1, 1).rows(np.array([True, False, False]))
    model = MODELS[name].fit(one, FitOptions())
    assert 0.0 < model.predict(one)[0] < 1.0
    assert 0.0 < model.start().predict("s0") < 1.0


@given(
    st.lists(st.tuples(st.sampled_from(["s0", "s1", "s2", "echo", "new"]), st.booleans()), max_size=40),
    st.sampled_from(NAMES),
)
@settings(max_examples=60, deadline=None)
def test_any_history_gives_probabilities(history: list[tuple[str, bool]], name: str) -> None:
    trace = fitted(name, "plain").start()
    for skill, correct in history:
        assert 0.0 <= trace.predict(skill) <= 1.0
        trace.observe(skill, correct)
    assert 0.0 <= trace.predict("s0") <= 1.0


@given(st.lists(st.tuples(st.sampled_from(["s0", "s1", "s2"]), st.booleans()), max_size=20), st.randoms())
@settings(max_examples=30, deadline=None)
def test_order_of_independent_skills_does_not_matter_for_bkt(history: list[tuple[str, bool]], random: Any) -> None:
    by_skill = {name: [entry for entry in history if entry[0] == name] for name in ("s0", "s1", "s2")}
    queues = [list(entries) for entries in by_skill.values() if entries]
    mixed: list[tuple[str, bool]] = []
    while queues:
        queue = random.choice(queues)
        mixed.append(queue.pop(0))
        queues = [entries for entries in queues if entries]
    one, other = fitted("bkt", "plain").start(), fitted("bkt", "plain").start()
    for skill, correct in history:
        one.observe(skill, correct)
    for skill, correct in mixed:
        other.observe(skill, correct)
    assert all(one.predict(skill) == other.predict(skill) for skill in by_skill)


@given(st.floats(-3.0, 3.0), st.floats(0.01, 2.0))
@settings(max_examples=40, deadline=None)
def test_a_more_able_learner_is_predicted_better(ability: float, more: float) -> None:
    model = IndividualBKT(
        ConceptParameters({"s": BKTParameters()}),
        Shifts((0, 1), (0, 0.8), (0, 0.5), (0, -0.6)),
        {"s": 0.0},
        0.0,
        CopyRule(),
    )
    low, high = model.start(), model.start()
    low._ability, high._ability = ability, ability + more  # the property is of the state, whatever led to it
    assert low.predict("s") <= high.predict("s") + 1e-12


@given(st.floats(-800, 800))
def test_probability_is_the_inverse_of_log_odds(odds: float) -> None:
    assert 0.0 <= probability(odds) <= 1.0
    if abs(odds) < 9:
        assert log_odds(probability(odds)) == pytest.approx(odds, abs=1e-9)
