"""Checks of what gradatim builds on: libraries, the language model, the learner memory."""

from __future__ import annotations

import asyncio
import hashlib
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

from gradatim.app.checkup.finding import Finding, failure
from gradatim.domain import LearnerEvent, Observation, Recollection
from gradatim.errors import GradatimError
from gradatim.settings import Settings

ANSWER_SECONDS = 5.0
"""A server that does not answer within this time counts as unreachable."""
IMPORT_SECONDS = 60.0
LIBRARIES = {
    "langgraph": ("langgraph.graph", "runs the agents"),
    "chromadb": ("chromadb", "recalls earlier errors and feedback"),
    "xllamacpp": ("xllamacpp", "runs the embedded language model"),
}
"""Distribution → the module of it that is tried, and what it is for."""


async def check_libraries(settings: Settings) -> AsyncIterator[Finding]:
    """Libraries with compiled parts can be loaded; each is tried in a process of its own, which may crash."""
    wanted = dict(LIBRARIES)
    if not _embedded(settings):
        del wanted["xllamacpp"]
    for name, (module, use) in wanted.items():
        began = time.perf_counter()
        problem = await _import_problem(module)
        if problem is None:
            yield Finding(name, "ok", f"{use}; loaded in {time.perf_counter() - began:.1f} s")
        else:
            yield Finding(name, "missing", f"{use}; {problem}", f"pip install --upgrade {name}")


def _embedded(settings: Settings) -> bool:
    return settings.model != "none" and not _is_endpoint(settings)


def _is_endpoint(settings: Settings) -> bool:
    return settings.model.startswith(("http://", "https://"))


async def _import_problem(module: str) -> str | None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", f"import {module}",
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        _, said = await asyncio.wait_for(process.communicate(), IMPORT_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        return f"could not be loaded within {IMPORT_SECONDS:.0f} s"
    if process.returncode == 0:
        return None
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else f"loading it ended with code {process.returncode}"


# ------------------------------------------------------------------------------------ language model


async def check_model(settings: Settings) -> AsyncIterator[Finding]:
    """The language model that the settings name is on disk, whole, or its server answers."""
    if settings.model == "none":
        yield Finding("language model", "unused", "none is asked for: feedback is written from evidence alone")
    elif _is_endpoint(settings):
        yield await _endpoint(settings)
    else:
        yield await asyncio.to_thread(_model_file, settings)


def _model_file(settings: Settings) -> Finding:
    from gradatim.serving.catalogue import CATALOGUE
    from gradatim.serving.download import resolve

    name = "language model"
    try:
        path = resolve(settings.model, settings)
    except GradatimError as error:
        return failure(name, error)
    entry = CATALOGUE.get(settings.model)
    if entry is None:
        return Finding(name, "ok", f"{path}: a GGUF file of your own, its digest is not known")
    for file in entry.files:
        with (settings.models_dir / file.name).open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        if digest != file.sha256:
            remedy = f"delete it and run `gradatim model pull {entry.id}`"
            return Finding(name, "missing", f"{stream.name}: its SHA-256 is not the promised one", remedy)
    return Finding(name, "ok", f"{entry.id}, {entry.size / 1e9:.2f} GB, SHA-256 as promised")


async def _endpoint(settings: Settings) -> Finding:
    """Whether an OpenAI-compatible server answers and serves the model."""
    import httpx

    name = "language model server"
    address, _, model = settings.model.partition("#")
    shown = f"{urlsplit(address).scheme}://{urlsplit(address).netloc.rpartition('@')[2]}"
    remedy = "start the server, or set GRADATIM_MODEL to another model"
    headers: dict[str, str] = {}
    if settings.api_key:
        headers["Authorization"] = f"Bearer {settings.api_key.get_secret_value()}"
    try:
        async with httpx.AsyncClient(timeout=ANSWER_SECONDS) as client:
            answer = await client.get(f"{address.rstrip('/')}/models", headers=headers)
        if answer.status_code != 200:
            return Finding(name, "missing", f"{shown} answers HTTP {answer.status_code}", remedy)
        served = [str(item["id"]) for item in answer.json()["data"]]
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Finding(name, "missing", f"{shown} does not answer ({type(error).__name__})", remedy)
    except (ValueError, KeyError, TypeError):
        return Finding(name, "missing", f"{shown} is no OpenAI-compatible server", remedy)
    if model not in served:
        listed = ", ".join(served) or "nothing"
        return Finding(
            name,
            "missing",
            f"{shown} serves {listed}, not {model or 'a model without a name'}",
            "name the served model: GRADATIM_MODEL=http(s)://host/v1#name",
        )
    return Finding(name, "ok", f"{shown} serves {model}")


# ------------------------------------------------------------------------------------ learner memory


async def check_memory(settings: Settings) -> AsyncIterator[Finding]:
    """A learner memory in an empty folder stores, embeds, recalls and forgets; then the real one opens."""
    from gradatim.memory import open_memory
    from gradatim.memory.storage.opening import anything_stored

    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix=".doctor-") as folder:
        trial = settings.model_copy(update={"data_dir": Path(folder), "database": None})
        for name, attempt in (("learner memory", _try_events), ("recall by embeddings", _try_recall)):
            began = time.perf_counter()
            try:
                told = await attempt(trial)
            except GradatimError as error:
                yield failure(name, error)
            else:
                yield Finding(name, "ok", f"{told} in {time.perf_counter() - began:.1f} s")
    if anything_stored(settings):
        try:
            async with open_memory(settings) as memory:
                learners = await memory.learners()
        except GradatimError as error:
            yield failure("your learners", error)
        else:
            place = "in the database" if settings.database else settings.memory_path
            yield Finding("your learners", "ok", f"{place}: {len(learners):,} remembered")


_LEARNER = "doctor"
_AT = "2000-01-01T00:00:00Z"


async def _try_events(settings: Settings) -> str:
    from gradatim.memory import open_memory

    event = LearnerEvent(
        id="doctor-1",
        learner_id=_LEARNER,
        kind="assessment",
        at=_AT,
        observations=(Observation(concept="range", correct=True),),
    )
    async with open_memory(settings) as memory:
        changes = await memory.record(event)
        if not changes or await memory.forget(_LEARNER) != 1:
            raise RuntimeError("an event was stored but not found again")
    return "stored an event, updated mastery and forgot both"


async def _try_recall(settings: Settings) -> str:
    from gradatim.memory import open_memory

    learner = f"{_LEARNER}-{uuid.uuid4().hex}"  # a server may hold somebody who is called so
    texts = ("the loop stops one item too early", "a string was added to a number")
    items = [
        Recollection(id=f"doctor-{number}", learner_id=learner, kind="error", text=text, at=_AT)
        for number, text in enumerate(texts)
    ]
    async with open_memory(settings) as memory:
        await memory.remember(items)
        found = await memory.recall(learner, "off by one in a for loop", limit=1)
        await memory.forget(learner)
    if [item.id for item in found] != ["doctor-0"]:
        raise RuntimeError("the nearest of two texts was not found")
    return "embedded two texts and recalled the nearer"
