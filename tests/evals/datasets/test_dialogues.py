"""Tutoring dialogues: MRBench, MathDial, CoMTA and OpenAI messages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gradatim.errors import InputError
from gradatim.evals.datasets import Example, load
from gradatim.evals.datasets.dialogues.mrbench import DIMENSIONS

ANNOTATION = {
    "Mistake_Identification": "Yes",
    "Mistake_Location": "To some  extent",
    "Revealing_of_the_Answer": "No",
    "Providing_Guidance": "Yes",
    "Actionability": "Yes",
    "Coherence": "Yes",
    "Tutor_Tone": "Encouraging",
    "humanlikeness": "Yes",
}
MRBENCH: dict[str, Any] = {
    "conversation_id": "221-362",
    "conversation_history": "Tutor: Hi! What is 2 + 3: a sum?\n\u00a0Student: It is 6.\n Tutor: Why?\n Student: Hm",
    "Topic": "Sums",
    "Ground_Truth_Solution": "2 + 3 = 5",
    "tutor_responses": {
        "GPT4": {"response": "Count again: 2, 3, …", "annotation": ANNOTATION},
        "Novice": {"response": "No."},
    },
}
MATHDIAL: dict[str, Any] = {
    "qid": 5000012,
    "scenario": 1,
    "question": "How many?",
    "ground_truth": "7",
    "student_incorrect_solution": "8",
    "self-correctness": "Yes",
    "conversation": "Teacher: (generic)Hi Steven, explain|EOM|Steven: I added: 8|EOM|Teacher: (probing)Why 8?",
}
COMTA: dict[str, Any] = {
    "test_id": 3,
    "math_level": "Algebra",
    "expected_result": "Answer Accepted",
    "data": [{"role": "user", "content": "x = 4"}, {"role": "assistant", "content": "Right!"}],
}
OPENAI: dict[str, Any] = {
    "id": "d7",
    "messages": [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": [{"type": "text", "text": "Is it "}, {"type": "text", "text": "5?"}]},
        {"role": "assistant", "content": "Why do you think so?", "passed": False},
    ],
    "labels": {"coherence": "Yes"},
    "groups": {"language": "en"},
}


def _loaded(path: Path, records: list[Any], lines: bool = False, **options: str) -> list[Example]:
    text = "".join(f"{json.dumps(item)}\n" for item in records) if lines else json.dumps(records, indent=1)
    path.write_text(text, "utf-8")
    return list(load("dialogues", path, **options))


@pytest.mark.parametrize("key", ["tutor_responses", "anno_llm_responses"])
def test_mrbench_gives_an_example_for_each_tutor(tmp_path: Path, key: str) -> None:
    record = {**MRBENCH, key: MRBENCH["tutor_responses"]}
    first, second = _loaded(tmp_path / "m.json", [record])
    assert first.id == "221-362/GPT4"
    assert [turn["role"] for turn in first.inputs["messages"]] == ["assistant", "user", "assistant", "user"]
    assert first.inputs["messages"][0]["content"] == "Hi! What is 2 + 3: a sum?"
    assert first.outputs["messages"] == [{"role": "assistant", "content": "Count again: 2, 3, …"}]
    assert set(first.reference["labels"]) == set(DIMENSIONS)
    assert first.reference["labels"]["mistake_location"] == "To some extent"
    assert first.reference["text"] == "2 + 3 = 5"
    assert "labels" not in second.reference


def test_whole_dialogues(tmp_path: Path) -> None:
    (dial,) = _loaded(tmp_path / "d.jsonl", [MATHDIAL], lines=True)
    assert dial.outputs["messages"] == [
        {"role": "assistant", "content": "Hi Steven, explain", "move": "generic"},
        {"role": "user", "content": "I added: 8"},
        {"role": "assistant", "content": "Why 8?", "move": "probing"},
    ]
    assert dial.reference == {"text": "7", "solved": "Yes"}
    (comta,) = _loaded(tmp_path / "c.json", [COMTA])
    assert (comta.id, comta.reference) == ("3", {"expected_result": "Answer Accepted"})
    assert comta.inputs["messages"] == [{"role": "user", "content": "x = 4"}]
    (chat,) = _loaded(tmp_path / "o.jsonl", [OPENAI], lines=True)
    assert chat.groups == {"language": "en"}
    assert chat.reference == {"labels": {"coherence": "Yes"}}
    assert [turn["content"] for turn in chat.outputs["messages"]] == ["Is it \n5?", "Why do you think so?"]
    assert chat.outputs["messages"][1]["passed"] is False


def test_formats_may_stand_in_one_file(tmp_path: Path) -> None:
    found = _loaded(tmp_path / "all.jsonl", [MRBENCH, MATHDIAL, COMTA, OPENAI], lines=True)
    assert len({example.id for example in found}) == 5
    assert len({example.trace().id for example in found}) == 5
    assert [example.id for example in _loaded(tmp_path / "twice.json", [COMTA, COMTA])] == ["3", "3#2"]
    assert found[0].trace("mrbench").outputs == found[0].outputs


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({}, "no dialogue of a known format"),
        ([], "no JSON object"),
        ({**MRBENCH, "tutor_responses": []}, "has no `tutor_responses`"),
        ({**MRBENCH, "conversation_history": "2 + 3"}, "names no speakers"),
        ({**MRBENCH, "conversation_history": None}, "has no messages"),
        ({**MRBENCH, "tutor_responses": {"a": {}}}, "no `response`"),
        ({**MRBENCH, "tutor_responses": {"a": {"response": "x", "annotation": {"Coherence": []}}}}, "is no text"),
        ({**MATHDIAL, "conversation": ""}, "names no speakers"),
        ({**COMTA, "data": [{"role": "robot", "content": "x"}]}, "role 'robot'"),
        ({**OPENAI, "messages": [{"role": "user", "content": 7}]}, "message 1 has no text"),
        ({**OPENAI, "messages": ["hi"]}, "message 1 is not an object"),
        ({**OPENAI, "groups": "en"}, "`groups` is not an object"),
    ],
)
def test_a_record_that_is_wrong_is_named(tmp_path: Path, record: Any, told: str) -> None:
    with pytest.raises(InputError) as caught:
        _loaded(tmp_path / "x.json", [OPENAI, record])
    assert told in str(caught.value)
    assert caught.value.place == f"{tmp_path / 'x.json'}:2"
    assert caught.value.remedy


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(json.dumps(OPENAI).encode() + b'\n{"messages": [\xff]}\n')
    with pytest.raises(InputError, match=r"x\.jsonl:2.*not UTF-8"):
        list(load("dialogues", tmp_path / "x.jsonl"))
    (tmp_path / "y.json").write_text("[]")
    with pytest.raises(InputError, match="holds no dialogues"):
        list(load("dialogues", tmp_path / "y.json"))
    with pytest.raises(InputError, match="no format 'bea'"):
        list(load("dialogues", tmp_path / "y.json", format="bea"))
