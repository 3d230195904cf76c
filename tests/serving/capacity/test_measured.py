from __future__ import annotations

from pathlib import Path

import pytest

from gradatim.errors import InputError
from gradatim.serving.capacity.measured import Request, read_measured
from tests.serving.capacity.samples import CRITIQUE, GENERATE, line, write


def test_each_node_is_a_request_with_its_samples(tmp_path: Path) -> None:
    found = read_measured(write(tmp_path / "m.jsonl", [line(generate=GENERATE, critique=CRITIQUE)]))
    assert found.assessments == ((Request("generate", 1600, 600, 400, 1), Request("critique", 1800, 1500, 120, 3)),)
    assert found.seconds == (29.5,)
    assert found.assessments[0][1].footprint == 1800 + 360
    assert found.assessments[0][1].fresh == 300


def test_several_requests_of_a_node_are_equal_ones(tmp_path: Path) -> None:
    twice = {"input_tokens": 3000, "cached_tokens": 1000, "output_tokens": 500, "requests": 2, "samples": 2}
    found = read_measured(write(tmp_path / "m.jsonl", [line(generate=twice)]))
    assert found.assessments == ((Request("generate", 1500, 500, 250, 1),) * 2,)
    assert found.total.requests == 2
    assert (found.total.input_tokens, found.total.output_tokens) == (3000, 500)


def test_assessments_without_a_question_count_and_failures_do_not(tmp_path: Path) -> None:
    lines = [line(generate=GENERATE), line(), '{"submission": "b.py", "assessment": null}', ""]
    found = read_measured(write(tmp_path / "m.jsonl", lines))
    assert (found.count, found.skipped) == (2, 1)
    assert found.output == 200
    assert found.median_seconds == 20


def test_usage_alone_is_enough(tmp_path: Path) -> None:
    found = read_measured(write(tmp_path / "m.jsonl", ['{"usage": {"all": {"input_tokens": 9, "output_tokens": 3}}}']))
    assert found.assessments == ((Request("all", 9, 0, 3, 1),),)


def test_means_weigh_requests_by_how_long_they_are_decoded(tmp_path: Path) -> None:
    found = read_measured(write(tmp_path / "m.jsonl", [line(generate=GENERATE, critique=CRITIQUE)]))
    assert found.weighted(lambda request: request.samples) == pytest.approx((400 * 1 + 120 * 3) / 520)


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("", "", "no assessment"),
        (line(), "", "language model"),
        ("nonsense", ":1", "not JSON"),
        ("[" * 100_000, ":1", "not JSON"),
        ("[1]", ":1", "not a JSON object"),
        (line(generate=GENERATE) + "\n{}", ":2", "usage"),
        ('{"assessment": 3}', ":1", "usage"),
        ('{"usage": 3}', ":1", "usage"),
        ('{"usage": {"generate": {"input_tokens": -1}}}', ":1", "usage.generate.input_tokens"),
        ('{"usage": {"generate": {"input_tokens": NaN}}}', ":1", "usage.generate.input_tokens"),
    ],
)
def test_files_that_say_nothing_usable(tmp_path: Path, text: str, place: str, reason: str) -> None:
    path = write(tmp_path / "m.jsonl", [text])
    with pytest.raises(InputError, match=reason) as refused:
        read_measured(path)
    assert refused.value.place == f"{path}{place}"
    assert refused.value.remedy


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(InputError, match="cannot be read"):
            read_measured(path)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        read_measured(tmp_path / "binary")
