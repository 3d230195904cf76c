"""Experiment files: what they may say, and what is said of mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from gradatim.errors import InputError
from gradatim.evals.experiments import json_schema, read_experiment
from tests.evals.experiments.fake import EXAMPLES, experiment

ROOT = EXAMPLES.parent
SMALL = "experiment: small\nvariants:\n  full:\n"


def test_little_has_to_be_said() -> None:
    spec = experiment(SMALL).spec
    assert spec.data.loader == "examples"
    assert spec.variant("full").without == ()
    assert (spec.models, spec.seeds) == (("none",), (1,))


def test_a_number_of_seeds_and_single_names_are_taken_for_lists() -> None:
    spec = experiment(SMALL + "  less: {without: graph}\nseeds: 3\nmodels: none\n").spec
    assert spec.seeds == (1, 2, 3)
    assert spec.variant("less").without == ("graph",)


@pytest.mark.parametrize("path", sorted((EXAMPLES / "experiments").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_examples_are_read_and_fit_the_published_schema(path: Path) -> None:
    assert read_experiment(path).spec.description
    assert not list(Draft202012Validator(json_schema()).iter_errors(yaml.safe_load(path.read_text("utf-8"))))


def test_the_published_schema_is_up_to_date() -> None:
    written = json.loads((ROOT / "docs" / "experiment.schema.json").read_text("utf-8"))
    assert written == json_schema(), "write it anew: gradatim eval list schema > docs/experiment.schema.json"
    Draft202012Validator.check_schema(written)


@pytest.mark.parametrize(
    ("text", "line", "message", "remedy"),
    [
        ("variants:\n  full:\n", 1, "'experiment' is missing", "experiment:"),
        ("experiment: a\nvariants: {}\n", 2, "at least 1", ""),
        (SMALL + "modles: [none]\n", 4, "unknown key 'modles'", "'models'"),
        (SMALL + "model: none\n", 4, "unknown key 'model'", "'models'"),
        (SMALL + "  less: {without: [grpah]}\n", 4, "graph", ""),
        (SMALL + "  less:\n    base: true\n    without: [graph]\n", 4, "cannot be had together", ""),
        (SMALL + "  less:\n    workflow: nowhere.yaml\n", 5, "'nowhere.yaml' is not there", "workflow file"),
        (SMALL + "  less:\n    settings:\n      sandbox: unsafe\n", 6, "cannot differ", "deliver_threshold"),
        (SMALL + "  less:\n    settings: {samples: 99}\n", 5, "samples", "another value"),
        (SMALL + "  less:\n    settings: {policy: none.yaml}\n", 5, "no policy file", ""),
        (SMALL + "seeds: 0\n", 4, "between 1 and 100", ""),
        (SMALL + "seeds: [1, 1]\n", 4, "twice", ""),
        (SMALL + "temperature: 0\n", 4, "greater than 0", ""),
        (SMALL + "temperature: .nan\n", 4, "not a plain number", "digits"),
        (SMALL + "data:\n  loader: exmaples\n", 5, "no data set 'exmaples'", "'examples'"),
        (SMALL + "data: {path: nowhere}\n", 4, "'nowhere' is not there", ""),
        (SMALL + "data: {sample: some}\n", 4, "sample", ""),
        (SMALL + "data:\n  options: {sample: 3}\n", 5, "'sample' is no option", "beside"),
        (SMALL + "scorers: [claim_suport]\n", 4, "no scorer 'claim_suport'", "'claim_support'"),
        (SMALL + "variants:\n  x:\n", 4, "given twice, first on line 2", "keep one"),
        (SMALL + "  '1 2': {}\n", 4, "not a name", "letters"),
        (SMALL + "design: pre-post\n", 4, "two variants", ""),
        (SMALL + "cohort: {}\n", 4, "belongs to", ""),
        ("- experiment\n", 1, "a list, not a mapping", ""),
        ("experiment: &a b\nvariants: *a\n", 2, "alias", ""),
        ("experiment: 'a\n", 2, "not YAML", ""),
        ("", None, "is empty", ""),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int | None, message: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        experiment(text)
    told = str(caught.value)
    assert message in told
    assert remedy in told
    assert told.startswith("experiment.yaml:" if line is None else f"experiment.yaml:{line}:")


def test_several_mistakes_are_told_together() -> None:
    with pytest.raises(InputError) as caught:
        experiment(SMALL + "  less: {without: [all]}\nseed: 2\nworkers: 0\n")
    assert "3 problems" in str(caught.value)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"experiment: \x00", b"a: " + b"x" * 300_000])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"broken\.yaml"):
        read_experiment(path)
    with pytest.raises(InputError, match="does not exist"):
        read_experiment(tmp_path / "missing.yaml")
