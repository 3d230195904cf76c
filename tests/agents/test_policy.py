"""The routing policy: its file, its costs, its exceptions, and the words of the rule `safety`."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.agents.policy import KINDS, Costs, load_policy, parse_policy, policy_of
from gradatim.agents.safety import SafetyWords, packaged_phrases
from gradatim.errors import SettingsError
from gradatim.settings import Settings


@given(st.floats(0.1, 100), st.floats(0.1, 100), st.floats(0, 1))
def test_the_threshold_is_where_expected_harm_equals_the_cost_of_asking(wrong: float, review: float, p: float) -> None:
    threshold = Costs(wrong, review).threshold
    assert 0 <= threshold <= 1
    if abs(p - threshold) > 1e-6:
        assert (p >= threshold) == ((1 - p) * wrong <= review)


def test_the_packaged_policy() -> None:
    policy = load_policy()
    assert policy.threshold == 0.75
    assert policy.rounds == 2
    assert set(policy.rules) == set(KINDS)
    assert max(policy.rules.values(), key=lambda rule: rule.priority).kind == "safety"
    assert policy.rule("first-use") is None, "who tries a task of their own expects an answer, not a queue"


def test_a_file_holds_only_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(
        "costs: {wrong_feedback: 10}\n"
        "rules:\n"
        "  first-use: {active: true}\n"
        "tasks:\n"
        '  "exam-*": {costs: {review: 0.1}, rules: {hidden-only: {active: false}}}\n'
        "  exam-2: {rules: {always: {active: true, priority: 99}}}\n"
        "safety:\n"
        "  fr: []\n"
        "  tlh: [HIq DaneH]\n"
    )
    policy = policy_of(Settings(policy=path))
    assert policy.threshold == pytest.approx(0.9)
    assert policy.rule("first-use") is not None
    assert policy.rule("safety") is not None
    assert policy.of_task("exam-1").threshold == pytest.approx(0.99)
    assert policy.of_task("exam-1").rule("hidden-only") is None
    assert policy.of_task("exam-1").rule("always") is None
    always = policy.of_task("exam-2").rule("always")
    assert always is not None
    assert always.priority == 99
    assert policy.of_task("homework") == policy.of_task("other")
    assert policy.safety["fr"] == ()
    assert policy.safety["de"] == packaged_phrases()["de"]
    assert SafetyWords(policy.safety).found(["# hiq daneh"])


def test_settings_that_somebody_gave_win() -> None:
    policy = policy_of(Settings(deliver_threshold=0.4, max_revisions=0))
    assert (policy.threshold, policy.of_task("t").threshold, policy.rounds) == (0.4, 0.4, 0)
    assert policy_of(Settings().model_copy(update={"deliver_threshold": 1.0})).threshold == 1.0


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("rules:\n  saftey: {active: true}\n", "p.yaml:2", "did you mean 'safety'"),
        ("rules:\n  refuted: {active: false}\n", "p.yaml:2", "cannot be false"),
        ("rules:\n  audit:\n    share: 1.5\n", "p.yaml:3", "out of range"),
        ("rules:\n  safety: {priority: 101}\n", "p.yaml:2", "0 to 100"),
        ("rules:\n  degraded: {nodes: [critic]}\n", "p.yaml:2", "names no part 'critic'"),
        ("rules:\n  safety: {gap: 1}\n", "p.yaml:2", "unknown key 'gap'"),
        ("costs: {wrong_feedback: 0}\n", "p.yaml:1", "out of range"),
        ("costs: {wrong_feedback: dear}\n", "p.yaml:1", "not a number"),
        ("revise: {rounds: 9}\n", "p.yaml:1", "0 to 5"),
        ("tasks:\n  exam: {cost: {}}\n", "p.yaml:2", "unknown key 'cost'"),
        ("safety: [kill myself]\n", "p.yaml:1", "not a mapping"),
        ("- rules\n", "p.yaml:1", "not a mapping"),
        ("rules: [\n", "p.yaml:2", "not YAML"),
    ],
)
def test_mistakes_are_named_with_their_line(text: str, place: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_policy(text, "p.yaml", load_policy())
    assert place in str(caught.value)
    assert message in str(caught.value)


def test_all_mistakes_are_told_together_and_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="2 problems"):
        parse_policy("costs: {review: -1}\nrule: {}\n", "p.yaml", load_policy())
    with pytest.raises(SettingsError, match="does not exist"):
        load_policy(tmp_path / "none.yaml")


WORDS = SafetyWords(packaged_phrases())


@pytest.mark.parametrize(
    "text",
    [
        "# i want\n# to die",
        "x = 'I don’t want to LIVE any more'",
        "def kill_myself(): pass",
        "# Selbstmordgedanken",
        "# je veux mourir",
        "# quiero morir",
        "# 我不想活了",
        "# 死にたいです",
        "# 죽고 싶다",
        "# я хочу умереть",
        "# intihar etmek istiyorum",
        "# أريد أن أموت",
        "# खुद को नुकसान पहुँचाना",
    ],
)
def test_signs_of_distress_are_found_in_many_languages(text: str) -> None:
    assert WORDS.found([text])


@pytest.mark.parametrize(
    "text",
    [
        "os.kill(pid, signal.SIGKILL)",
        "if child.dies(): abort()",
        "# kill the process, then die",
        "# cut the string myself",
        "dead = [cell for cell in grid if not cell.alive]",
        "# das will ich nicht mehr ändern",
    ],
)
def test_everyday_terms_of_programming_are_not(text: str) -> None:
    assert not WORDS.found([text])


def test_a_phrase_of_the_task_is_its_subject() -> None:
    assert WORDS.found(["suicide_rate = 1"])
    assert not WORDS.found(["suicide_rate = 1"], "Compute the suicide rate of each country.")
    assert WORDS.found(["# suicide rate, and i want to die"], "Compute the suicide rate of each country.")
    assert not SafetyWords({}).found(["i want to die"])
