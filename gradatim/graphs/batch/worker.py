"""A worker of a batch on another machine: sandbox, model and concept graph of its own; everything kept is elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from gradatim.agents.calibration import calibration_path
from gradatim.errors import GradatimError
from gradatim.graphs.assessment import build_assessment_graph
from gradatim.graphs.assessor import Assessor
from gradatim.graphs.batch.engine import assess_job
from gradatim.graphs.batch.items import Failure, Job, Result
from gradatim.graphs.batch.keeper import (
    Call,
    RemoteCheckpoints,
    RemoteStore,
    Reply,
    remote_decisions,
    remote_memory,
)
from gradatim.graphs.services import Services
from gradatim.kg import opened_graph
from gradatim.kg.passages.opening import open_passages
from gradatim.kg.related import read as read_related
from gradatim.memory.rights.pseudonyms import key_path
from gradatim.memory.rights.scrubbing import key_of
from gradatim.serving import open_chat_model
from gradatim.settings import Settings
from gradatim.tools.sandbox import open_sandbox


class Recording(Protocol):
    """Records runs where no file of traces can be reached (`gradatim.evals.traces.recording.afar`)."""

    def at_work(self) -> AbstractContextManager[None]:
        """Record the runs that begin inside the block."""
        ...

    def taken(self) -> bytes:
        """Lines of the runs that are over and were not asked for before."""
        ...


@dataclass(frozen=True, slots=True)
class Luggage:
    """Settings and the small files they name, to be carried to machines that do not have these files.

    Attributes:
        files: Relative path → content: calibration, routing policy, curriculum, key of pseudonyms.
        recording: Makes what records the runs of a worker; `None` where nobody wants them.
    """

    settings: Settings
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    recording: Callable[[Settings], Recording] | None = None

    @classmethod
    def packed(cls, settings: Settings, recording: Callable[[Settings], Recording] | None = None) -> Luggage:
        """Everything that a worker needs besides an installation and a model.

        Raises:
            StorageError: The key of pseudonyms, which recorded runs need, cannot be read or made.
        """
        files: dict[str, bytes] = {}
        if recording is not None and settings.pseudonym_key is None:
            files[f"data/{key_path(settings).name}"] = key_of(settings)
        calibration = calibration_path(settings)
        if calibration.is_file():
            files["data/calibration.json"] = calibration.read_bytes()
        if settings.policy is not None and settings.policy.is_file():
            files["policy.yaml"] = settings.policy.read_bytes()
        if settings.curriculum is not None:
            for path in sorted(settings.curriculum.rglob("*")):
                if path.is_file():
                    files[f"curriculum/{path.relative_to(settings.curriculum)}"] = path.read_bytes()
        return cls(settings, files, recording)

    def unpacked(self, folder: Path) -> Settings:
        """The settings, with the files in a folder."""
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        changes: dict[str, Any] = {"data_dir": folder / "data"}
        if self.settings.policy is not None:
            changes["policy"] = folder / "policy.yaml"
        if self.settings.curriculum is not None:
            changes["curriculum"] = folder / "curriculum"
        return self.settings.model_copy(update=changes)


class AssessmentWorker:
    """Assesses jobs for a keeper.

    Args:
        luggage: Settings and files.
        call: How the keeper is reached.
    """

    def __init__(self, luggage: Luggage, call: Call) -> None:
        self._luggage = luggage
        self._call = call
        self._stack = AsyncExitStack()
        self._assessor: Assessor | None = None
        self._recording: Recording | None = None

    async def open(self) -> Reply:
        """Get ready; the reply carries the failure when something needed is missing here."""
        try:
            self._assessor = await self._open()
        except GradatimError as error:
            await self._stack.aclose()
            return Reply(failure=Failure.of(error))
        return Reply()

    async def assess(self, job: Job) -> Result:
        """Do a job; whatever goes wrong is its result."""
        if self._assessor is None:
            raise RuntimeError("the worker is not open")
        if self._recording is None:
            return await assess_job(self._assessor, job)
        with self._recording.at_work():
            result = await assess_job(self._assessor, job)
        return replace(result, traces=await asyncio.to_thread(self._recording.taken))

    async def close(self) -> None:
        """Close sandbox and concept graph."""
        await self._stack.aclose()

    async def _open(self) -> Assessor:
        with TemporaryDirectory(prefix="gradatim-") as folder:  # read while opening and not needed afterwards
            settings = await asyncio.to_thread(self._luggage.unpacked, Path(folder))
            if self._luggage.recording is not None:
                self._recording = await asyncio.to_thread(self._luggage.recording, settings)
            concepts = await self._stack.enter_async_context(opened_graph(settings))
            content = await concepts.snapshot()
            services = Services(
                settings,
                sandbox=await self._stack.enter_async_context(open_sandbox(settings)),
                concepts=concepts,
                memory=remote_memory(self._call),
                decisions=remote_decisions(self._call),
                model=await asyncio.to_thread(open_chat_model, settings.model, settings),
                passages=await open_passages(content, settings.passages_path),
                related=await asyncio.to_thread(read_related, content, settings.curriculum),
            )
            checkpoints, store = RemoteCheckpoints(self._call), RemoteStore(self._call)
            graph: Any = build_assessment_graph(services)
            compiled = graph.compile(checkpointer=checkpoints, store=store, name="assessment")
            return Assessor(services, compiled, checkpoints, store)
