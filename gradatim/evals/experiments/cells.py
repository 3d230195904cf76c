"""Cells: one variant, one model, one seed, one sample; and the digest of everything that the cell depends on.

The digest is the id of the cell's trace. Whoever changes a variant, a workflow file, a prompt, the policy, the
curriculum or the data gets other ids, and what was run before does not count any more; it is not deleted either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import orjson

from gradatim import __version__
from gradatim.errors import InputError
from gradatim.evals.datasets import Example
from gradatim.evals.experiments.base import PROMPT
from gradatim.evals.experiments.blind import PROMPT as BLIND
from gradatim.evals.experiments.reading import Experiment
from gradatim.evals.experiments.spec import CHANGEABLE, VariantSpec
from gradatim.settings import Settings

_FORMAT = 3
"""Grows when cells are run or audited in another way."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One run of an experiment.

    Attributes:
        id: Id of its trace, 32 hexadecimal digits: a digest of everything that it depends on.
    """

    id: str
    variant: str
    model: str
    seed: int
    example: Example


def cells_of(
    experiment: Experiment, examples: Sequence[Example], settings: Settings, graph_version: str
) -> Iterator[Cell]:
    """All cells, in the order in which they are run: sample by sample, variant by variant, the seeds side by side.

    So that what cells share is there when the next one asks (the evidence of a sample; for its seeds a prompt, which a
    serving engine has just read), and an experiment that was stopped has the same samples of every variant.

    Args:
        graph_version: Of the concept graph's content.

    Raises:
        InputError: A file that a variant names cannot be read.
    """
    spec = experiment.spec
    base = ground(spec.temperature, settings, graph_version)
    variants = {name: _variant(experiment, spec.variant(name)) for name in spec.variants}
    for example in examples:
        content = digest([example.id, example.inputs, example.reference, example.outputs, example.groups])
        for model in spec.models:
            for name, changed in variants.items():
                for seed in spec.seeds:
                    yield Cell(digest([base, name, changed, model, seed, content])[:32], name, model, seed, example)


def ground(temperature: float, settings: Settings, graph_version: str) -> str:
    """Digest of what all cells of an experiment depend on."""
    return digest([_FORMAT, __version__, graph_version, temperature, _prompts(), _plain_settings(settings)])


def digest(parts: Any) -> str:
    """Digest of plain data, the same for the same data in any order of keys.

    Raises:
        InputError: Something in them is no JSON.
    """
    try:
        text = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"an example holds something that is no JSON: {error}", place="data", remedy="check its loader"
        ) from error
    return hashlib.sha256(text).hexdigest()


def _variant(experiment: Experiment, variant: VariantSpec) -> str:
    plain = variant.model_dump(mode="json", exclude={"description"})
    files: list[str] = []
    if variant.workflow is not None and not variant.workflow.startswith("packaged:"):
        files.append(filedigest(experiment.resolved(variant.workflow)))
    policy = variant.settings.get("policy")
    if isinstance(policy, str):
        files.append(filedigest(experiment.resolved(policy)))
    return digest([plain, files])


def filedigest(path: Path) -> str:
    """Digest of a file's content.

    Raises:
        InputError: It cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path), remedy="check the path") from error


def _prompts() -> str:
    """Digest of all packaged prompts, those of the experiments' own, and of the packaged policy."""
    folder = resources.files("gradatim.agents")
    texts = [
        (item.name, item.read_bytes())
        for item in sorted(folder.joinpath("prompts").iterdir(), key=lambda item: item.name)
        if item.name.endswith(".md")
    ]
    texts.append(("policy", folder.joinpath("policy.yaml").read_bytes()))
    texts += [("base", PROMPT.encode()), ("blind", BLIND.encode())]
    return digest([(name, hashlib.sha256(text).hexdigest()) for name, text in texts])


def _plain_settings(settings: Settings) -> dict[str, Any]:
    """Settings that a run hangs on; the own policy by its content."""
    found: dict[str, Any] = {
        name: value if isinstance(value, str | int | float | bool | None) else str(value)
        for name in CHANGEABLE
        if (value := getattr(settings, name)) is not None
    }
    if settings.policy is not None:
        found["policy"] = filedigest(settings.policy)
    calibration = settings.data_dir / "calibration.json"
    if calibration.is_file():
        found["calibration"] = filedigest(calibration)
    return found
