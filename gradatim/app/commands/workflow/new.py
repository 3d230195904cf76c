"""`gradatim workflow new`: a workflow file to begin with."""

from __future__ import annotations

import re
from pathlib import Path

import click

from gradatim.app.console import out
from gradatim.errors import InputError
from gradatim.graphs.workflow.loading import PACKAGED, packaged_names
from gradatim.graphs.workflow.naming import did_you_mean
from gradatim.graphs.workflow.spec import NAME


@click.command()
@click.argument("name")
@click.option(
    "--from",
    "origin",
    default="starter",
    show_default=True,
    metavar="NAME",
    help="Which packaged workflow to begin with.",
)
@click.option("--list", "listed", is_flag=True, is_eager=True, help="List what one can begin with, and make nothing.")
def new(name: str, origin: str, listed: bool) -> None:
    """Write NAME.yaml, a workflow that runs as it stands, with what belongs to it; nothing that is there is replaced.

    \b
    Exit codes: 0 written; 2 the name cannot be used, or a file of it is there.
    """
    if listed:
        out("\n".join(packaged_names()))
        return
    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    if not re.match(NAME, path.stem):
        raise InputError(
            f"{path.stem!r} is no name for a workflow",
            place="NAME",
            remedy="use letters, digits, _ and -, a letter first",
        )
    if origin not in packaged_names():
        raise InputError(
            f"there is no packaged workflow {origin!r}", place="--from", remedy=did_you_mean(origin, packaged_names())
        )
    source = PACKAGED / f"{origin}.yaml"
    text = source.read_text(encoding="utf-8")
    text = re.sub(r"^# yaml-language-server:.*\n", "", text)
    text = re.sub(rf"^workflow: {re.escape(origin)}$", f"workflow: {path.stem}", text, count=1, flags=re.MULTILINE)
    files = {path: text}
    nodes = PACKAGED / f"{origin}_nodes.py"
    if nodes.is_file():
        own = path.with_name(f"{path.stem.replace('-', '_')}_nodes.py")
        files = {own: nodes.read_text(encoding="utf-8"), path: text.replace(nodes.name, own.name)}
    for target in files:
        if target.exists():
            raise InputError("is there already", place=str(target), remedy="choose another name, or remove it")
    for target, content in files.items():
        _write(target, content)
        out(f"written: {target}")
    out(f"next: gradatim workflow check {path}")


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror}", place=str(path), remedy="choose a folder that is there and writable"
        ) from error
