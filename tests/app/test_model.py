from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from gradatim.serving import catalogue, download
from gradatim.serving.catalogue import CatalogueEntry, ModelFile
from tests.app.conftest import Invoke

CONTENT = b"GGUF" + bytes(1000)
SMALL = CatalogueEntry(
    id="small",
    title="Small",
    licence="Apache-2.0",
    files=(ModelFile("small.gguf", len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), sources=()),),
)


@pytest.fixture(autouse=True)
def only_a_small_model(monkeypatch: pytest.MonkeyPatch, workspace: Path) -> Path:
    """A catalogue with one entry that no source has; returns the folder where its file belongs."""
    for module in (catalogue, download):
        monkeypatch.setattr(module, "CATALOGUE", {"small": SMALL})
    monkeypatch.setattr("gradatim.app.commands.model.CATALOGUE", {"small": SMALL})
    monkeypatch.setenv("GRADATIM_CACHE_DIR", str(workspace / "cache"))
    monkeypatch.setenv("GRADATIM_MODEL", "small")
    folder = workspace / "cache" / "models"
    folder.mkdir(parents=True)
    return folder


def test_list_what_is_not_installed(invoke: Invoke) -> None:
    (row,) = json.loads(invoke("model", "list", "--json").stdout)["models"]
    assert (row["name"], row["installed"], row["used"], row["path"]) == ("small", False, True, None)
    assert (row["bytes"], row["licence"]) == (len(CONTENT), "Apache-2.0")
    shown = invoke("model", "list").stdout
    assert "small (used)" in shown
    assert "not installed" in shown


def test_a_model_on_disk_is_checked_and_found(invoke: Invoke, only_a_small_model: Path) -> None:
    path = only_a_small_model / "small.gguf"
    path.write_bytes(CONTENT)
    result = invoke("model", "pull")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == f"small is at {path}\n"
    assert "SHA-256" in result.stderr or "checking" in result.stderr
    (row,) = json.loads(invoke("model", "list", "--json").stdout)["models"]
    assert (row["installed"], row["path"]) == (True, str(path))
    assert json.loads(invoke("model", "pull", "small", "--json").stdout)["installed"] is True


def test_a_model_that_no_source_has(invoke: Invoke) -> None:
    result = invoke("model", "pull", "small", "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["error"]["type"] == "ModelError"


def test_an_unknown_model(invoke: Invoke) -> None:
    result = invoke("model", "pull", "smal")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "did you mean 'small'?" in result.stderr
    assert "remedy: name one of small" in result.stderr
