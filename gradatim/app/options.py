"""Options that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import click

Command = TypeVar("Command", bound=Callable[..., Any])

SANDBOX_CHOICES = ("auto", "bubblewrap", "landlock", "docker", "unsafe")
"""As in `gradatim.settings`, repeated so that help needs no import of the settings."""


def json_option(command: Command) -> Command:
    """`--json`: stdout carries machine-readable results alone."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout; messages still go to stderr.")(
        command
    )


def sandbox_option(command: Command) -> Command:
    """`--sandbox TIER`."""
    return click.option(
        "--sandbox",
        type=click.Choice(SANDBOX_CHOICES),
        help="Isolation in which programs run (setting: sandbox); auto is bubblewrap or landlock, what works here.",
    )(command)


def workers_option(command: Command) -> Command:
    """`--workers N`."""
    return click.option(
        "--workers",
        type=click.IntRange(1, 64),
        metavar="N",
        help="Programs executed at the same time (setting: workers).",
    )(command)


def data_dir_option(command: Command) -> Command:
    """`--data-dir DIR`."""
    return click.option(
        "--data-dir",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder of learner memory, checkpoints and recall (setting: data_dir).",
    )(command)


def cache_dir_option(command: Command) -> Command:
    """`--cache-dir DIR`."""
    return click.option(
        "--cache-dir",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder of pulled models (setting: cache_dir).",
    )(command)


def curriculum_option(command: Command) -> Command:
    """`--curriculum DIR`."""
    return click.option(
        "--curriculum",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Folder of curriculum files (setting: curriculum); the packaged one when not given.",
    )(command)


def jsonl_option(command: Command) -> Command:
    """`--jsonl OUT`."""
    return click.option(
        "--jsonl",
        "jsonl_out",
        type=click.Path(path_type=Path),
        metavar="OUT",
        help="Also write one JSON object a program to this file, line by line as they come.",
    )(command)


def traces_option(command: Command) -> Command:
    """`--traces FILE`, and what it means: the command's runs are recorded, also where the settings say so."""

    @functools.wraps(command)
    def run(*arguments: Any, traces: Path | None = None, **given: Any) -> Any:
        from gradatim.app.recording import recorded

        with recorded(traces, given.get("data_dir")):
            return command(*arguments, **given)

    return click.option(
        "--traces",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Record each run as a line of this file, without learners' text (setting: traces; see trace_content).",
    )(cast("Command", run))


def language_option(command: Command) -> Command:
    """`--language CODE`."""
    return click.option(
        "--language",
        metavar="CODE",
        help="Language that learners are spoken to in, e.g. en or zh (setting: language); see `gradatim languages`.",
    )(command)
