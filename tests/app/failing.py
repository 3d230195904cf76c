"""Commands that end in every way that a command can."""

from __future__ import annotations

import os

import click

from gradatim.app.options import json_option
from gradatim.errors import ModelError, TaskFileError


@click.command()
@click.argument("way")
@json_option
def fail(way: str, as_json: bool) -> None:
    """End in the given way."""
    match way:
        case "input":
            raise TaskFileError("has no tests", place="task.yaml:3", remedy="write some")
        case "service":
            raise ModelError("does not answer")
        case "bug":
            raise KeyError("surprise")
        case "interrupt":
            raise KeyboardInterrupt
        case "pipe":
            read, write = os.pipe()
            os.close(read)
            os.write(write, b"x")
        case "found":
            raise click.exceptions.Exit(1)
        case _:
            click.echo("done")
