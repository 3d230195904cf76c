"""vLLM's engine inside this process, with a tiny converted ChatGLM3."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from langchain_core.messages import HumanMessage
from pydantic import BaseModel, Field

from gradatim.errors import ModelError, SettingsError
from gradatim.serving import open_chat_model
from gradatim.serving.chat import OpenAIChat
from gradatim.serving.structured import ask_structured
from gradatim.serving.transport import BrokenOff, DeadlinePassed, Payload, RequestRefused, calling
from gradatim.serving.vllm_engine import EngineTransport, close_engines, parse_spec
from gradatim.settings import Settings

NAME = "chatglm3-tiny"
QUERY = "dtype=float32&enforce_eager=true&block_size=32&kv_cache_memory_bytes=134217728&max_num_seqs=16"


class Judgement(BaseModel):
    verdict: Literal["correct", "incorrect"]
    line: int = Field(ge=1, le=9)


def test_specs_name_folder_model_and_arguments() -> None:
    assert parse_spec("vllm:a/b?dtype=float32&enforce_eager=true&max_model_len=64#glm") == (
        Path("a/b"), "glm", {"dtype": "float32", "enforce_eager": True, "max_model_len": 64},
    )  # fmt: skip
    for spec in ("vllm:a/b", "vllm:#glm"):
        with pytest.raises(SettingsError, match="folder and a model's name"):
            parse_spec(spec)


async def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    chat = open_chat_model(f"vllm:{tmp_path}#glm", Settings())
    with pytest.raises(ModelError, match="holds no model") as caught:
        await chat.ainvoke("hello")
    assert caught.value.place == str(tmp_path)


def asking(text: str = "check the base case before the recursive call", **changes: Any) -> Payload:
    messages = [{"role": "user", "content": text}]
    return {"model": NAME, "messages": messages, "temperature": 0.0, "max_tokens": 8, **changes}


@pytest.fixture(scope="module")
def transport(tiny_chatglm: Path) -> Iterator[EngineTransport]:
    folder, name, arguments = parse_spec(f"vllm:{tiny_chatglm}?{QUERY}#{NAME}")
    yield EngineTransport(folder, name=name, timeout=120, arguments=arguments)
    close_engines()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("vllm ")]


@pytest.mark.vllm
@pytest.mark.filterwarnings("ignore")  # vLLM's and torch's own, while they are imported
class TestEngine:
    async def test_it_answers_as_openai_does(self, transport: EngineTransport) -> None:
        answer = await transport.complete(asking(logprobs=True, top_logprobs=2))
        (choice,) = answer["choices"]
        assert choice["message"]["role"] == "assistant"
        assert choice["finish_reason"] in ("length", "stop")
        tokens = choice["logprobs"]["content"]
        spent = answer["usage"]
        assert len(tokens) == spent["completion_tokens"] <= 8
        assert spent["total_tokens"] == spent["prompt_tokens"] + spent["completion_tokens"]
        assert all(token["logprob"] <= 0 and len(token["top_logprobs"]) == 2 for token in tokens)
        assert all(token["top_logprobs"][0]["logprob"] == token["logprob"] for token in tokens)  # greedy

    async def test_samples_share_one_prefill(self, transport: EngineTransport) -> None:
        text = "a loop that begins at one and ends before the last number " * 8
        answer = await transport.complete(asking(text, n=3, temperature=0.9, seed=7))
        again = await transport.complete(asking(text, n=3, temperature=0.9, seed=7))
        assert [choice["index"] for choice in answer["choices"]] == [0, 1, 2]
        contents = [choice["message"]["content"] for choice in answer["choices"]]
        assert len(set(contents)) > 1
        assert contents == [choice["message"]["content"] for choice in again["choices"]]
        assert answer["usage"]["completion_tokens"] > 8
        cached = again["usage"]["prompt_tokens_details"]["cached_tokens"]
        assert 0.5 * again["usage"]["prompt_tokens"] < cached <= again["usage"]["prompt_tokens"]

    async def test_a_stream_amounts_to_the_answer(self, transport: EngineTransport) -> None:
        chunks = [chunk async for chunk in transport.stream(asking(n=2, temperature=0.9, seed=3, logprobs=True))]
        whole = await transport.complete(asking(n=2, temperature=0.9, seed=3))
        texts = {0: "", 1: ""}
        reasons: dict[int, str] = {}
        for chunk in chunks:
            for choice in chunk["choices"]:
                texts[choice["index"]] += choice["delta"]["content"]
                if choice["finish_reason"]:
                    reasons[choice["index"]] = choice["finish_reason"]
        assert len(chunks) > 3
        assert list(texts.values()) == [choice["message"]["content"] for choice in whole["choices"]]
        assert set(reasons) == {0, 1}
        assert chunks[-1]["usage"]["completion_tokens"] == whole["usage"]["completion_tokens"]

    async def test_a_left_stream_ends_its_request(self, transport: EngineTransport) -> None:
        stream = transport.stream(asking(max_tokens=1000, min_p=0.0))
        await anext(stream)
        await stream.aclose()
        assert (await asyncio.wait_for(transport.complete(asking()), 60))["choices"]

    async def test_answers_are_of_the_schema(self, transport: EngineTransport) -> None:
        chat = OpenAIChat(model=NAME, transport=transport)
        asked = [HumanMessage("is it correct?")]
        answer = await ask_structured(chat, asked, Judgement, n=2, temperature=1.0, max_tokens=60)
        assert [type(sample.value) for sample in answer.samples] == [Judgement, Judgement]
        assert answer.usage.requests == 1

    async def test_a_stop_text_ends_the_answer(self, transport: EngineTransport) -> None:
        whole = (await transport.complete(asking(max_tokens=30)))["choices"][0]["message"]["content"]
        middle = whole[len(whole) // 2 :][:3]
        cut = (await transport.complete(asking(max_tokens=30, stop=[middle])))["choices"][0]
        assert cut["finish_reason"] == "stop"
        assert cut["message"]["content"] == whole[: whole.index(middle)]

    async def test_steering_changes_the_answer(self, transport: EngineTransport) -> None:
        plain = await transport.complete(asking(max_tokens=20))
        steering = {"lambda_curriculum": 8.0, "curriculum": {"recursive": 1.0}}
        steered = await transport.complete(asking(max_tokens=20, steering=steering))
        assert plain["choices"][0]["message"] != steered["choices"][0]["message"]

    @pytest.mark.parametrize(
        ("changes", "status", "words"),
        [
            ({"guided_json": {}}, 400, "guided_json"),
            ({"model": "other"}, 404, "does not exist"),
            ({"temperature": -1}, 400, "temperature"),
            ({"n": 2}, 400, "greedy"),
            ({"logit_bias": {"a": 1}}, 400, ""),
            ({"messages": []}, 400, "no messages"),
            ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 400, "more than text"),
            ({"response_format": {"type": "xml"}}, 400, "xml"),
            ({"steering": {"lambda_profile": -1}}, 400, ""),
            ({"messages": [{"role": "user", "content": "word " * 4000}]}, 400, "tokens"),
        ],
    )
    async def test_what_it_cannot_do_is_refused(
        self, transport: EngineTransport, changes: dict[str, Any], status: int, words: str
    ) -> None:
        with pytest.raises(RequestRefused, match=words) as caught:
            await transport.complete(asking(**changes))
        assert caught.value.status == status

    async def test_deadlines_hold(self, transport: EngineTransport) -> None:
        with calling(seconds=0.05), pytest.raises(DeadlinePassed):
            await transport.complete(asking(max_tokens=1800))

    def test_it_belongs_to_no_event_loop(self, transport: EngineTransport) -> None:
        answers = [asyncio.run(transport.complete(asking()))["choices"][0]["message"] for _ in range(2)]
        assert answers[0] == answers[1]
        assert OpenAIChat(model=NAME, transport=transport).invoke("hello").text is not None

    async def test_many_requests_at_once_are_batched(self, transport: EngineTransport) -> None:
        answers = await asyncio.gather(*(transport.complete(asking(f"line {n}", max_tokens=20)) for n in range(24)))
        assert len(answers) == 24
        assert all(answer["usage"]["completion_tokens"] for answer in answers)

    def test_a_batch_runs_over_it(self, transport: EngineTransport, tmp_path: Path) -> None:
        from click.testing import CliRunner

        from gradatim.app.cli import cli
        from tests.app.conftest import RIGHT, TASK, WRONG

        (tmp_path / "task.yaml").write_text(TASK, "utf-8")
        for name, code in (("right", RIGHT), ("wrong", WRONG)):
            (tmp_path / f"{name}.py").write_text(code, "utf-8")
        spec = f"vllm:{transport.folder}?{QUERY}#{NAME}"
        out = tmp_path / "out.jsonl"
        arguments = ["batch", str(tmp_path / "task.yaml"), str(tmp_path / "right.py"), str(tmp_path / "wrong.py")]
        result = CliRunner().invoke(
            cli, [*arguments, "--out", str(out), "--model", spec, "--data-dir", str(tmp_path / "data"), "--json"]
        )
        assert result.exit_code in (0, 1), result.output
        rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
        assert sorted(row["verdict"] for row in rows) == ["correct", "incorrect"]
        for row in rows:  # a random model writes nonsense: evidence stands in, and what was asked is accounted for
            spent = row["assessment"]["usage"].values()
            assert sum(item["requests"] for item in spent) >= 1
            assert sum(item["input_tokens"] for item in spent) > 0

    async def test_a_dead_engine_is_told_and_started_anew(self, transport: EngineTransport) -> None:
        before = await transport.complete(asking())
        victims = [child for child in multiprocessing.active_children() if "EngineCore" in child.name]
        assert victims
        pending = asyncio.create_task(transport.complete(asking(max_tokens=1800)))
        await asyncio.sleep(0.2)
        for child in victims:
            child.kill()
        with pytest.raises(BrokenOff, match="has died"):
            await asyncio.wait_for(pending, 60)
        after = await transport.complete(asking())
        assert after["choices"][0]["message"] == before["choices"][0]["message"]
