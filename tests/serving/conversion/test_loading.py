"""A converted folder as people load it: by its name alone, without remote code, offline."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from gradatim.serving.conversion import ConversionRequest, convert_chatglm3
from tests.serving.conversion.reference import Reference
from tests.serving.conversion.tiny import TinyCheckpoint, make_checkpoint

CONVERSATION = [
    {"role": "system", "content": "You help learners."},
    {"role": "user", "content": "Why does my loop end one round too early? 为什么？"},
]


@pytest.fixture
def checkpoint(pieces_model: Path, tmp_path: Path) -> TinyCheckpoint:
    return make_checkpoint(tmp_path / "source", vocab=2048, tokenizer=pieces_model)


def made(checkpoint: TinyCheckpoint, target: Path, layout: Any) -> Path:
    return convert_chatglm3(ConversionRequest(checkpoint.folder, target, layout)).folder


def test_both_layouts_have_the_same_tokenizer(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    transformers = import_module("transformers")
    prompts: list[list[int]] = []
    for layout in ("glm", "chatglm"):
        folder = made(checkpoint, tmp_path / layout, layout)
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
        prompts.append(tokenizer.apply_chat_template(CONVERSATION, add_generation_prompt=True, return_dict=False))
        assert tokenizer.model_max_length == 512
    assert prompts[0] == prompts[1]
    assert len(prompts[0]) > 20


def test_the_configuration_is_the_one_of_the_native_class(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    folder = made(checkpoint, tmp_path / "made", "glm")
    config = import_module("transformers").AutoConfig.from_pretrained(folder, trust_remote_code=False)
    assert type(config).__name__ == "GlmConfig"
    assert (config.head_dim, config.num_key_value_heads, config.vocab_size) == (32, 2, 2048)
    assert config.rope_parameters == {"rope_type": "default", "rope_theta": 10_000.0, "partial_rotary_factor": 0.5}


@pytest.mark.torch
def test_a_conversation_is_answered_until_a_stop_token(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed: `make test-serving` has it")
    torch, transformers = import_module("torch"), import_module("transformers")
    folder = made(checkpoint, tmp_path / "made", "glm")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, trust_remote_code=False, dtype="float32")
    stops = model.generation_config.eos_token_id
    assert [tokenizer.convert_ids_to_tokens(token) for token in stops] == ["</s>", "<|user|>", "<|observation|>"]
    asked = tokenizer.apply_chat_template(
        CONVERSATION, add_generation_prompt=True, return_dict=True, return_tensors="pt"
    )
    prompt = asked["input_ids"][0].tolist()
    # the tiny model is random, so a stop token is made the likeliest to see that generation ends at it
    said = Reference(checkpoint.config, checkpoint.tensors).logits([prompt])[0][-1]
    with torch.no_grad():
        free = model.generate(**asked, max_new_tokens=4, do_sample=False)[0].tolist()
        model.lm_head.weight[stops[1]] = 3 * model.lm_head.weight[int(said.argmax())]
        ended = model.generate(**asked, max_new_tokens=4, do_sample=False)[0].tolist()
    assert free[len(prompt)] == int(said.argmax())
    assert ended == [*prompt, stops[1]]
