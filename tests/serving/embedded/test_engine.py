"""The engine on a tiny model: everything but sense."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from gradatim.errors import ModelError
from gradatim.serving.chat import OpenAIChat
from gradatim.serving.embedded import EmbeddedTransport, close_engines, transport
from gradatim.serving.embedded.engine import CONTEXT_TOKENS, SLOTS
from gradatim.serving.embedded.process import ModelProcess
from gradatim.serving.transport import BrokenOff, DeadlinePassed, Payload, RequestRefused, calling
from gradatim.settings import Settings
from tests.serving.embedded.tiny import write_tiny_model

LONG = 6000
"""Tokens of an answer that takes seconds."""


def ask(text: str, **fields: Any) -> Payload:
    return {"messages": [{"role": "user", "content": text}], "max_tokens": 4, "temperature": 0.0, **fields}


def cached(answer: dict[str, Any]) -> int:
    return answer["usage"]["prompt_tokens_details"]["cached_tokens"]


def process_of(tiny: EmbeddedTransport) -> ModelProcess:
    model = transport._engines.by_path[tiny.path]._model  # pyright: ignore[reportPrivateUsage]
    assert model is not None
    return model


def cpu_seconds(tiny: EmbeddedTransport) -> float:
    """Processor time of the model's process so far."""
    stat = Path(f"/proc/{process_of(tiny)._process.pid}/stat").read_text()  # pyright: ignore[reportPrivateUsage]
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


class TestPrompts:
    async def test_a_shared_beginning_is_read_once(self, tiny: EmbeddedTransport) -> None:
        await tiny.complete(ask("A" * 900 + " first question"))
        second = await tiny.complete(ask("A" * 900 + " another one"))
        assert 900 < cached(second) < 940
        assert second["timings"][0]["prompt_n"] < 60

    async def test_samples_share_the_prompt(self, tiny: EmbeddedTransport) -> None:
        answer = await tiny.complete(ask("B" * 900, n=3, temperature=1.0))
        assert len(answer["choices"]) == 3
        assert cached(answer) < 40
        again = await tiny.complete(ask("B" * 900, n=3, temperature=1.0))
        # all of it but the last token, which has to be read for its answer
        assert cached(again) == again["usage"]["prompt_tokens"] - 1

    async def test_there_is_no_second_prefill(self, tiny: EmbeddedTransport) -> None:
        """By what the model's process computes, not by what it says."""
        await tiny.complete(ask("warm"))

        async def spent(samples: int) -> float:
            before = cpu_seconds(tiny)
            question = ask(f"{samples}" * 6000, n=samples, max_tokens=1, temperature=1.0, cache_prompt=False)
            await tiny.complete(question)
            return cpu_seconds(tiny) - before

        single, three = await spent(1), await spent(3)
        assert three < 1.6 * single

    async def test_more_samples_than_slots_read_it_once_too(self, tiny: EmbeddedTransport) -> None:
        answer = await tiny.complete(ask("C" * 900, n=SLOTS + 2, temperature=1.0, seed=1))
        assert [choice["index"] for choice in answer["choices"]] == list(range(SLOTS + 2))
        assert len({choice["message"]["content"] for choice in answer["choices"]}) > SLOTS
        assert sum(timing["prompt_n"] for timing in answer["timings"][SLOTS:]) < 10

    @pytest.mark.parametrize("shared", [30, 80, 130])
    async def test_assessments_side_by_side_keep_their_prefixes(self, tiny: EmbeddedTransport, shared: int) -> None:
        names = "DEFGH"

        async def assess(name: str) -> dict[str, Any]:
            case = "system" * shared + name * (1000 - 6 * shared)
            await tiny.complete(ask(f"{case} write", max_tokens=30))
            return await tiny.complete(ask(f"{case} look again", n=3, temperature=1.0, max_tokens=20))

        answers = await asyncio.gather(*(assess(name) for name in names))
        assert [cached(answer) > 980 for answer in answers] == [True] * len(names)

    async def test_without_the_cache_everything_is_read(self, tiny: EmbeddedTransport) -> None:
        await tiny.complete(ask("I" * 500))
        assert cached(await tiny.complete(ask("I" * 500, cache_prompt=False))) == 0


class TestContext:
    async def test_an_answer_that_overflows_it_ends_as_one_that_is_too_long(self, tiny: EmbeddedTransport) -> None:
        answer = await tiny.complete(ask("J" * (CONTEXT_TOKENS - 100), max_tokens=1000))
        assert answer["choices"][0]["finish_reason"] == "length"
        assert answer["usage"]["total_tokens"] <= CONTEXT_TOKENS

    @pytest.mark.parametrize("spare", [0, 512])
    async def test_samples_share_what_is_left(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spare: int
    ) -> None:
        """What the slots remember of earlier requests must not be in the way, however little room there is beside."""
        monkeypatch.setattr("gradatim.serving.embedded.engine.CONTEXT_TOKENS", 1024)
        monkeypatch.setattr("gradatim.serving.embedded.engine.SPARE_TOKENS", spare)
        small = EmbeddedTransport(write_tiny_model(tmp_path / "small.gguf"), threads=1)
        for letter, length, samples in (("K", 700, 4), ("L", 800, 3), ("M", 500, 4), ("N", 880, 2), ("O", 600, 4)):
            answer = await small.complete(ask(letter * length, n=samples, max_tokens=420, temperature=1.0))
            assert [choice["finish_reason"] for choice in answer["choices"]] == ["length"] * samples
            assert answer["usage"]["completion_tokens"] > 0.9 * (1024 - length - 40)

    async def test_a_prompt_that_is_too_long_is_refused_with_its_tokens(self, tiny: EmbeddedTransport) -> None:
        with pytest.raises(RequestRefused, match=r"it has 9,0\d\d tokens.*holds 8,192") as caught:
            await tiny.complete(ask("N" * 9000))
        assert caught.value.status == 400
        assert not caught.value.retryable

    async def test_ten_megabytes_are_refused_at_once(self, tiny: EmbeddedTransport) -> None:
        started = time.process_time()
        with pytest.raises(RequestRefused, match=r"10,000,016 bytes.*holds 8,192 tokens"):
            await tiny.complete(ask("N" * 10_000_000))
        assert time.process_time() - started < 2

    async def test_a_model_with_a_smaller_context_says_so(self, tmp_path: Path) -> None:
        small = EmbeddedTransport(write_tiny_model(tmp_path / "small.gguf", context=512), threads=1)
        with pytest.raises(RequestRefused, match="holds 512 tokens"):
            await small.complete(ask("O" * 600))


class TestForms:
    async def test_answers_keep_to_a_schema(self, tiny: EmbeddedTransport) -> None:
        schema = {
            "type": "object",
            "properties": {
                "kind": {"enum": ["error", "style"]},
                "line": {"type": "integer", "maximum": 9, "minimum": 1},
            },
            "required": ["kind", "line"],
            "additionalProperties": False,
        }
        form = {"type": "json_schema", "json_schema": {"name": "finding", "schema": schema, "strict": True}}
        answer = await tiny.complete(ask("P", response_format=form, n=3, temperature=1.0, max_tokens=60))
        for choice in answer["choices"]:
            found = json.loads(choice["message"]["content"])
            assert found["kind"] in ("error", "style")
            assert 1 <= found["line"] <= 9

    async def test_listed_texts_are_told_to_their_end(self, tiny: EmbeddedTransport) -> None:
        facts = [
            'Line 8: `print(f"{count} numbers, sum {total}")` stands inside the loop of line 4.',
            'The start value is 0 for a sum, 1 for a product, "" or [] for something that grows \\ and so on.',
        ]
        for fact in facts:
            fields = {"fact": {"enum": [fact]}}
            schema = {"type": "object", "properties": fields, "required": ["fact"], "additionalProperties": False}
            form = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
            answer = await tiny.complete(ask("Q", response_format=form, temperature=1.0, max_tokens=300))
            told = json.loads(answer["choices"][0]["message"]["content"])["fact"]
            # weights by chance also take the letter that no model ever writes
            assert all(letter in (wanted, "\x7f") for letter, wanted in zip(told, fact, strict=True))

    async def test_a_schema_it_cannot_hold_is_refused(self, tiny: EmbeddedTransport) -> None:
        form = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "nonsense"}}}
        with pytest.raises(RequestRefused, match="Invalid type: nonsense") as caught:
            await tiny.complete(ask("Q", response_format=form))
        assert caught.value.status == 400

    async def test_a_stream_comes_in_pieces_and_ends_with_the_usage(self, tiny: EmbeddedTransport) -> None:
        chunks = [chunk async for chunk in tiny.stream(ask("R", max_tokens=12))]
        assert sum(1 for chunk in chunks if chunk["choices"] and chunk["choices"][0]["delta"].get("content")) > 5
        assert chunks[-1]["usage"]["completion_tokens"] == 12

    async def test_a_seed_gives_the_same_samples(self, talker: OpenAIChat) -> None:
        await talker.ainvoke("S")  # so that both find the same prompt in the cache
        runs = [await talker.ainvoke("S", temperature=1.0, seed=5) for _ in range(2)]
        assert runs[0].text == runs[1].text
        assert runs[0].response_metadata["mean_logprob"] < 0


class TestGivingUp:
    async def test_a_request_that_is_given_up_frees_the_engine(self, tiny: EmbeddedTransport) -> None:
        started = time.monotonic()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(tiny.complete(ask("T", max_tokens=LONG)), 0.2)
        await tiny.complete(ask("U", max_tokens=1))
        assert time.monotonic() - started < 3

    async def test_a_stream_that_is_left_frees_the_engine(self, tiny: EmbeddedTransport) -> None:
        pieces = tiny.stream(ask("V", max_tokens=LONG))
        await anext(pieces)
        await pieces.aclose()
        started = time.monotonic()
        await tiny.complete(ask("W", max_tokens=1))
        assert time.monotonic() - started < 3

    async def test_a_request_that_waits_can_be_given_up(self, tiny: EmbeddedTransport) -> None:
        first = asyncio.create_task(tiny.complete(ask("X", max_tokens=2000)))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(tiny.complete(ask("Y")))
        await asyncio.sleep(0.05)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        assert (await first)["usage"]["completion_tokens"] == 2000

    async def test_the_timeout_holds(self, tiny: EmbeddedTransport) -> None:
        hasty = EmbeddedTransport(tiny.path, timeout=0.3)
        with pytest.raises(DeadlinePassed, match=r"within 0\.3 seconds"):
            await hasty.complete(ask("Z", max_tokens=LONG))

    async def test_a_deadline_holds_for_a_request_that_waits(self, tiny: EmbeddedTransport) -> None:
        first = asyncio.create_task(tiny.complete(ask("a", max_tokens=4000)))
        await asyncio.sleep(0.05)
        with calling(seconds=0.2), pytest.raises(DeadlinePassed, match=r"within 0\.2 seconds"):
            await tiny.complete(ask("b"))
        assert not first.done()
        first.cancel()

    async def test_closing_ends_what_runs_and_what_waits(self, tiny: EmbeddedTransport) -> None:
        running = asyncio.create_task(tiny.complete(ask("c", max_tokens=LONG)))
        waiting = asyncio.create_task(tiny.complete(ask("d")))
        await asyncio.sleep(0.2)
        pid = process_of(tiny)._process.pid  # pyright: ignore[reportPrivateUsage]
        await asyncio.to_thread(close_engines)
        ended = await asyncio.gather(running, waiting, return_exceptions=True)
        assert [isinstance(item, ModelError) for item in ended] == [True, True]
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        assert (await tiny.complete(ask("e")))["choices"]  # it is loaded again


class TestFailing:
    async def test_a_model_process_that_dies_is_reported_and_started_anew(self, tiny: EmbeddedTransport) -> None:
        await tiny.complete(ask("f"))
        running = asyncio.create_task(tiny.complete(ask("g", max_tokens=LONG)))
        await asyncio.sleep(0.2)
        os.kill(process_of(tiny)._process.pid, signal.SIGKILL)  # pyright: ignore[reportPrivateUsage]
        with pytest.raises(BrokenOff, match="ended by signal 9") as caught:
            await running
        assert "free memory" in str(caught.value.remedy)
        assert (await tiny.complete(ask("h")))["choices"]

    async def test_one_that_died_between_requests_is_started_anew(self, tiny: EmbeddedTransport) -> None:
        await tiny.complete(ask("f"))
        os.kill(process_of(tiny)._process.pid, signal.SIGTERM)  # pyright: ignore[reportPrivateUsage]
        await asyncio.sleep(0.1)
        assert (await tiny.complete(ask("h")))["choices"]

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "it is empty"),
            (b"PK\3\4 something else", "no GGUF file"),
            (b"GGUF" + b"\0" * 100, "cannot load the model"),
        ],
    )
    async def test_a_file_that_is_no_model(self, tmp_path: Path, content: bytes, said: str) -> None:
        path = tmp_path / "broken.gguf"
        path.write_bytes(content)
        with pytest.raises(ModelError, match=said) as caught:
            await OpenAIChat(model="broken", transport=EmbeddedTransport(path)).ainvoke("Hello")
        assert caught.value.place == str(path)
        assert caught.value.remedy

    def test_a_file_that_was_cut_off(self, tmp_path: Path, tiny_file: Path) -> None:
        path = tmp_path / "half.gguf"
        path.write_bytes(tiny_file.read_bytes()[:200_000])
        with pytest.raises(ModelError, match=r"cannot load the model: .*(bounds|corrupt)"):
            asyncio.run(EmbeddedTransport(path).complete(ask("Hello")))

    async def test_a_folder_and_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="a folder is not a model file"):
            await EmbeddedTransport(tmp_path).complete(ask("Hello"))
        with pytest.raises(ModelError, match="no such model file"):
            await EmbeddedTransport(tmp_path / "absent.gguf").complete(ask("Hello"))

    def test_no_process_can_be_started(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        monkeypatch.setattr("tempfile.tempdir", None)
        model = write_tiny_model(tmp_path / "tiny.gguf")
        with pytest.raises(ModelError, match="no process can be started"):
            asyncio.run(EmbeddedTransport(model).complete(ask("Hello")))
        assert [path.name for path in tmp_path.iterdir()] == ["tiny.gguf"]

    def test_no_memory(self, tiny_file: Path) -> None:
        program = (
            "import asyncio, resource\n"
            "from pathlib import Path\n"
            "from gradatim.serving.embedded import EmbeddedTransport\n"
            f"model = EmbeddedTransport(Path({str(tiny_file)!r}), threads=1)\n"
            "try:\n"
            "    asyncio.run(model.complete({'messages': [{'role': 'user', 'content': 'Hello'}], 'max_tokens': 1}))\n"
            "except Exception as error:\n"
            "    print(type(error).__name__, error)\n"
        )
        run = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (240 * 2**20, 240 * 2**20)),
        )
        assert run.returncode == 0, run.stderr
        assert run.stdout.startswith(("ModelError", "BrokenOff")), run.stdout
        assert "free memory" in run.stdout or "smaller model" in run.stdout


class TestBeside:
    async def test_the_event_loop_goes_on_while_a_model_loads(self, tmp_path: Path) -> None:
        again = write_tiny_model(tmp_path / "again.gguf")
        longest = 0.0

        async def watch() -> None:
            nonlocal longest
            while True:
                before = time.monotonic()
                await asyncio.sleep(0.005)
                longest = max(longest, time.monotonic() - before)

        watching = asyncio.create_task(watch())
        await EmbeddedTransport(again, threads=1).complete(ask("i"))
        watching.cancel()
        assert longest < 1.0

    def test_blocking_callers_in_several_threads(self, talker: OpenAIChat) -> None:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda n: talker.invoke([HumanMessage(f"{n}")]), range(8)))
        assert all(answer.usage_metadata for answer in answers)


def test_the_settings_reach_the_engine(tiny_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gradatim.serving.models import open_chat_model

    model = open_chat_model(str(tiny_file), Settings(model_threads=1, model_gpu_layers=3))
    assert isinstance(model, OpenAIChat)
    assert (model.model_name, model.endpoint) == ("tiny", str(tiny_file))
    orders: list[dict[str, Any]] = []

    def refuse(path: Path, order: dict[str, Any], given_up: Any) -> ModelProcess:
        orders.append(order)
        raise ModelError("not now")

    monkeypatch.setattr("gradatim.serving.embedded.engine.ModelProcess", refuse)
    close_engines()
    with pytest.raises(ModelError, match="not now"):
        model.invoke("Hello")
    close_engines()
    assert (orders[0]["threads"], orders[0]["gpu_layers"]) == (1, 3)
