"""A tiny ChatGLM3 with 8-bit linear layers on vLLM: log-probabilities of whole prompts against the equations.

The engine is started with the options of the profile for 8 bits, but for what a CPU and a tiny model need otherwise.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from gradatim.serving.conversion import ConversionRequest, convert_chatglm3
from gradatim.serving.conversion.quantization import integers, scales
from gradatim.serving.launch.manifests.ray import engine_options
from gradatim.serving.launch.profiles import load_profiles
from tests.serving.conversion.reference import Reference
from tests.serving.conversion.tiny import TinyCheckpoint, make_checkpoint

pytestmark = pytest.mark.vllm

Floats = NDArray[np.float64]

VOCAB = 512
CLOSE = 0.04
"""Root mean square of differences from the unquantized equations, in nats; 0.019 was found."""
EXACT = 0.005
"""The same, from equations that round weights and activations too; 4e-7 was found. Another processor may round a few
activations to the other neighbour."""

SCRIPT = """
import gc, json, sys
from vllm import LLM, SamplingParams
from vllm.inputs import TokensPrompt

prompts, vocab = json.loads(sys.argv[1]), int(sys.argv[2])
wanted = SamplingParams(max_tokens=1, temperature=0.0, prompt_logprobs=vocab, detokenize=False)
for folder, options in json.loads(sys.argv[3]):
    model = LLM(folder, skip_tokenizer_init=True, max_logprobs=vocab, **options)
    answers = model.generate([TokensPrompt(prompt_token_ids=prompt) for prompt in prompts], wanted, use_tqdm=False)
    found = [
        [position[token].logprob for token in range(vocab)]
        for answer in answers for position in answer.prompt_logprobs[1:]
    ]
    methods = model.apply_model(lambda inside: {
        name.rpartition(".")[2]: type(part.quant_method).__name__
        for name, part in inside.named_modules() if getattr(part, "quant_method", None) is not None
    })
    print("RESULT" + json.dumps({"methods": methods[0], "logprobs": found}))
    del model
    gc.collect()
"""


class EightBit(np.ndarray[Any, np.dtype[np.float64]]):
    """Weights whose products round the other factor to 8 bits, row by row, as vLLM does with activations."""

    def __rmatmul__(self, other: Any) -> Floats:
        scale = np.abs(other).max(axis=-1, keepdims=True) / 127
        return (np.rint(other / scale) * scale) @ self.view(np.ndarray)


@dataclass(frozen=True, slots=True)
class Runs:
    """What vLLM found, and the checkpoint and prompts it was about."""

    checkpoint: TinyCheckpoint
    prompts: list[list[int]]
    found: dict[str, dict[str, Any]]

    def logprobs(self, name: str) -> Floats:
        return np.array(self.found[name]["logprobs"])

    def equations(self, change: Callable[[Floats, Floats], Floats] | None = None) -> Floats:
        """Log-probabilities by the equations, of the weights as they are or as `change` makes them of integers and
        scales."""
        tensors: dict[str, Any] = dict(self.checkpoint.tensors)
        for name, values in self.checkpoint.tensors.items():
            if change is not None and "layers." in name and values.ndim == 2:
                scale = scales(values)
                numbers = integers(values, scale).astype(np.float64)
                tensors[name] = change(numbers, scale.astype(np.float64)[:, None]).view(EightBit)
        logits = [rows[:-1] for rows in Reference(self.checkpoint.config, tensors).logits(self.prompts)]
        return np.concatenate([rows - np.log(np.exp(rows).sum(axis=-1, keepdims=True)) for rows in logits])


def apart(one: Floats, other: Floats) -> float:
    return float(np.sqrt(np.mean((one - other) ** 2)))


def with_scales_in_another_order(made: Path, target: Path) -> Path:
    """A copy in which every row has the scale of another row of its layer."""
    target.mkdir()
    for path in made.iterdir():
        if path.suffix != ".safetensors":
            (target / path.name).write_bytes(path.read_bytes())
            continue
        tensors = load_file(path)
        for name in [name for name in tensors if name.endswith("_scale")]:
            tensors[name] = np.ascontiguousarray(tensors[name][::-1])
        save_file(tensors, target / path.name, metadata={"format": "pt"})
    return target


@pytest.fixture(scope="module")
def runs(vllm_installed: None, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("quantized")
    checkpoint = make_checkpoint(folder / "source", hidden=256, heads=4, groups=2, kv_channels=64, vocab=VOCAB)
    made = {
        layout: convert_chatglm3(
            ConversionRequest(
                checkpoint.folder, folder / layout, layout, with_tokenizer=False, quantize="int8"
            )
        ).folder
        for layout in ("glm", "chatglm")
    }  # fmt: skip
    profile = load_profiles()["a100-80-int8"]
    options = {**engine_options(profile.flags), "block_size": 32, "max_model_len": 128, "enforce_eager": True}
    options["kv_cache_memory_bytes"] = 128 << 20
    single = {**options, "dtype": "float32"}
    wrong = with_scales_in_another_order(made["chatglm"], folder / "wrong")
    jobs = {
        "glm": (made["glm"], single),
        "chatglm": (made["chatglm"], single),
        "half": (made["chatglm"], options),
        "wrong": (wrong, single),
    }
    chance = np.random.default_rng(11)
    prompts = [chance.integers(3, VOCAB, length).tolist() for length in (5, 64, 23)]
    quiet = {
        "HF_HUB_OFFLINE": "1",
        "VLLM_NO_USAGE_STATS": "1",
        "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
    }
    given = json.dumps([(str(path), each) for path, each in jobs.values()])
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(prompts), str(VOCAB), given],
        env={**os.environ, **quiet},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    lines = [line.removeprefix("RESULT") for line in done.stdout.splitlines() if line.startswith("RESULT")]
    return Runs(checkpoint, prompts, dict(zip(jobs, map(json.loads, lines), strict=True)))


@pytest.mark.parametrize(
    ("name", "linear", "output"),
    [
        ("glm", {"qkv_proj", "o_proj", "gate_up_proj", "down_proj"}, "lm_head"),
        ("chatglm", {"query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"}, "output_layer"),
    ],
)
def test_linear_layers_are_computed_with_integers_and_the_output_is_not(
    name: str, linear: set[str], output: str, runs: Runs
) -> None:
    methods = runs.found[name]["methods"]
    assert {part for part, method in methods.items() if method == "CompressedTensorsLinearMethod"} == linear
    assert methods[output] == "UnquantizedEmbeddingMethod"


@pytest.mark.parametrize("name", ["glm", "chatglm"])
def test_log_probabilities_are_those_of_the_equations_with_eight_bits(name: str, runs: Runs) -> None:
    found = runs.logprobs(name)
    assert apart(found, runs.equations(lambda numbers, scale: numbers * scale)) < EXACT
    # a scale that is wrong by less than a hundredth shows
    assert apart(found, runs.equations(lambda numbers, scale: numbers * scale * 127 / 128)) > 3 * EXACT


@pytest.mark.parametrize("name", ["glm", "chatglm", "half"])
def test_log_probabilities_are_close_to_the_unquantized_model(name: str, runs: Runs) -> None:
    assert 0 < apart(runs.logprobs(name), runs.equations()) < CLOSE


def test_scales_in_another_order_are_far_from_it(runs: Runs) -> None:
    found = runs.logprobs("wrong")
    assert apart(found, runs.equations()) > 5 * CLOSE
    # and they are what was changed, and nothing else
    assert apart(found, runs.equations(lambda numbers, scale: numbers * scale[::-1])) < EXACT
