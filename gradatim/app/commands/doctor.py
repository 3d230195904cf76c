"""`gradatim doctor`: what works here, what is missing, and what to do about it."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path

import click

from gradatim.app.checkup import CHECKS, Finding, Status, examine
from gradatim.app.console import emit, out, printable
from gradatim.app.options import cache_dir_option, curriculum_option, data_dir_option, json_option
from gradatim.settings import Settings, load_settings

_MARKS: dict[Status, tuple[str, str]] = {
    "ok": ("ok", "green"),
    "missing": ("MISSING", "red"),
    "weak": ("weak", "yellow"),
    "unused": ("unused", "bright_black"),
}


@click.command()
@data_dir_option
@cache_dir_option
@curriculum_option
@json_option
@click.pass_context
def doctor(
    ctx: click.Context, data_dir: Path | None, cache_dir: Path | None, curriculum: Path | None, as_json: bool
) -> None:
    """Try everything that gradatim needs here and say what is missing, each with its remedy.

    Sandboxes really run a program that tries to break out; the memory really stores and recalls. Servers are
    asked only where the settings name them.

    \b
    Exit codes: 0 everything that the settings ask for works; 1 something is missing.
    """
    settings = load_settings(data_dir=data_dir, cache_dir=cache_dir, curriculum=curriculum)
    findings = asyncio.run(_examine(settings, as_json, ctx.find_root().params.get("debug", False)))
    missing = [finding.name for finding in findings if finding.status == "missing"]
    if as_json:
        emit({"ok": not missing, "missing": missing, "checks": [asdict(finding) for finding in findings]})
    elif missing:
        out(f"\nmissing: {', '.join(missing)}")
    else:
        out("\neverything that the settings ask for works")
    ctx.exit(1 if missing else 0)


async def _examine(settings: Settings, as_json: bool, debug: bool) -> list[Finding]:
    findings: list[Finding] = []
    async for finding in examine(settings, CHECKS, debug=debug):
        findings.append(finding)
        if not as_json:
            out(_text(finding))
    return findings


def _text(finding: Finding) -> str:
    mark, colour = _MARKS[finding.status]
    line = f"{click.style(f'{mark:<8}', fg=colour)}{finding.name}: {printable(finding.detail)}"
    return f"{line}\n{'':8}→ {printable(finding.remedy)}" if finding.remedy else line
