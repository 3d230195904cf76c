"""The real embedded model: what only it can show. Few tokens, for it runs on whatever cores there are."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Literal

import pytest
from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import BaseModel, Field

from gradatim.errors import ModelError
from gradatim.serving.catalogue import QWEN_CODER_1_5B
from gradatim.serving.chat import OpenAIChat
from gradatim.serving.embedded import EmbeddedTransport, assemble
from gradatim.serving.engine import SLOTS, native_payload
from gradatim.serving.structured import ask_structured
from gradatim.serving.transport import RequestRefused
from gradatim.settings import Settings

RULES = " ".join(f"Rule {number}: look at line {number} and say what it does." for number in range(1, 13))


class Finding(BaseModel):
    kind: Literal["error", "style"]
    why: str = Field(max_length=24)


def cached(answer: Any) -> int:
    return answer.usage_metadata["input_token_details"]["cache_read"]


@pytest.mark.model
class TestRealModel:
    async def test_a_shared_prefix_is_read_once(self, embedded: OpenAIChat) -> None:
        start = SystemMessage(f"You judge Python. {RULES}")
        await embedded.ainvoke([start, HumanMessage("What is rule 3?")], max_tokens=1)
        second = await embedded.ainvoke([start, HumanMessage("And what is rule 5?")], max_tokens=1)
        assert second.usage_metadata is not None
        assert cached(second) > 0.9 * second.usage_metadata["input_tokens"]

    async def test_requests_at_once_share_it_too(self, embedded: OpenAIChat) -> None:
        start = SystemMessage(f"You judge Java. {RULES}")
        answers = await asyncio.gather(
            *(embedded.ainvoke([start, HumanMessage(f"What is rule {n}?")], max_tokens=1) for n in (3, 5, 7))
        )
        assert sum(1 for answer in answers if cached(answer) > 100) >= 2

    async def test_more_samples_than_slots(self, embedded: OpenAIChat) -> None:
        wanted = SLOTS + 1
        answer = await ask_structured(
            embedded, [HumanMessage("x=1 # bad?")], Finding, n=wanted, temperature=1.0, max_tokens=40, seed=11
        )
        assert len(answer.samples) == wanted
        assert all(isinstance(sample.value, Finding) for sample in answer.samples)
        assert all(sample.mean_logprob is not None and sample.mean_logprob < 0 for sample in answer.samples)
        assert len({sample.raw for sample in answer.samples}) > 1

    async def test_a_seed_gives_the_same_samples(self, embedded: OpenAIChat) -> None:
        question = [HumanMessage("Name a colour.")]
        await embedded.ainvoke(question, max_tokens=1)  # so that both find the same prompt in the cache
        runs = [await embedded.ainvoke(question, temperature=1.0, seed=5, max_tokens=5) for _ in range(2)]
        assert runs[0].text == runs[1].text

    async def test_stop_words(self, embedded: OpenAIChat) -> None:
        answer = await embedded.ainvoke("Count from 1 to 9, separated by commas.", stop=["4"], max_tokens=20)
        assert "3" in answer.text
        assert "4" not in answer.text

    async def test_a_request_that_is_given_up_ends(self, embedded: OpenAIChat) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(embedded.ainvoke("Write a long story.", max_tokens=2000), 1.0)
        started = time.monotonic()
        await embedded.ainvoke("Hello", max_tokens=1)
        assert time.monotonic() - started < 60

    async def test_the_timeout_holds(self, embedded: OpenAIChat) -> None:
        path = Path(embedded.endpoint)
        hasty = OpenAIChat(model="hasty", transport=EmbeddedTransport(path, timeout=0.5))
        with pytest.raises(ModelError, match=r"within 0\.5 seconds"):
            await hasty.ainvoke("Write a long story.", max_tokens=2000)

    async def test_a_prompt_that_is_too_long_is_refused(self, embedded: OpenAIChat) -> None:
        with pytest.raises(RequestRefused, match="context") as caught:
            await embedded.ainvoke("word " * 9000)
        assert caught.value.status == 400

    def test_the_process_ends_cleanly_in_the_middle_of_an_answer(self, embedded: OpenAIChat) -> None:
        program = (
            "import sys, threading\n"
            "from gradatim.serving import open_chat_model\n"
            "from gradatim.settings import Settings\n"
            f"model = open_chat_model({QWEN_CODER_1_5B.id!r}, Settings())\n"
            "def talk():\n"
            "    try:\n"
            "        for chunk in model.stream('Count from 1 to 500.', max_tokens=400):\n"
            "            started.set()\n"
            "    except Exception as error:\n"
            "        print(type(error).__name__)\n"
            "started = threading.Event()\n"
            "threading.Thread(target=talk, daemon=True).start()\n"
            "started.wait(120)\n"
            "print('leaving')\n"
        )
        began = time.monotonic()
        run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=200, check=False)
        assert run.returncode == 0, run.stderr
        assert run.stdout.splitlines()[0] == "leaving"
        assert run.stderr == ""
        assert time.monotonic() - began < 150


async def test_a_file_that_is_no_model_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF" + b"\0" * 100)
    with pytest.raises(ModelError, match="cannot load") as caught:
        await OpenAIChat(model="broken", transport=EmbeddedTransport(path)).ainvoke("Hello")
    assert caught.value.place == str(path)
    assert caught.value.remedy


def test_schemas_become_grammars_without_loose_white_space() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    form = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema, "strict": True}}
    native = native_payload({"messages": [], "response_format": form})
    assert "response_format" not in native
    assert '"whitespace_flexible": false' in native["grammar"]
    assert native["grammar"].startswith("%llguidance")
    loose = native_payload({"messages": [], "response_format": {"type": "json_object"}})
    assert loose["response_format"] == {"type": "json_object"}


def test_chunks_are_put_together_by_sample() -> None:
    def piece(index: int, text: str | None, finish: str | None = None) -> dict[str, Any]:
        return {"choices": [{"index": index, "delta": {"content": text}, "finish_reason": finish}]}

    def spent(tokens: int) -> dict[str, Any]:
        return {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": tokens, "total_tokens": 9 + tokens}}

    chunks = [
        piece(1, None), piece(0, "a"), piece(1, "x"), piece(0, "b"), piece(1, None, "length"), spent(1),
        piece(0, None, "stop"), spent(2),
    ]  # fmt: skip
    answer = assemble(chunks)
    assert [choice["message"]["content"] for choice in answer["choices"]] == ["ab", "x"]
    assert [choice["finish_reason"] for choice in answer["choices"]] == ["stop", "length"]
    assert answer["usage"]["prompt_tokens"] == 9
    assert answer["usage"]["completion_tokens"] == 3


def test_the_settings_reach_the_transport(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    from gradatim.serving.models import open_chat_model

    path = settings.models_dir / QWEN_CODER_1_5B.files[0].name
    path.parent.mkdir(parents=True)
    with path.open("wb") as stream:
        stream.truncate(QWEN_CODER_1_5B.size)  # sparse: only the size counts here
    model = open_chat_model(QWEN_CODER_1_5B.id, settings)
    assert isinstance(model, OpenAIChat)
    assert model.model_name == QWEN_CODER_1_5B.id
    assert model.endpoint == str(path.resolve())
