"""Writes traces as a log of inspect_ai, as JSON or as a `.eval` archive, with constant memory."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from gradatim import __version__
from gradatim.domain import stable_id
from gradatim.evals.traces.formats.evallog.pieces import instant
from gradatim.evals.traces.formats.evallog.samples import model_of, sample_id, sample_of
from gradatim.evals.traces.formats.streams import dumped, replacing
from gradatim.evals.traces.trace import Plain, Trace

_VERSION = 2
"""Of inspect_ai's schema of logs."""
_SUMMARY = (
    "id",
    "epoch",
    "input",
    "target",
    "scores",
    "model_usage",
    "started_at",
    "completed_at",
    "total_time",
    "uuid",
)


def write(path: Path, traces: Iterable[Trace]) -> int:
    """Write traces as one log: an archive where the name ends in `.eval`, else JSON."""
    log = _Log()
    with replacing(path) as part:
        if path.suffix == ".eval":
            _archive(part, traces, log)
        else:
            _document(part, traces, log)
    return log.count


@dataclass(slots=True)
class _Log:
    """What is told of all samples together, gathered as they are written."""

    count: int = 0
    names: Counter[str] = field(default_factory=Counter[str])
    models: Counter[str] = field(default_factory=Counter[str])
    epochs: Counter[str | int] = field(default_factory=Counter[str | int])
    usage: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    scores: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    begun: int = 0
    ended: int = 0
    failed: int = 0

    def sample(self, trace: Trace) -> Plain:
        """The sample of the next trace."""
        self.count += 1
        self.names[trace.name] += 1
        self.models[model_of(trace)] += 1
        self.epochs[sample_id(trace)] += 1
        made = sample_of(trace, self.epochs[sample_id(trace)])
        for model, tokens in cast("Mapping[str, Mapping[str, int]]", made["model_usage"]).items():
            self.usage.setdefault(model, Counter[str]()).update(tokens)
        for name, score in cast("Mapping[str, Plain]", made["scores"]).items():
            if isinstance(score["value"], int | float):
                held = self.scores.setdefault(name, [0.0, 0.0])
                held[0] += float(score["value"])
                held[1] += 1
        root = trace.root
        if root is not None:
            self.begun = min(self.begun or root.start, root.start)
            self.ended = max(self.ended, root.end)
            self.failed += not root.ok
        return made

    def header(self) -> Plain:
        """The log without its samples."""
        name = next(iter(self.names)) if len(self.names) == 1 else "gradatim"
        key = stable_id(name, str(self.count), str(self.begun), length=22)
        ids = sorted(self.epochs, key=str)
        usage = {model: dict(tokens) for model, tokens in self.usage.items()}
        started, completed = instant(self.begun), instant(self.ended)
        return {
            "version": _VERSION,
            "status": "success",
            "eval": {
                "eval_id": key,
                "run_id": key,
                "created": started,
                "task": name,
                "task_id": key,
                "task_version": 0,
                "task_attribs": {},
                "task_args": {},
                "task_args_passed": {},
                "dataset": {"name": name, "samples": len(ids), "sample_ids": ids, "shuffled": False},
                # inspect_ai opens the model of a log that it scores again: its provider `none` needs nothing
                "model": f"none/{self.models.most_common(1)[0][0] if self.models else 'none'}",
                "model_generate_config": {},
                "model_args": {},
                "config": {"epochs": max(self.epochs.values(), default=1)},
                "packages": {"gradatim": __version__},
            },
            "plan": {"name": "plan", "steps": [{"solver": name, "params": {}, "params_passed": {}}], "config": {}},
            "results": {
                "total_samples": self.count,
                "completed_samples": self.count - self.failed,
                "scores": [self._score(name, total, n) for name, (total, n) in sorted(self.scores.items())],
            },
            "stats": {
                "started_at": started,
                "completed_at": completed,
                "model_usage": usage,
                "role_usage": {},
                "connection_limit_history": [],
            },
            "invalidated": False,
            "tags": [],
            "metadata": {},
        }

    def _score(self, name: str, total: float, n: float) -> Plain:
        mean: Plain = {"name": "mean", "value": total / n, "params": {}}
        return {
            "name": name,
            "scorer": name,
            "params": {},
            "metrics": {"mean": mean},
            "scored_samples": int(n),
            "unscored_samples": self.count - int(n),
        }


def _document(part: Path, traces: Iterable[Trace], log: _Log) -> None:
    """One document, whose head is known only when all samples are: they wait in a file of their own."""
    with tempfile.TemporaryFile(dir=part.parent) as waiting:
        for trace in traces:
            waiting.write(b"\n" if log.count == 0 else b",\n")
            waiting.write(dumped(log.sample(trace), f"trace {trace.id}"))
        waiting.seek(0)
        with part.open("wb") as file:
            file.write(dumped(log.header(), "the log").removesuffix(b"}") + b',"samples":[')
            shutil.copyfileobj(waiting, cast("BinaryIO", file))
            file.write(b"\n]}\n")


def _archive(part: Path, traces: Iterable[Trace], log: _Log) -> None:
    summaries: list[Plain] = []
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for trace in traces:
            sample = log.sample(trace)
            name = f"samples/{sample['id']}_epoch_{sample['epoch']}.json"
            archive.writestr(name, dumped(sample, f"trace {trace.id}"))
            summaries.append(_summary(sample))
        header = log.header()
        start = {key: header[key] for key in ("version", "eval", "plan")}
        archive.writestr("_journal/start.json", dumped(start, "the log"))
        archive.writestr("summaries.json", dumped(summaries, "the log"))
        archive.writestr("header.json", dumped(header, "the log"))


def _summary(sample: Mapping[str, Any]) -> Plain:
    """What the list of samples shows of one."""
    found: Plain = {key: sample[key] for key in _SUMMARY if key in sample}
    asked = cast("list[Plain] | str", sample["input"])
    found["input"] = (
        asked if isinstance(asked, str) else "\n".join(str(message["content"]) for message in asked)[:1_000]
    )
    if "error" in sample:
        found["error"] = sample["error"]["message"]
    return found | {"completed": True, "metadata": {}, "role_usage": {}}
