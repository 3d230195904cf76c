"""The plug-in inside vLLM's own machinery, without a server: its loaders, its batches, its sampler."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from gradatim.serving.steering import Steering
from gradatim.serving.steering.tokens import token_biases
from gradatim.serving.steering.vllm import PROCESSOR, sampling_arguments
from tests.serving.steering.vocabularies import byte_level

pytestmark = [pytest.mark.torch, pytest.mark.vllm, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

STEERINGS = (
    Steering(lambda_profile=2.0, profile={"loop": 1.0, "recursion": -0.5}),
    Steering(
        lambda_profile=1.0, lambda_curriculum=3.0, profile={"list": 0.5}, curriculum={"list": 1.0, "for loop": 1.0}
    ),
    Steering(lambda_curriculum=4.0, curriculum={"index": -1.0}),
)


@pytest.fixture(scope="module")
def vllm() -> Any:
    return pytest.importorskip("vllm", reason="vLLM is not installed here; `make test-serving` has it")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import PreTrainedTokenizerFast

    from tests.serving.steering.vocabularies import byte_level_tokenizer

    tokenizer = PreTrainedTokenizerFast(tokenizer_object=byte_level_tokenizer(), eos_token="</s>", pad_token="<pad>")
    path = tmp_path_factory.mktemp("tokenizer")
    tokenizer.save_pretrained(path)
    return path


VOCABULARY = 430
"""Logits; more than the tokenizer has tokens, as padded models have."""


@pytest.fixture(scope="module")
def config(vllm: Any, folder: Path) -> Any:
    return SimpleNamespace(
        model_config=SimpleNamespace(
            skip_tokenizer_init=False,
            hf_config=None,
            tokenizer=str(folder),
            runner_type="generate",
            tokenizer_mode="auto",
            tokenizer_revision=None,
            trust_remote_code=False,
            get_vocab_size=lambda: VOCABULARY,
        ),
        scheduler_config=SimpleNamespace(max_num_seqs=8),
        speculative_config=None,
    )


@pytest.fixture(scope="module")
def params(vllm: Any) -> Callable[[Steering | None], Any]:
    return lambda steering: vllm.SamplingParams(
        temperature=1.0, extra_args=None if steering is None else sampling_arguments(steering)
    )


@pytest.fixture
def processor(config: Any, torch: Any) -> Any:
    from vllm.v1.sample.logits_processor import build_logitsprocs

    built = build_logitsprocs(config, torch.device("cpu"), False, False, [PROCESSOR])
    ours = [item for item in built.non_argmax_invariant if type(item).__name__ == "SteeringProcessor"]
    assert len(ours) == 1, "not among those that greedy decoding leaves out"
    return ours[0]


def line(steering: Steering | None) -> np.ndarray[Any, Any]:
    values = np.zeros(VOCABULARY, np.float32)
    for token, bias in token_biases(steering or Steering(), byte_level().tokenize).items():
        values[token] = bias
    return values


class TestFirstRunner:
    def test_batches_as_vllm_tells_of_them(self, processor: Any, torch: Any, params: Any) -> None:
        from vllm.v1.sample.logits_processor import BatchUpdateBuilder, MoveDirectionality

        logits = torch.randn(4, VOCABULARY, generator=torch.Generator().manual_seed(2))
        builder = BatchUpdateBuilder()

        def seen(*expected: Steering | None) -> None:
            processor.update_state(builder.get_and_reset(len(expected)))
            for _step in range(2):
                steered = processor.apply(logits[: len(expected)].clone())
                processor.update_state(None)
                assert np.array_equal(
                    steered.numpy(), logits[: len(expected)].numpy() + np.stack([line(item) for item in expected])
                )

        one, two, three = STEERINGS
        seen(None)
        builder.added.extend((row, params(item), [1], []) for row, item in enumerate((one, None, two)))
        seen(one, None, two)
        builder.moved.append((2, 1, MoveDirectionality.SWAP))
        seen(one, two, None)
        builder.removed_append(0)
        builder.moved.append((2, 0, MoveDirectionality.UNIDIRECTIONAL))
        seen(None, two)
        builder.added.extend([(1, params(three), [1], []), (2, params(one), [1], [])])
        seen(None, three, one)
        builder.moved.append((2, 1, MoveDirectionality.UNIDIRECTIONAL))
        seen(None, one, None)
        builder.removed_append(1)
        seen(None)
        assert processor.apply(logits) is logits

    def test_vllms_own_sampler_gives_the_formulas_distribution(self, processor: Any, torch: Any, params: Any) -> None:
        from vllm.v1.sample.logits_processor import BatchUpdateBuilder, LogitsProcessors
        from vllm.v1.sample.metadata import SamplingMetadata
        from vllm.v1.sample.sampler import Sampler

        builder = BatchUpdateBuilder()
        requests = (STEERINGS[0], None, STEERINGS[1], STEERINGS[2])
        builder.added.extend((row, params(item), [1], []) for row, item in enumerate(requests))
        processor.update_state(builder.get_and_reset(len(requests)))
        logits = torch.randn(4, VOCABULARY, generator=torch.Generator().manual_seed(3)) * 3
        temperature = torch.tensor([0.5, 1.0, 0.7, 1.3])
        nothing = torch.zeros(4)
        metadata = SamplingMetadata(
            temperature=temperature,
            all_greedy=False,
            all_random=True,
            top_p=None,
            top_k=None,
            generators={},
            max_num_logprobs=-1,
            no_penalties=True,
            prompt_token_ids=None,
            frequency_penalties=nothing,
            presence_penalties=nothing,
            repetition_penalties=nothing,
            output_token_ids=[[] for _ in requests],
            allowed_token_ids_mask=None,
            bad_words_token_ids={},
            logitsprocs=LogitsProcessors([processor]),
        )
        expected = logits.double().numpy() + np.stack([line(item) for item in requests])
        expected /= temperature.double().numpy()[:, None]
        expected -= np.log(np.exp(expected).sum(axis=-1, keepdims=True))
        sampled = Sampler(logprobs_mode="processed_logprobs")(logits.clone(), metadata)
        assert np.abs(sampled.logprobs_tensors.logprobs.numpy() - expected).max() < 1e-4


class TestSecondRunner:
    def test_slots_and_rows_as_vllm_tells_of_them(self, config: Any, torch: Any, params: Any) -> None:
        loader = pytest.importorskip(
            "vllm.v1.worker.gpu.sample.logits_processor", reason="this vLLM has the first runner only"
        )
        nothing = None
        requests = loader.LogitsProcRequestState(
            device=torch.device("cpu"),
            max_num_reqs=8,
            vocab_size=VOCABULARY,
            all_token_ids=nothing,
            prompt_len=nothing,
            prefill_len=nothing,
            total_len=nothing,
        )
        states = SimpleNamespace(**{name: getattr(requests, name) for name in requests.__dataclass_fields__})
        (processor,) = loader.build_custom_logits_processors(config, states, False, [PROCESSOR])
        one, two, _ = STEERINGS
        for slot, steering in ((5, one), (0, None), (3, two)):
            assert processor.add_request(slot, params(steering)) == (steering is not None)
        processor.apply_staged_writes()

        def step(slots: list[int], rows: list[int]) -> tuple[Any, Any]:
            mapping = torch.tensor(rows, dtype=torch.int32)
            context = loader.LogitsContext(
                expanded_idx_mapping=mapping,
                idx_mapping=torch.tensor(slots, dtype=torch.int32),
                idx_mapping_np=np.array(slots, np.int32),
                expanded_local_pos=torch.zeros_like(mapping),
                input_ids=torch.zeros_like(mapping),
                pos=torch.zeros_like(mapping),
                seq_lens_upper_bound_np=np.ones(len(slots), np.int32),
            )
            logits = torch.randn(len(rows), VOCABULARY, generator=torch.Generator().manual_seed(len(rows)))
            return logits.clone(), processor.apply(logits, context)

        before, after = step([0, 5, 3], [0, 5, 5, 3])
        assert np.array_equal(after.numpy(), before.numpy() + np.stack([line(None), line(one), line(one), line(two)]))
        assert not processor.add_request(5, params(None))
        processor.apply_staged_writes()
        before, after = step([3, 5], [3, 5])
        assert np.array_equal(after.numpy(), before.numpy() + np.stack([line(two), line(None)]))
        before, after = step([0, 5], [0, 5])
        assert torch.equal(after, before)

    def test_its_loader_takes_the_class(self, vllm: Any) -> None:
        from vllm.exceptions import VLLMValidationError

        loader = pytest.importorskip(
            "vllm.v1.worker.gpu.sample.logits_processor", reason="this vLLM has the first runner only"
        )
        validate = loader.build_custom_logits_processors_params_validator([PROCESSOR])
        with pytest.raises(VLLMValidationError, match="lambda_profile"):
            validate(vllm.SamplingParams(extra_args={"steering": '{"lambda_profile": -1}'}))


class TestRequests:
    @pytest.mark.parametrize(
        ("given", "problem"),
        [
            ('{"lambda": 1}', "steering.lambda"),
            ('{"profile": {"loop": NaN}}', "steering.profile.loop"),
            ('{"lambda_profile": 21}', "steering.lambda_profile"),
            (json.dumps({"profile": {f"w{n}": 0.1 for n in range(300)}}), "at most 256"),
            ("nonsense", "Invalid JSON"),
            (3, "vllm_xargs.steering"),
            (["loop"], "vllm_xargs.steering"),
            ('{"temperature": 0.5}', "the request's own"),
        ],
    )
    def test_bad_parameters_are_refused_where_requests_come_in(self, vllm: Any, given: Any, problem: str) -> None:
        from vllm.exceptions import VLLMValidationError
        from vllm.v1.sample.logits_processor import validate_logits_processors_parameters

        with pytest.raises(VLLMValidationError) as caught:
            validate_logits_processors_parameters([PROCESSOR], vllm.SamplingParams(extra_args={"steering": given}))
        assert problem in str(caught.value)

    def test_requests_that_say_nothing_or_of_other_things_pass(self, vllm: Any) -> None:
        from vllm.v1.sample.logits_processor import validate_logits_processors_parameters

        for arguments in (None, {}, {"other": 1}, {"steering": '{"temperature": 0.5}'}):
            params = vllm.SamplingParams(temperature=0.5, extra_args=arguments)
            validate_logits_processors_parameters([PROCESSOR], params)

    def test_special_tokens_are_never_steered(self, processor: Any, torch: Any, params: Any) -> None:
        from vllm.v1.sample.logits_processor import BatchUpdateBuilder

        builder = BatchUpdateBuilder()
        forging = Steering(lambda_profile=20.0, profile={"</s>": 1.0, "<|user|>": 1.0})
        builder.added.append((0, params(forging), [1], []))
        processor.update_state(builder.get_and_reset(1))
        steered = processor.apply(torch.zeros(1, VOCABULARY))
        from tests.serving.steering.vocabularies import byte_level_tokenizer

        special = [byte_level_tokenizer().token_to_id(text) for text in ("</s>", "<pad>", "<|user|>")]
        assert steered[0, special].tolist() == [0.0, 0.0, 0.0]

    def test_a_server_without_a_tokenizer_says_so_when_it_starts(self, config: Any, torch: Any) -> None:
        from gradatim.errors import ModelError
        from gradatim.serving.steering.plugin import SteeringProcessor

        bare = SimpleNamespace(
            model_config=SimpleNamespace(**{**vars(config.model_config), "skip_tokenizer_init": True})
        )
        with pytest.raises(ModelError, match="skip-tokenizer-init"):
            SteeringProcessor(bare, torch.device("cpu"), False)
