"""The real embedded model: what only it can show. Few tokens, for it runs on whatever cores there are."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from typing import Any, Literal

import pytest
from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import BaseModel, Field

from gradatim.serving.catalogue import QWEN_CODER_1_5B
from gradatim.serving.chat import OpenAIChat
from gradatim.serving.embedded.engine import SLOTS
from gradatim.serving.structured import ask_structured
from gradatim.serving.transport import RequestRefused
from gradatim.settings import Settings

pytestmark = pytest.mark.model

RULES = " ".join(f"Rule {number}: look at line {number} and say what it does." for number in range(1, 13))


class Finding(BaseModel):
    kind: Literal["error", "style"]
    why: str = Field(max_length=24)


def cached(answer: Any) -> int:
    return answer.usage_metadata["input_token_details"]["cache_read"]


async def test_requests_at_once_share_their_beginning(embedded: OpenAIChat) -> None:
    start = SystemMessage(f"You judge Java. {RULES}")
    answers = await asyncio.gather(
        *(embedded.ainvoke([start, HumanMessage(f"What is rule {n}?")], max_tokens=1) for n in (3, 5, 7))
    )
    assert sorted(cached(answer) > 100 for answer in answers)[1:] == [True, True]


async def test_more_samples_than_slots(embedded: OpenAIChat) -> None:
    wanted = SLOTS + 1
    answer = await ask_structured(
        embedded, [HumanMessage("x=1 # bad?")], Finding, n=wanted, temperature=1.0, max_tokens=40, seed=11
    )
    assert len(answer.samples) == wanted
    assert all(isinstance(sample.value, Finding) for sample in answer.samples)
    assert all(sample.mean_logprob is not None and sample.mean_logprob < 0 for sample in answer.samples)
    assert len({sample.raw for sample in answer.samples}) > 1


async def test_stop_words(embedded: OpenAIChat) -> None:
    answer = await embedded.ainvoke("Count from 1 to 9, separated by commas.", stop=["4"], max_tokens=20)
    assert "3" in answer.text
    assert "4" not in answer.text


async def test_a_request_that_is_given_up_ends(embedded: OpenAIChat) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(embedded.ainvoke("Count from 1 to 900, each number on a line.", max_tokens=2000), 1.0)
    started = time.monotonic()
    await embedded.ainvoke("Hello", max_tokens=1)
    assert time.monotonic() - started < 60


async def test_a_prompt_that_is_too_long_is_refused(embedded: OpenAIChat) -> None:
    with pytest.raises(RequestRefused, match=r"it has 9,0\d\d tokens") as caught:
        await embedded.ainvoke("word " * 9000)
    assert caught.value.status == 400


def test_the_process_ends_cleanly_in_the_middle_of_an_answer(embedded: OpenAIChat) -> None:
    """With the model also loaded here: both share the file's pages and nothing else."""
    embedded.invoke("Hello", max_tokens=1)
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
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=200, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[0] == "leaving"
    assert run.stderr == ""


def test_the_weights_are_pages_of_the_file(embedded: OpenAIChat) -> None:
    from gradatim.serving.embedded import transport

    embedded.invoke("Hello", max_tokens=1)
    model = next(
        engine._model  # pyright: ignore[reportPrivateUsage]
        for path, engine in transport._engines.by_path.items()  # pyright: ignore[reportPrivateUsage]
        if str(path) == embedded.endpoint
    )
    assert model is not None
    with open(f"/proc/{model._process.pid}/status") as stream:  # pyright: ignore[reportPrivateUsage]
        held = dict(line.split(":", 1) for line in stream)
    assert int(held["RssFile"].split()[0]) * 1024 > 0.5 * QWEN_CODER_1_5B.size


def test_the_settings_reach_the_transport(embedded: OpenAIChat) -> None:
    assert embedded.model_name == QWEN_CODER_1_5B.id
    assert embedded.endpoint.startswith(str(Settings().models_dir.resolve()))
