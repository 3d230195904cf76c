"""The load benchmark: its simulated server, its cases, and its figures."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from gradatim.agents.answer import feedback_schema
from gradatim.agents.conversation import case_messages, citable
from gradatim.agents.critic import Opinion, opinion_schema
from gradatim.app.bench.load import bench
from gradatim.app.bench.load.answers import NoAnswer, answer_to
from gradatim.app.bench.load.cases import cases, history
from gradatim.app.bench.load.engine import Engine, Job
from gradatim.app.bench.load.faults import KINDS, Faults
from gradatim.app.bench.load.figures import busy, ends, quantile
from gradatim.app.bench.load.process import SimulatedServer, simulated_server
from gradatim.app.bench.load.timing import Requests
from gradatim.errors import ServiceError
from gradatim.serving.schema import response_format
from gradatim.settings import Settings
from gradatim.tools.claims.case import Case
from gradatim.tools.diagnosis import diagnose
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import open_sandbox
from tests.app.conftest import Invoke

# --------------------------------------------------------------------------------------------- the engine


def test_one_job_takes_its_tokens_at_the_rate_of_one_sequence() -> None:
    engine = Engine(100, 1000, 4, sequence_rate=20)
    job = Job(0.0, 500.0, (40,))
    engine.submit(job, 0.0)
    assert engine.next_end() == pytest.approx(0.5)  # the prompt
    assert engine.advance(2.0) == []
    assert engine.advance(9.0) == [job]
    assert job.ended == pytest.approx(0.5 + 40 / 20)
    assert engine.used == pytest.approx(0.5 + 40 / 100), "a fifth of the rate was in use while it wrote"


def test_samples_share_one_prompt_and_take_a_slot_each() -> None:
    engine = Engine(100, 1000, 3)
    first, second = Job(0.0, 0.0, (50, 50)), Job(0.0, 0.0, (50, 50))
    engine.submit(first, 0.0)
    engine.submit(second, 0.0)
    assert (engine.used_slots, len(engine.waiting)) == (2, 1)
    assert engine.advance(1.0) == [first]
    assert second.started == pytest.approx(1.0)


def test_a_job_with_more_samples_than_slots_runs_alone() -> None:
    engine = Engine(100, 1000, 2)
    engine.submit(Job(0.0, 0.0, (10,) * 5), 0.0)
    engine.submit(Job(0.0, 0.0, (10,)), 0.0)
    assert len(engine.running) == 1
    assert len(engine.advance(1.0)) == 2


def test_a_dropped_job_gives_its_place_to_the_next() -> None:
    engine = Engine(100, 1000, 1)
    first, second, third = (Job(0.0, 0.0, (100,)) for _ in range(3))
    for job in (first, second, third):
        engine.submit(job, 0.0)
    engine.drop(second, 0.0)
    engine.drop(first, 0.5)
    assert engine.running == [third]
    assert engine.advance(2.0) == [third]
    assert third.ended == pytest.approx(1.5)


jobs = st.lists(
    st.tuples(st.floats(0, 5), st.integers(0, 300), st.lists(st.integers(1, 60), min_size=1, max_size=4)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(jobs, st.integers(1, 5), st.lists(st.floats(0.01, 2), max_size=20))
def test_whatever_comes_no_token_is_lost_or_gained_and_the_order_is_kept(
    wanted: list[tuple[float, int, list[int]]], slots: int, looks: list[float]
) -> None:
    engine, made, ended = Engine(50, 400, slots, sequence_rate=20), list[Job](), list[Job]()
    now = 0.0
    for pause, prompt, lengths in wanted:
        now += pause
        job = Job(now, float(prompt), tuple(lengths))
        made.append(job)
        ended += engine.submit(job, now)
    for step in looks:
        now += step
        ended += engine.advance(now)
    while (soon := engine.next_end()) is not None:
        now += max(soon, 1e-6)
        ended += engine.advance(now)
    assert sorted(map(id, ended)) == sorted(map(id, made))
    assert engine.tokens == pytest.approx(sum(sum(job.lengths) for job in made), rel=1e-6)
    assert engine.read == pytest.approx(sum(prompt for _, prompt, _ in wanted), rel=1e-6)
    starts = [job.started for job in made]
    assert starts == sorted(starts), "first come, first served"
    assert engine.used <= now + 1e-6
    assert engine.used == pytest.approx(engine.tokens / 50 + engine.read / 400, rel=1e-6)
    for job in made:
        assert job.ended is not None
        assert job.started is not None
        assert job.ended - job.started >= max(job.lengths) / 20 - 1e-6, "faster than one sequence can be"


# --------------------------------------------------------------------------------------------- answers and faults


async def test_answers_fit_the_schemas_that_agents_send() -> None:
    work = cases(12, "schema")
    async with open_sandbox(Settings()) as sandbox:
        for item in work:
            execution = await execute(sandbox, item.task, item.submission)
            assert not execution.passed, item.submission.code
            diagnosis = await diagnose(sandbox, item.task, item.submission, execution, repair_seconds=0.0)
            case = Case.of(item.task, item.submission, execution, diagnosis, diagnosis.evidence)
            evidence = citable(case, diagnosis.evidence)
            messages = [{"role": "user", "content": str(m.content)} for m in case_messages(case, evidence, None)]
            schema = feedback_schema(case, evidence)
            answer = json.loads(answer_to({"messages": messages, "response_format": response_format(schema)}))
            Draft202012Validator(schema).validate(answer)
            first = answer["error_identification"]
            shown = {piece.id: piece for piece in evidence}
            assert first["evidence"][0] in shown
            assert first["text"].split("`")[0] in shown[first["evidence"][0]].summary
            schema = opinion_schema(case)
            answer = json.loads(answer_to({"messages": messages, "structured_outputs": {"json": schema}}))
            Draft202012Validator(schema).validate(answer)
            Opinion.model_validate(answer)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"messages": []},
        {"messages": "hello"},
        {"messages": [{}], "response_format": {"type": "json_schema"}},
        {"messages": [{}], "response_format": response_format({"type": "string", "pattern": "^[0-9]{40}$"})},
        {"messages": [{}], "response_format": response_format({"enum": []})},
    ],
)
def test_what_cannot_be_answered_is_refused(payload: dict[str, Any]) -> None:
    with pytest.raises(NoAnswer):
        answer_to(payload)


def test_faults_come_in_their_shares_and_the_same_seed_gives_the_same() -> None:
    faults = Faults({"error": 0.1, "stall": 0.2}, seed=5)
    drawn = [faults.draw(number) for number in range(4000)]
    assert drawn == [Faults({"error": 0.1, "stall": 0.2}, seed=5).draw(number) for number in range(4000)]
    assert drawn != [Faults({"error": 0.1, "stall": 0.2}, seed=6).draw(number) for number in range(4000)]
    assert drawn.count("error") / 4000 == pytest.approx(0.1, abs=0.02)
    assert drawn.count("stall") / 4000 == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("shares", [{"fire": 0.1}, {"error": -0.1}, {"error": 0.6, "reset": 0.6}])
def test_impossible_faults(shares: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="fault"):
        Faults(shares)


# --------------------------------------------------------------------------------------------- the server

ASKED = {"model": "m", "messages": [{"role": "user", "content": "[test:t1] It fails."}]}
USAGE = {"stream_options": {"include_usage": True}}
SCHEMA = response_format({"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]})


@asynccontextmanager
async def client(server: SimulatedServer) -> AsyncGenerator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.address, trust_env=False, timeout=20, verify=False) as opened:
        yield opened


async def ask(http: httpx.AsyncClient, **changed: object) -> httpx.Response:
    return await http.post("/v1/chat/completions", json={**ASKED, **changed})


async def test_whole_and_streamed_answers_are_the_same() -> None:
    async with simulated_server(rate=1000, sequence_rate=200, chunk=0.01) as server, client(server) as http:
        whole = (await ask(http, response_format=SCHEMA, n=2, logprobs=True)).json()
        assert [json.loads(choice["message"]["content"]) for choice in whole["choices"]] == [{"text": "It fails."}] * 2
        tokens = whole["choices"][0]["logprobs"]["content"]
        assert "".join(token["token"] for token in tokens) == whole["choices"][0]["message"]["content"]
        assert whole["usage"]["completion_tokens"] == 2 * len(tokens)
        texts, usage, pieces = ["", ""], None, 0
        async with http.stream(
            "POST", "/v1/chat/completions",
            json={**ASKED, "response_format": SCHEMA, "n": 2, "stream": True, **USAGE},
        ) as response:  # fmt: skip
            lines = [line async for line in response.aiter_lines() if line]
        assert lines[-1] == "data: [DONE]"
        for line in lines[:-1]:
            chunk = json.loads(line.removeprefix("data: "))
            usage = chunk.get("usage") or usage
            for choice in chunk["choices"]:
                texts[choice["index"]] += choice["delta"].get("content", "")
                pieces += 1
        assert texts == [choice["message"]["content"] for choice in whole["choices"]]
        assert pieces > 2
        assert usage is not None
        assert usage["prompt_tokens_details"]["cached_tokens"] == usage["prompt_tokens"] > 0
        cut = (await ask(http, max_tokens=2)).json()["choices"][0]
        assert (len(cut["message"]["content"]), cut["finish_reason"]) == (8, "length")


async def test_time_goes_by_as_the_rate_says() -> None:
    async with simulated_server(rate=40, sequence_rate=40, prefill_rate=1e6) as server, client(server) as http:
        loop = asyncio.get_running_loop()
        began = loop.time()
        answers = await asyncio.gather(*(ask(http, max_tokens=8) for _ in range(3)))
        spent = loop.time() - began
        report = await server.report()
    assert [answer.status_code for answer in answers] == [200] * 3
    assert 0.6 <= spent < 5
    ids = {answer.headers["x-request-id"] for answer in answers}
    records = {record["id"]: record for record in report["requests"]}
    assert set(records) == ids
    assert all(record["ended"] - record["arrived"] >= 0.55 for record in records.values())
    assert report["used"] == pytest.approx(0.6, abs=0.01)


async def test_bad_requests_and_the_small_pages() -> None:
    async with simulated_server(version="0.9.1") as server, client(server) as http:
        assert (await http.get("/health")).status_code == 200
        assert (await http.get("/version")).json()["version"] == "0.9.1"
        assert (await http.get("/v1/models")).json()["data"][0]["id"] == "simulated"
        assert "num_requests_running 0" in (await http.get("/metrics")).text
        assert (await http.get("/nowhere")).status_code == 404
        assert (await http.get("/v1/chat/completions")).status_code == 405
        assert (await http.post("/kill", content=b"[]")).status_code == 400
        for content in (b"{", b"[]", b"\xff", b"{}"):
            assert (await http.post("/v1/chat/completions", content=content)).status_code == 400
        for wrong in ({"n": 0}, {"n": "2"}, {"max_tokens": -1}, {"stream_options": 3}):
            assert (await ask(http, **wrong)).status_code == 400, wrong
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(server.address).port)
        writer.write(b"nonsense\r\n\r\n")
        assert b"400" in await reader.readline()
        writer.close()
        await writer.wait_closed()


async def test_requests_on_one_connection_are_answered_in_order() -> None:
    async with simulated_server(rate=1e6, sequence_rate=1e6) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(server.address).port)
        body = json.dumps(ASKED).encode()
        post = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        writer.write(post + b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        seen = b""
        async with asyncio.timeout(10):
            while b'"status": "ok"' not in seen:
                seen += await reader.read(65536)
        assert seen.index(b"chat.completion") < seen.index(b'"status": "ok"')
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("kind", KINDS)
async def test_each_fault_is_what_it_says(kind: str, stream: bool) -> None:
    async with simulated_server(rate=1e5, sequence_rate=1e5, faults={kind: 1.0}) as server, client(server) as http:
        sent = ask(http, response_format=SCHEMA, stream=stream)
        if kind == "reset":
            with pytest.raises(httpx.HTTPError):
                await sent
        elif kind == "stall":
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(sent, 0.5)
            await asyncio.sleep(0.1)
        else:
            response = await sent
            assert response.status_code == (500 if kind == "error" else 200)
            if kind == "nonsense":
                assert "502 Bad Gateway" in response.text
            if kind == "garbage" and not stream:
                with pytest.raises(ValueError, match=r"Extra data|Unterminated|Expecting"):
                    json.loads(response.json()["choices"][0]["message"]["content"])
        records = (await server.report())["requests"]
    assert [record["fault"] for record in records] == [kind]
    assert records[0]["status"] != "running"


async def test_a_client_that_leaves_takes_its_work_along() -> None:
    async with simulated_server(rate=1, sequence_rate=1) as server, client(server) as http:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ask(http), 0.3)
        await asyncio.sleep(0.2)
        report = await server.report()
    assert not report["running"]
    assert [record["status"] for record in report["requests"]] == ["cancelled"]


async def test_it_dies_in_the_middle_of_a_stream_when_told_to() -> None:
    async with simulated_server(rate=20, sequence_rate=20, chunk=0.02) as server, client(server) as http:
        await server.die_after(2)
        with pytest.raises(httpx.HTTPError):
            await ask(http, stream=True)
        await server.kill()
        assert not server.alive
        with pytest.raises(ServiceError, match="does not answer"):
            await server.report()


async def test_a_server_that_cannot_start_says_why() -> None:
    with pytest.raises(ServiceError, match="not a number above 0"):
        async with simulated_server(rate=-1):
            pass


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--fault", "fire=0.1"], "write KIND=SHARE"),
        (["--fault", "error=much"], "write KIND=SHARE"),
        (["--fault", "error=0.6", "--fault", "reset=0.6"], "their sum"),
        (["--rate", "fast"], "not a number above 0"),
        (["--port", "70000"], "no port"),
        (["--slots", "0"], "at least 1"),
        (["--host", "203.0.113.1"], "cannot listen at 203.0.113.1"),
    ],
)
def test_wrong_arguments_of_the_server(arguments: list[str], said: str) -> None:
    program = [sys.executable, "-m", "gradatim.app.bench.load.server", *arguments]
    ended = subprocess.run(program, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode in (1, 2)
    assert said in " ".join(ended.stderr.split())
    assert "Traceback" not in ended.stderr


def test_the_server_started_by_hand_says_where_it_is_and_ends_when_asked() -> None:
    program = [sys.executable, "-m", "gradatim.app.bench.load.server"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["address"]
        assert httpx.get(f"{address}/health", trust_env=False, verify=False).json() == {"status": "ok"}
        process.terminate()
        assert process.wait(10) == 0


# --------------------------------------------------------------------------------------------- figures


def test_cases_are_all_different() -> None:
    work = cases(60, "x")
    assert len({case.task.id for case in work}) == len({case.submission.learner_id for case in work}) == 60
    assert len({case.task.statement for case in work}) == 60
    assert work == cases(60, "x")
    assert len(history(work[0])[0]) == 4


def test_busy_share_and_the_ramp_down_apart() -> None:
    records = [
        {"arrived": 0.0, "used_at_arrival": 0.0, "ended": 5.0, "used_at_end": 4.0},
        {"arrived": 10.0, "used_at_arrival": 9.5, "ended": 12.0, "used_at_end": 11.0},
        {"arrived": 11.0, "used_at_arrival": 10.0, "ended": 20.0, "used_at_end": 14.5},
    ]
    assert busy(records, 2) == (0.95, 0.5)
    assert busy(records, 3) == (None, None)
    assert quantile([], 0.5) is None


def test_overlapping_requests_count_once() -> None:
    assert Requests(spans=[(0.0, 2.0), (1.0, 3.0), (5.0, 6.0)]).seconds() == 4.0
    assert ends([])["error"] == 0


def test_the_benchmark_runs(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "WARM_UP", 6)
    monkeypatch.setattr(bench, "TOGETHER", 4)
    monkeypatch.setattr(bench, "SLOTS", 4)
    monkeypatch.setattr(bench, "IDLE_SECONDS", 2.0)
    result = invoke("bench", "load", "--json", "--sample", "8")
    assert result.exit_code == 0, result.stderr
    figures = json.loads(result.stdout.splitlines()[-1])
    assert all(not isinstance(value, dict | list) for value in figures.values())
    assert (figures["lost_8"], figures["twice_8"], figures["errors_8"]) == (0, 0, 0)
    assert figures["delivered_8"] + figures["review_8"] == 8
    assert 0 < figures["server_busy_share_8"] <= 1.01
    assert figures["added_p99_ms_8"] >= figures["added_p50_ms_8"] > 0
    assert figures["own_p50_ms_8"] > 0
    assert sum(figures[f"faults_{end}_8"] for end in ("delivered", "degraded", "review")) == 8
    assert (figures["faults_lost_8"], figures["faults_twice_8"], figures["faults_degraded_without_reason_8"]) == (
        0,
        0,
        0,
    )
