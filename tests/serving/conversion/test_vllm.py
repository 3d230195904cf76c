"""Both layouts on a real vLLM: log-probabilities of whole prompts against the equations."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradatim.serving.conversion import ConversionRequest, convert_chatglm3
from tests.serving.conversion.reference import Reference
from tests.serving.conversion.tiny import make_checkpoint

pytestmark = [
    pytest.mark.vllm,
    pytest.mark.skipif(find_spec("vllm") is None, reason="vllm is not installed: `make test-serving` has it"),
]

TOLERANCE = 1e-4
"""Largest difference of two log-probabilities in single precision."""
VOCAB = 512

SCRIPT = """
import json, sys
from vllm import LLM, SamplingParams
from vllm.inputs import TokensPrompt

folder, prompts, vocab = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
model = LLM(folder, dtype="float32", enforce_eager=True, skip_tokenizer_init=True, max_model_len=128,
            max_logprobs=vocab, max_num_seqs=8)
wanted = SamplingParams(max_tokens=1, temperature=0.0, prompt_logprobs=vocab, detokenize=False)
answers = model.generate([TokensPrompt(prompt_token_ids=prompt) for prompt in prompts], wanted, use_tqdm=False)
found = [
    [[position[token].logprob for token in range(vocab)] for position in answer.prompt_logprobs[1:]]
    for answer in answers
]
architecture = model.llm_engine.model_config.architecture
print("RESULT" + json.dumps({"architecture": architecture, "logprobs": found}))
"""


def on_vllm(folder: Path, prompts: list[list[int]]) -> dict[str, Any]:
    quiet = {
        "HF_HUB_OFFLINE": "1",
        "VLLM_NO_USAGE_STATS": "1",
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), json.dumps(prompts), str(VOCAB)],
        env={**os.environ, **quiet},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("RESULT"))
    return json.loads(line.removeprefix("RESULT"))


@pytest.mark.parametrize(
    ("layout", "architecture", "rope_ratio"),
    [("chatglm", "ChatGLMModel", 50), ("glm", "GlmForCausalLM", None)],
)
def test_log_probabilities_are_those_of_the_equations(
    layout: Any, architecture: str, rope_ratio: float | None, tmp_path: Path
) -> None:
    checkpoint = make_checkpoint(
        tmp_path / "source", hidden=256, heads=4, groups=2, kv_channels=64, vocab=VOCAB, rope_ratio=rope_ratio
    )
    made = convert_chatglm3(ConversionRequest(checkpoint.folder, tmp_path / "made", layout, with_tokenizer=False))
    chance = np.random.default_rng(11)
    prompts = [chance.integers(3, VOCAB, length).tolist() for length in (5, 64, 23)]
    found = on_vllm(made.folder, prompts)
    assert found["architecture"] == architecture
    expected = Reference(checkpoint.config, checkpoint.tensors).logits(prompts)
    for logits, logprobs in zip(expected, found["logprobs"], strict=True):
        # what is said of a position is what its forerunner predicts
        wanted = logits[:-1] - np.log(np.exp(logits[:-1]).sum(axis=-1, keepdims=True))
        assert np.abs(np.array(logprobs) - wanted).max() <= TOLERANCE
