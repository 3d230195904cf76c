"""Traces made by hand: an assessment with parallel agents, a model and tools; a turn of a dialogue; a hostile one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gradatim.evals.traces import Event, Span, Trace
from gradatim.evals.traces.trace import Operation

T0 = 1_790_000_000_000_000_000
MS = 1_000_000
CODE = "def total(n):\n    result = 0\n    for i in range(1, n):\n        result += i\n    return result\n"
HOSTILE = '</script><script>alert("x")</script><img src=x onerror=alert(1)>{{7*7}}\x1b[31m\u202e]]>&"\''


def span(
    number: int,
    parent: int | None,
    operation: Operation,
    subject: str,
    start: int,
    end: int,
    attributes: dict[str, Any] | None = None,
    events: tuple[Event, ...] = (),
    error: str = "",
) -> Span:
    """A span whose times are milliseconds of the run."""
    keys = {
        "invoke_workflow": "gen_ai.workflow.name",
        "invoke_agent": "gen_ai.agent.name",
        "execute_tool": "gen_ai.tool.name",
        "chat": "gen_ai.request.model",
        "retrieval": "gen_ai.data_source.id",
    }
    held: dict[str, Any] = {"gen_ai.operation.name": operation, keys[operation]: subject}
    if operation in ("chat", "invoke_agent"):
        held["gen_ai.provider.name"] = "gradatim"
    if error:
        held["error.type"] = "TimeoutError"
    return Span(
        f"{number:016x}",
        None if parent is None else f"{parent:016x}",
        f"{operation} {subject}",
        operation,
        T0 + start * MS,
        T0 + end * MS,
        not error,
        error,
        held | (attributes or {}),
        events,
    )


def evaluation(at: int, name: str, value: float | None, label: str = "", explanation: str = "") -> Event:
    """An event that carries a judgement."""
    held: dict[str, Any] = {"gen_ai.evaluation.name": name}
    if value is not None:
        held["gen_ai.evaluation.score.value"] = value
    if label:
        held["gen_ai.evaluation.score.label"] = label
    if explanation:
        held["gen_ai.evaluation.explanation"] = explanation
    return Event("gen_ai.evaluation.result", T0 + at * MS, held)


def statement(text: str, *verdicts: str, evidence: tuple[str, ...] = ("test:t1",)) -> dict[str, Any]:
    """A sentence of a feedback, with a check of each verdict."""
    claims = [{"kind": "fault_line", "line": number + 1, "last_line": None} for number in range(len(verdicts))]
    checks = [
        {"claim": claim, "verdict": verdict, "method": "execution", "detail": f"found {verdict}"}
        for claim, verdict in zip(claims, verdicts, strict=True)
    ]
    return {"text": text, "evidence": list(evidence), "claims": claims, "checks": checks, "author": None}


def assessment() -> Trace:
    """A run of the assessment graph, with a model, a retried agent and a tool that failed."""
    chat = {
        "gen_ai.usage.input_tokens": 900,
        "gen_ai.usage.output_tokens": 120,
        "gen_ai.usage.cache_read.input_tokens": 700,
        "gen_ai.response.finish_reasons": ["stop", "stop", "length"],
        "gen_ai.request.temperature": 0.7,
        "gen_ai.request.choice.count": 3,
        "gen_ai.request.seed": 7,
        "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"What is wrong?"}]}]',
        "gen_ai.output.messages": (
            '[{"role":"assistant","parts":[{"type":"text","content":"Line 3."}],"finish_reason":"stop"}]'
        ),
    }
    spans = (
        span(1, None, "invoke_workflow", "assessment", 0, 1000, {"gen_ai.conversation.id": "a1"}),
        span(2, 1, "invoke_agent", "execute", 0, 100),
        span(3, 2, "execute_tool", "sandbox", 5, 95, {"gen_ai.tool.call.result": {"passed": 1, "failed": 1}}),
        span(4, 1, "invoke_agent", "recall", 0, 60),
        span(5, 4, "retrieval", "memory", 2, 50, {"gradatim.results": 2}),
        span(6, 1, "invoke_agent", "diagnose", 100, 300),
        span(7, 1, "invoke_agent", "generate", 300, 800),
        span(8, 7, "chat", "qwen", 310, 780, chat),
        span(9, 1, "invoke_agent", "verify", 800, 900, events=(evaluation(890, "claims", 0.5, "refuted", "one of 2"),)),
        span(10, 9, "execute_tool", "sandbox", 810, 880, error="took too long"),
        span(11, 1, "invoke_agent", "critique", 800, 850, events=(evaluation(845, "consistency", 0.8),)),
        span(12, 1, "invoke_agent", "decide", 900, 1000, events=(evaluation(990, "route", None, "review"),)),
    )  # fmt: skip
    return Trace(
        id="0af7651916cd43dd8448eb211c80319c",
        name="assessment",
        inputs={
            "task": {"id": "total", "title": "Sum", "statement": "Write total(n), the sum of 1 to n."},
            "submission": {"id": "s1", "task_id": "total", "code": CODE, "filename": "a.py"},
            "learner": "p-17",
        },
        outputs={
            "id": "a1",
            "execution": {
                "outcomes": [
                    {"test": "t1", "status": "failed", "detail": "expected 6, got 3"},
                    {"test": "t2", "status": "passed", "detail": ""},
                ],
                "tier": "bubblewrap",
                "seconds": 0.09,
            },
            "diagnosis": {
                "verdict": "incorrect",
                "error_category": "logical",
                "suspicious_lines": [{"line": 3, "score": 0.9, "why": "the end of the range"}],
                "misconceptions": [
                    {"id": "range-stop-included", "confidence": 0.7, "lines": [3], "why": "stops early"}
                ],
                "evidence": [
                    {"id": "test:t1", "kind": "test", "summary": "total(3): expected 6, got 3.", "lines": [3]},
                    {"id": "line:3", "kind": "line", "summary": "Line 3 ends before n.", "lines": [3]},
                ],
            },
            "feedback": {
                "error_identification": [statement("The sum is too small.", "supported", "unchecked")],
                "explanation": [statement("Line 1 is wrong.", "refuted", evidence=("line:3", "test:t9"))],
                "corrective_suggestion": [statement("Where does the range end?", evidence=())],
                "encouragement": [statement("One test passes.", "supported")],
                "author": "model:qwen",
                "withheld": [],
            },
            "confidence": {
                "value": 0.42,
                "route": "review",
                "components": {"checks": 0.5, "consistency": None},
                "reasons": ["a claim was refuted"],
            },
            "delivered": False,
            "waiting": True,
            "revisions": 1,
            "model": "qwen",
            "usage": {"generate": {"input_tokens": 900, "output_tokens": 120, "requests": 1}},
        },
        reference={"verdict": "incorrect", "lines": [3], "misconceptions": ["range-stop-included"]},
        attributes={"variant": "base", "seed": 7, "sample": "total/02", "model": "qwen", "cost": 0.0031},
        spans=spans,
    )


def dialogue() -> Trace:
    """A turn of a tutoring session."""
    said = [
        {"role": "user", "content": "It gives 3 and not 6.", "code": CODE, "passed": False},
        {"role": "assistant", "content": "Which numbers does range(1, 3) give?", "hint": 1, "intent": "question"},
        {"role": "user", "content": "1 and 2."},
        {"role": "assistant", "content": "And which one is missing?", "statements": [statement("…", "supported")]},
    ]
    return Trace(
        id="1bf7651916cd43dd8448eb211c80319c",
        name="tutoring",
        inputs={"task": {"id": "total"}, "messages": [{"role": "user", "content": "1 and 2."}]},
        outputs={"messages": said},
        reference={"passes_after_turns": 3},
        attributes={"conversation": "d1", "language": "en"},
        spans=(
            span(1, None, "invoke_workflow", "tutoring", 0, 50, {"gen_ai.conversation.id": "d1"}),
            span(2, 1, "invoke_agent", "listen", 0, 10),
            span(3, 1, "invoke_workflow", "assessment", 10, 40, {}),
            span(4, 3, "invoke_agent", "diagnose", 10, 40),
            span(5, 1, "invoke_agent", "speak", 40, 50),
        ),
    )


def bare() -> Trace:
    """A run of which no spans were recorded, whose ids are no hexadecimal digits."""
    return Trace("run 7", "quiz", {"question": "2 + 2?"}, {"answer": "4"}, attributes={"sample": 3})


def hostile() -> Trace:
    """A run in every text of which somebody tries to get out."""
    base = assessment()
    feedback = {
        part: [statement(HOSTILE, "supported", "refuted", evidence=(HOSTILE, "test:t1"))]
        for part in ("error_identification", "explanation", "corrective_suggestion", "encouragement")
    }
    named = {HOSTILE: HOSTILE, "gen_ai.request.model": HOSTILE, "gen_ai.tool.call.arguments": {"x": HOSTILE}}
    spans = tuple(
        replace(
            item,
            name=f"{item.operation} {HOSTILE}",
            message=HOSTILE,
            ok=False,
            attributes=dict(item.attributes) | named,
            events=(Event(HOSTILE, item.start, {HOSTILE: HOSTILE}), evaluation(1, HOSTILE, 0.5, HOSTILE, HOSTILE)),
        )
        for item in base.spans
    )
    return replace(
        base,
        id="2cf7651916cd43dd8448eb211c80319c",
        name=HOSTILE,
        inputs={"task": {"id": HOSTILE, "title": HOSTILE, "statement": HOSTILE}, "submission": {"code": HOSTILE}},
        outputs={
            **base.outputs,
            "feedback": {**feedback, "author": HOSTILE, "withheld": [statement(HOSTILE, "unchecked")]},
            "diagnosis": {
                "verdict": HOSTILE,
                "error_category": HOSTILE,
                "evidence": [{"id": HOSTILE, "kind": HOSTILE, "summary": HOSTILE, "source": HOSTILE}],
                "misconceptions": [{"id": HOSTILE, "why": HOSTILE}],
            },
            "confidence": {"value": 0.4, "route": HOSTILE, "reasons": [HOSTILE], "components": {HOSTILE: 0.5}},
            "messages": [{"role": "user", "content": HOSTILE}, {"role": "assistant", "content": HOSTILE}],
        },
        reference={HOSTILE: HOSTILE},
        attributes={HOSTILE: HOSTILE, "model": HOSTILE, "sample": HOSTILE, "conversation": HOSTILE},
        spans=spans,
    )
