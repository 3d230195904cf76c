"""The checks of the sandboxes: which of them can be used here, and is the one that is asked for among them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

from gradatim.app.checkup.finding import Finding, failure
from gradatim.errors import GradatimError
from gradatim.settings import SandboxChoice, Settings

TIERS: tuple[SandboxChoice, ...] = ("bubblewrap", "landlock")
"""Isolating tiers, strongest first."""
RUNS = 10
"""Programs over which the time of a run is averaged."""


async def check_sandboxes(settings: Settings) -> AsyncIterator[Finding]:
    """Each isolating tier, opened and used. Opening one runs a program that tries to break out."""
    wanted = settings.sandbox
    tried: dict[SandboxChoice, Finding] = {}
    for tier in TIERS:
        try:
            tried[tier] = Finding(f"sandbox {tier}", "ok", await _use(settings, tier))
        except GradatimError as error:
            tried[tier] = failure(f"sandbox {tier}", error, status="weak")
    none_works = all(finding.status != "ok" for finding in tried.values())
    for tier, finding in tried.items():
        needed = finding.status != "ok" and (wanted == tier or (wanted == "auto" and none_works))
        status = "missing" if needed else finding.status
        yield Finding(finding.name, status, finding.detail, finding.remedy)
    if wanted == "unsafe":
        remedy = "take GRADATIM_SANDBOX=unsafe away unless every program comes from yourself"
        yield Finding("sandbox unsafe", "weak", "the settings ask for no isolation at all", remedy)


async def check_docker(settings: Settings) -> AsyncIterator[Finding]:
    """The docker tier, opened and used where it is asked for; elsewhere only whether an engine answers."""
    from gradatim.tools.sandbox.channel import ServerDied
    from gradatim.tools.sandbox.docker import engine_version

    name = "sandbox docker"
    if settings.sandbox == "docker":
        try:
            yield Finding(name, "ok", await _use(settings, "docker"))
        except GradatimError as error:
            yield failure(name, error)
        return
    try:
        version = await asyncio.to_thread(engine_version, settings)
    except ServerDied as error:
        yield Finding(name, "unused", str(error), error.remedy)
    else:
        told = f"Docker Engine {version} answers; the settings do not ask for it"
        yield Finding(name, "unused", told, "set GRADATIM_SANDBOX=docker to run programs in containers")


async def _use(settings: Settings, tier: SandboxChoice) -> str:
    """Open a tier, run some programs, tell what is in force.

    Raises:
        SandboxError: It cannot be opened, a program got out, or programs do not run in it.
    """
    from gradatim.tools.sandbox import Job, Probe, open_sandbox

    job = Job("def double(n):\n    return 2 * n\n", (Probe.call("double(21)"),))
    async with open_sandbox(settings.model_copy(update={"sandbox": tier, "workers": 1})) as sandbox:
        await sandbox.run(job)
        began = time.perf_counter()
        for _ in range(RUNS):
            result = await sandbox.run(job)
            if result.probes[0].value != 42:
                raise RuntimeError(f"a program gave {result.probes[0].value!r} instead of 42")
        milliseconds = (time.perf_counter() - began) / RUNS * 1000
        facts = sandbox.facts
    walls = ["Landlock" if facts.get("landlock") else "", "seccomp" if facts.get("seccomp") else ""]
    walls = [wall for wall in walls if wall and wall.lower() not in str(facts.get("way", "")).lower()]
    if "engine" in facts:
        walls.append(f"Docker Engine {facts['engine']} ({facts['runtime']})")
    named = " and ".join((str(facts.get("way", tier)), *walls))
    return f"{named}; break-out attempts failed; {milliseconds:.1f} ms a program"
