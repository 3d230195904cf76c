"""From the frames of a fork server to results; trusts nothing that a tested process wrote."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Sequence
from typing import Any

from gradatim.tools.sandbox.inner.batch import LATE, NOT_COMPILED, STOPPED
from gradatim.tools.sandbox.job import (
    Batch,
    CandidateResult,
    Job,
    JobResult,
    LoadError,
    Probe,
    ProbeResult,
    Raised,
    StepValue,
)
from gradatim.tools.sandbox.traced import ValueRecord, read_record
from gradatim.tools.sandbox.values import Unreadable, decode, printable

_LOADED = 2
_UNFINISHED = CandidateResult("unfinished")
_STATES = {NOT_COMPILED: CandidateResult("not-compiled"), STOPPED: CandidateResult("stopped")}
_LENGTH = struct.Struct("=I")


def request(job: Job) -> dict[str, Any]:
    """A job as JSON-able data."""
    return {
        "source": job.source.removeprefix("\ufeff"),
        "setup": job.setup,
        "main": job.main,
        "trace": job.trace,
        "filename": job.filename,
        "give_up": job.give_up,
        "probes": _probes(job.probes),
    }


def batch_request(batch: Batch) -> dict[str, Any]:
    """A batch as JSON-able data."""
    return {
        "sources": [source.removeprefix("\ufeff") for source in batch.sources],
        "setup": batch.setup,
        "main": batch.main,
        "filename": batch.filename,
        "seconds": batch.seconds,
        "nodes": batch.nodes,
        "output_limit": batch.output_limit,
        "probes": _probes(batch.probes),
    }


def _probes(probes: Iterable[Probe]) -> list[dict[str, Any]]:
    return [
        {
            "stdin": probe.stdin,
            "timeout": probe.timeout,
            "steps": [
                {
                    "kind": step.kind,
                    "source": step.source,
                    "catch": step.catch,
                    "truth": step.truth,
                    "left": step.left,
                    "right": step.right,
                }
                for step in probe.steps
            ],
        }
        for probe in probes
    ]


def batch_result(answers: Sequence[bytes], batch: Batch) -> list[CandidateResult]:
    """The results that a server's frames stand for, one for each candidate."""
    found = [_UNFINISHED] * len(batch.sources)
    for content in answers:
        try:
            index, told = json.loads(content)
            found[index] = _STATES[told] if isinstance(told, str) else CandidateResult("ran", tuple(map(str, told)))
        except (TypeError, ValueError, KeyError, IndexError, RecursionError):
            continue  # only a program that writes into its own result can bring this about
    return found


def candidate_probe(text: str) -> ProbeResult:
    """What one probe of a candidate gave, from the text that stands for it."""
    if text == LATE:
        return ProbeResult("timeout")
    try:
        data = json.loads(text)
        return _ran(data, _text(data["out"].encode("utf-8", "surrogatepass")), 0.0, None)
    except (Unreadable, TypeError, ValueError, KeyError, AttributeError, RecursionError):
        return ProbeResult("crashed")


def result(answers: Sequence[bytes], job: Job, seconds: float) -> JobResult:
    """The results that a server's frames stand for."""
    probes: dict[int, ProbeResult] = {}
    for content in answers:
        (length,) = _LENGTH.unpack_from(content)
        head = json.loads(content[_LENGTH.size : _LENGTH.size + length])
        rest = content[_LENGTH.size + length :]
        output, body = rest[: head["output"]], rest[head["output"] :]
        if head["status"] == "not-compiled":
            return JobResult((), _load_error(body), seconds)
        try:
            probes[head["index"]] = _probe(head, _text(output), body, job)
        except (Unreadable, TypeError, ValueError, KeyError, AttributeError, RecursionError):
            # Only a program that writes into its own result can bring this about.
            probes[head["index"]] = ProbeResult("crashed", stdout=_text(output), seconds=head["seconds"])
    missing = ProbeResult("not-run" if job.give_up is not None else "crashed")
    return JobResult(tuple(probes.get(index, missing) for index in range(len(job.probes))), None, seconds)


def _text(output: bytes) -> str:
    return printable(output.decode("utf-8", "backslashreplace"))


def _load_error(body: bytes) -> LoadError:
    try:
        data = json.loads(body)
        kind, message = (printable(str(data[key])[:2_000]) for key in ("type", "message"))
        return LoadError(kind, message, _line(data["line"]))
    except (TypeError, ValueError, KeyError, RecursionError):
        return LoadError("crashed")


def _probe(head: dict[str, Any], output: str, body: bytes, job: Job) -> ProbeResult:
    seconds = float(head["seconds"])
    if head["status"] == "ran":
        return _ran(json.loads(body), output, seconds, job)
    told: dict[str, Any] = json.loads(body) if body else {}
    return ProbeResult(
        head["status"],
        stdout=output,
        seconds=seconds,
        loaded=head["phase"] >= _LOADED,
        signal=head.get("signal"),
        exit_code=head.get("code"),
        where=_lines(told.get("where") or ()),
        lines=_lines(told.get("lines") or ()) if job.trace else None,
        record=_record(told, job),
    )


def _ran(data: dict[str, Any], output: str, seconds: float, job: Job | None) -> ProbeResult:
    raised = _raised(data["raised"]) if "raised" in data else None
    return ProbeResult(
        "ok" if raised is None else "memory" if "MemoryError" in raised.builtin else "raised",
        tuple(None if item is None else _step(item) for item in data["values"]),
        raised,
        data["phase"] == _LOADED,
        output,
        seconds,
        lines=_lines(data["lines"]) if job is not None and job.trace else None,
        record=None if job is None else _record(data, job),
    )


def _record(data: dict[str, Any], job: Job) -> ValueRecord | None:
    return read_record(data["trace"]) if job.trace == "values" and data.get("trace") else None


def _step(data: dict[str, Any]) -> StepValue:
    if "raised" in data:
        return StepValue(raised=_raised(data["raised"]))
    truth = data.get("truth")
    return StepValue(decode(data["value"]), truth if isinstance(truth, bool) else None)


def _raised(data: dict[str, Any]) -> Raised:
    return Raised(
        printable(str(data["type"])[:200]),
        printable(str(data["message"])[:2_000]),
        frozenset(map(str, data["names"])),
        frozenset(map(str, data["builtin"])),
        _line(data["line"]),
        _lines(data["lines"])[:20],
        None if data["function"] is None else printable(str(data["function"])[:200]),
        tuple(printable(str(name)) for name in data.get("defined") or ()),
    )


def _line(value: Any) -> int | None:
    return value if isinstance(value, int) and value > 0 else None


def _lines(values: Any) -> tuple[int, ...]:
    return tuple(value for value in values if isinstance(value, int) and value > 0)
