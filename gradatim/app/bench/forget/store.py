"""A store of thousands of learners with everything that gradatim keeps, made quickly."""

from __future__ import annotations

import hashlib
import json
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradatim.app.exports import export, write_export
from gradatim.domain import LearnerEvent, Observation, Recollection
from gradatim.memory import open_memory
from gradatim.memory.rights.artefacts import Artefacts
from gradatim.memory.storage.decisions import DecisionRecord, Message
from gradatim.memory.storage.opening import open_decisions
from gradatim.settings import Settings

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.store.base import BaseStore

EVENTS = 4
"""Of each learner."""
RECOLLECTIONS = 2
UNFINISHED = 50
"""One learner in so many has a run that waits for a person."""
DECIDED = 10
"""One learner in so many has had a feedback decided about."""
_GROUP = 1_000
_DIMENSIONS = 384


class HashEmbedder:
    """Vectors that follow from a text's digest: as many numbers as those of a model, at no cost."""

    name = "hash"
    dimensions = _DIMENSIONS

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """A vector for each text."""
        import numpy as np

        found: list[list[float]] = []
        for text in texts:
            seed = int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big")
            vector = np.random.default_rng(seed).normal(size=_DIMENSIONS)
            found.append([float(value) for value in vector / np.linalg.norm(vector)])
        return found


@dataclass(frozen=True, slots=True)
class Somebody:
    """A learner of the store."""

    id: str
    number: int

    @property
    def code(self) -> str:
        """The program that the learner handed in; no other has the same lines."""
        mark = hashlib.sha256(self.id.encode("utf-8")).hexdigest()
        lines = [f"    value_{mark[place : place + 8]} = total + {self.number} * {place}" for place in range(0, 48, 8)]
        return "\n".join([f"def solve_{mark[:12]}(total):", *lines, f"    return 'written by nobody but {mark[:20]}'"])

    def texts(self) -> list[bytes]:
        """What may be left of the learner nowhere."""
        said = f"Your function solve_{hashlib.sha256(self.id.encode('utf-8')).hexdigest()[:12]} forgets its base case."
        return [self.id.encode(), *(line.strip().encode() for line in self.code.splitlines()), said.encode()]

    @property
    def feedback(self) -> str:
        """What was said about the program."""
        return self.texts()[-1].decode()


def somebody(number: int) -> Somebody:
    """The learner of this number."""
    return Somebody(f"student-{number}-{hashlib.sha256(str(number).encode()).hexdigest()[:6]}@school.example", number)


async def fill(settings: Settings, learners: int, files: Path, *, recalled: int = 1) -> None:
    """Make the store.

    Args:
        files: Folder of what is written about learners outside the data folder.
        recalled: One learner in so many has recollections.
    """
    from gradatim.graphs.persistence import open_persistence

    everybody = [somebody(number) for number in range(learners)]
    async with open_memory(settings, HashEmbedder()) as memory:
        for group in _groups(everybody):
            await memory.append([event for learner in group for event in _events(learner)])
            await memory.remember([item for learner in group[::recalled] for item in _recollections(learner)])
    decisions = open_decisions(settings)
    records = [_decision(learner) for learner in everybody[::DECIDED]]
    for record in records:
        await decisions.add(record)
    await decisions.aclose()
    async with open_persistence(settings) as (checkpoints, store):
        await _assessments(store, everybody)
        for learner in everybody[::UNFINISHED]:
            await _waiting(checkpoints, learner)
    _answers(settings, everybody)
    _written(settings, everybody, records, files)


def _groups(everybody: Sequence[Somebody]) -> Iterator[Sequence[Somebody]]:
    for start in range(0, len(everybody), _GROUP):
        yield everybody[start : start + _GROUP]


def _events(learner: Somebody) -> Iterator[LearnerEvent]:
    chance = random.Random(learner.number)
    for place in range(EVENTS):
        correct = chance.random() < 0.6
        yield LearnerEvent(
            id=f"assessment:{learner.id}:{place}",
            learner_id=learner.id,
            kind="assessment",
            at=f"2026-0{1 + place}-{1 + learner.number % 28:02d}T{learner.number % 24:02d}:00:00Z",
            task_id=f"task-{chance.randrange(40)}",
            observations=(Observation(concept=f"concept-{chance.randrange(200)}", correct=correct),),
            payload={"passed": correct, "code": learner.code, "seconds": 60.0 * chance.random()},
        )


def _recollections(learner: Somebody) -> Iterator[Recollection]:
    for place in range(RECOLLECTIONS):
        yield Recollection(
            id=f"assessment:{learner.id}:{place}:error",
            learner_id=learner.id,
            kind="error",
            text=f"task: logic. {learner.feedback} ({place})",
            concepts=(f"concept-{place}",),
            at="2026-01-01T00:00:00Z",
        )


def _submission(learner: Somebody) -> dict[str, Any]:
    return {"id": f"s-{learner.number}", "task_id": "task", "code": learner.code, "learner_id": learner.id}


def _assessment(learner: Somebody) -> dict[str, Any]:
    """As large as a real one."""
    evidence = [{"id": f"test:t{place}", "text": f"the test t{place} expects {place * 7}"} for place in range(40)]
    said = [{"text": learner.feedback, "evidence": ["test:t1"]}]
    return {"id": _run(learner), "submission": _submission(learner), "evidence": evidence, "feedback": said}


def _run(learner: Somebody) -> str:
    return hashlib.sha256(f"run {learner.number}".encode()).hexdigest()[:16]


async def _assessments(store: BaseStore, everybody: Sequence[Somebody]) -> None:
    from langgraph.store.base import PutOp

    for group in _groups(everybody):
        puts = [PutOp(("assessments",), _run(learner), _assessment(learner)) for learner in group]
        puts += [PutOp(("generations", "0"), _run(learner), {"text": learner.feedback}) for learner in group]
        await store.abatch(puts)


async def _waiting(checkpoints: BaseCheckpointSaver[str], learner: Somebody) -> None:
    from langgraph.checkpoint.base import empty_checkpoint

    checkpoint = empty_checkpoint()
    checkpoint["channel_values"] = {"submission": _submission(learner)}
    config: Any = {"configurable": {"thread_id": f"waiting-{learner.number}", "checkpoint_ns": ""}}
    place = await checkpoints.aput(config, checkpoint, {"source": "input", "step": -1}, {})
    await checkpoints.aput_writes(place, [("submission", _submission(learner))], uuid.uuid4().hex)


def _decision(learner: Somebody) -> DecisionRecord:
    answer = json.dumps({"explanation": {"text": learner.feedback, "evidence": ["test:t1"]}})
    better = json.dumps({"explanation": {"text": f"{learner.feedback} Try it with 0.", "evidence": ["test:t1"]}})
    return DecisionRecord(
        id=_run(learner),
        learner_id=learner.id,
        task_id="task",
        at="2026-05-01T00:00:00Z",
        kind="edit",
        reviewer="reviewer",
        author="model:m",
        value=0.5,
        features={"checks": 1.0},
        right=False,
        changed=0.3,
        prompt=(Message(role="user", content=learner.code),),
        draft=answer,
        shown=answer,
        chosen=better,
    )


def _answers(settings: Settings, everybody: Sequence[Somebody]) -> None:
    """Answers of a model in the response cache."""
    from gradatim.serving.client.cachefile import AnswerFile

    assert settings.response_cache is not None
    cache = AnswerFile(settings.response_cache, 1 << 30, 1e9)
    for learner in everybody[::DECIDED]:
        body = {"choices": [{"message": {"role": "assistant", "content": json.dumps({"text": learner.feedback})}}]}
        cache.put(hashlib.sha256(learner.id.encode()).digest(), json.dumps(body).encode())
    cache.close()


def _written(settings: Settings, everybody: Sequence[Somebody], records: Sequence[DecisionRecord], files: Path) -> None:
    """Files outside the data folder: results of a batch, training data, reports."""
    registered = Artefacts.of(settings)
    results = files / "results.jsonl"
    with results.open("w", encoding="utf-8") as file:
        for learner in everybody:
            row = {"key": _run(learner), "learner": learner.id, "assessment": _assessment(learner)}
            file.write(json.dumps(row) + "\n")
    registered.rows(results, "batch")
    pairs = files / "pairs.jsonl"
    exported = export(records, "trl")
    write_export(exported, pairs)
    lines = exported.lines().encode("utf-8").splitlines()
    registered.lines(pairs, "export", zip(lines, exported.owners, strict=True))
    for learner in everybody[::UNFINISHED]:
        report = files / f"report-{learner.number}.html"
        report.write_text(f"<html><body><h1>{learner.id}</h1><pre>{learner.code}</pre></body></html>")
        registered.whole(report, "report", (learner.id,))
