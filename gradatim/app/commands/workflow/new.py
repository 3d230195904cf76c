"""`gradatim workflow new`: a workflow file to begin with."""

from __future__ import annotations

import re
from pathlib import Path

import click

from gradatim.app.console import out, printable
from gradatim.errors import InputError
from gradatim.graphs.workflow import Workflow, read_workflow
from gradatim.graphs.workflow.loading import PACKAGED, PREFIX, packaged_names
from gradatim.graphs.workflow.naming import did_you_mean
from gradatim.graphs.workflow.spec import NAME

_TEXT = re.compile(r"file:([\w./-]+)")


@click.command()
@click.argument("name", required=False)
@click.option(
    "--from",
    "origin",
    default="starter",
    show_default=True,
    metavar="NAME|FILE",
    help="Which packaged workflow, or which workflow file, to begin with.",
)
@click.option("--list", "listed", is_flag=True, is_eager=True, help="List what one can begin with, and make nothing.")
def new(name: str | None, origin: str, listed: bool) -> None:
    """Write NAME.yaml, a workflow that runs as it stands, with what belongs to it; nothing that is there is replaced.

    \b
    Exit codes: 0 written; 2 the name cannot be used, or a file of it is there.
    """
    if listed:
        out("\n".join(packaged_names()))
        return
    if name is None:
        raise click.UsageError("give the new workflow a NAME")
    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    if not re.match(NAME, path.stem):
        raise InputError(
            f"{path.stem!r} is no name for a workflow",
            place="NAME",
            remedy="use letters, digits, _ and -, a letter first",
        )
    files = _files(origin, path)
    for target in files:
        if target.exists():
            raise InputError("is there already", place=str(target), remedy="choose another name, or remove it")
    for target, content in files.items():
        _write(target, content)
        out(printable(f"written: {target}"))
    out(printable(f"next: gradatim workflow check {path}"))


def _files(origin: str, path: Path) -> dict[Path, str]:
    """What is to be written: the workflow last, after all that it names."""
    source = _source(origin)
    workflow = read_workflow(source if source.parent != PACKAGED else f"{PREFIX}{source.stem}")
    text = re.sub(r"^# yaml-language-server:.*\n", "", source.read_text(encoding="utf-8"))
    name = re.escape(workflow.name)
    text = re.sub(rf"^workflow:\s*['\"]?{name}['\"]?", f"workflow: {path.stem}", text, count=1, flags=re.MULTILINE)
    found = {path.with_name(file.name): content for file, content in _beside(workflow, source).items()}
    own = path.with_name(f"{path.stem.replace('-', '_')}_nodes.py")
    theirs = path.with_name(f"{source.stem.replace('-', '_')}_nodes.py")
    if theirs in found:  # what is named after the workflow is named after the new one
        found[own] = found.pop(theirs)
        text = text.replace(theirs.name, own.name)
    return {**found, path: text}


def _source(origin: str) -> Path:
    if origin in packaged_names():
        return PACKAGED / f"{origin}.yaml"
    path = Path(origin)
    if path.suffix not in (".yaml", ".yml"):
        raise InputError(
            f"there is no packaged workflow {origin!r}", place="--from",
            remedy=f"{did_you_mean(origin, packaged_names())}, or name a workflow file",
        )  # fmt: skip
    return path


def _beside(workflow: Workflow, source: Path) -> dict[Path, str]:
    """Files that a workflow names, and those that its sub-workflows do.

    Raises:
        InputError: One does not lie beside it.
    """
    names = [*workflow.spec.imports, *_TEXT.findall(source.read_text(encoding="utf-8"))]
    found: dict[Path, str] = {}
    for node, child in workflow.children.items():
        wanted = workflow.spec.node(node).workflow or ""
        if not wanted.startswith(PREFIX):
            names.append(wanted)
            found |= _beside(child, source.parent / wanted)
    for name in names:
        if Path(name).name != name:
            raise InputError(
                f"names {name!r}, which does not lie beside it", place=str(source), remedy="copy the folder by hand"
            )
        found[source.parent / name] = _read(source.parent / name)
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputError("cannot be read as text", place=str(path), remedy="check the file") from error


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror}", place=str(path), remedy="choose a folder that is there and writable"
        ) from error
