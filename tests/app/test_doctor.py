from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from gradatim.app.checkup import Check, Finding, examine
from gradatim.app.checkup.places import check_curriculum, check_data_dir
from gradatim.app.checkup.programs import check_docker, check_sandboxes
from gradatim.app.checkup.services import check_memory, check_model
from gradatim.errors import SandboxError
from gradatim.settings import Settings, load_settings
from tests.app.conftest import Invoke


def findings(check: Check, **settings: object) -> list[Finding]:
    async def run() -> list[Finding]:
        return [finding async for finding in check(load_settings(**settings))]

    return asyncio.run(run())


def by_name(text: str) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in json.loads(text)["checks"]}


def test_all_that_runs_without_a_model_works_here(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADATIM_MODEL", "none")
    result = invoke("doctor", "--json")
    assert result.exit_code == 0, result.stdout
    checks = by_name(result.stdout)
    assert checks["language model"]["status"] == "unused"
    assert {"python", "chromadb", "data folder", "curriculum", "learner memory"} <= checks.keys()
    assert any(check["status"] == "ok" for name, check in checks.items() if name.startswith("sandbox"))
    assert "xllamacpp" not in checks


def test_what_is_missing_is_named_with_its_remedy(invoke: Invoke, workspace: Path) -> None:
    result = invoke("doctor", "--cache-dir", str(workspace / "nothing"))
    assert result.exit_code == 1
    assert "MISSING language model" in result.stdout
    assert "→ run `gradatim model pull qwen2.5-coder-1.5b`" in result.stdout
    assert result.stdout.rstrip().endswith("missing: language model")


def test_a_data_folder_that_cannot_be_written(workspace: Path) -> None:
    (workspace / "file").write_text("")
    (found,) = findings(check_data_dir, data_dir=workspace / "file")
    assert found.status == "missing"
    assert "GRADATIM_DATA_DIR" in (found.remedy or "")


def test_a_curriculum_with_errors(workspace: Path) -> None:
    (workspace / "loops.yaml").write_text("topic: loops\n")
    (found,) = findings(check_curriculum, curriculum=workspace)
    assert found.status == "missing"
    assert "loops.yaml:1" in found.detail
    assert "gradatim kg check" in (found.remedy or "")


def test_a_sandbox_that_fails_is_missing_only_when_nothing_else_stands_in(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gradatim.app.checkup import programs

    works = programs._use

    async def no_bubblewrap(settings: Settings, tier: Any) -> str:
        if tier == "bubblewrap":
            raise SandboxError("no namespaces", remedy="allow them")
        return await works(settings, tier)

    async def nothing(settings: Settings, tier: Any) -> str:
        raise SandboxError("no walls", remedy="build some")

    monkeypatch.setattr(programs, "_use", no_bubblewrap)
    assert [found.status for found in findings(check_sandboxes)] == ["weak", "ok"]
    assert [found.status for found in findings(check_sandboxes, sandbox="bubblewrap")] == ["missing", "ok"]
    assert [found.status for found in findings(check_sandboxes, sandbox="landlock")] == ["weak", "ok"]
    monkeypatch.setattr(programs, "_use", nothing)
    assert [found.status for found in findings(check_sandboxes)] == ["missing", "missing"]
    unsafe = findings(check_sandboxes, sandbox="unsafe")
    assert [found.status for found in unsafe] == ["weak", "weak", "weak"]


def test_docker_counts_only_where_it_is_asked_for(workspace: Path) -> None:
    nowhere = f"unix://{workspace}/docker.sock"
    (idle,) = findings(check_docker, docker_host=nowhere)
    assert (idle.name, idle.status) == ("sandbox docker", "unused")
    assert "no Docker Engine answers" in idle.detail
    (wanted,) = findings(check_docker, docker_host=nowhere, sandbox="docker")
    assert wanted.status == "missing"
    assert "GRADATIM_DOCKER_HOST" in (wanted.remedy or "")


def test_docker_where_an_engine_answers(docker_host: str) -> None:
    (idle,) = findings(check_docker, docker_host=docker_host)
    assert idle.status == "unused"
    assert "GRADATIM_SANDBOX=docker" in (idle.remedy or "")
    (used,) = findings(check_docker, docker_host=docker_host, sandbox="docker")
    assert used.status == "ok", used
    assert "Docker Engine" in used.detail
    assert "break-out attempts failed" in used.detail


def test_a_damaged_model_is_found(workspace: Path) -> None:
    from gradatim.serving.catalogue import QWEN_CODER_1_5B

    (file,) = QWEN_CODER_1_5B.files
    folder = workspace / "cache" / "models"
    folder.mkdir(parents=True)
    with (folder / file.name).open("wb") as stream:
        stream.truncate(file.size)
    (found,) = findings(check_model, cache_dir=workspace / "cache", model=QWEN_CODER_1_5B.id)
    assert found.status == "missing"
    assert "SHA-256 is not the promised one" in found.detail


def test_a_file_of_ones_own(workspace: Path) -> None:
    path = workspace / "my.gguf"
    path.write_bytes(b"GGUF and more")
    assert [found.status for found in findings(check_model, model=str(path))] == ["ok"]
    path.write_bytes(b"no model")
    assert [found.status for found in findings(check_model, model=str(path))] == ["missing"]


class _Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        allowed = self.headers["Authorization"] == "Bearer key"
        body = json.dumps({"data": [{"id": "tiny"}]}).encode()
        self.send_response(200 if allowed and self.path == "/v1/models" else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def endpoint(workspace: Path) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Server)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_server_of_models(endpoint: str) -> None:
    (found,) = findings(check_model, model=f"{endpoint}#tiny", api_key="key")
    assert (found.status, found.detail.endswith("serves tiny")) == ("ok", True)
    (found,) = findings(check_model, model=f"{endpoint}#huge", api_key="key")
    assert (found.status, found.detail.endswith("serves tiny, not huge")) == ("missing", True)
    (found,) = findings(check_model, model=f"{endpoint}#tiny", api_key="wrong")
    assert (found.status, found.detail.endswith("answers HTTP 401")) == ("missing", True)


def test_a_server_that_is_down(workspace: Path) -> None:
    (found,) = findings(check_model, model="http://user:secret@127.0.0.1:9/v1#tiny")
    assert found.status == "missing"
    assert "does not answer" in found.detail
    assert "secret" not in found.detail


def test_a_memory_that_cannot_be_opened(workspace: Path) -> None:
    settings = load_settings()
    settings.data_dir.mkdir()
    settings.memory_path.write_bytes(b"this is no database, and it is long enough to be looked at" * 100)
    found = {finding.name: finding.status for finding in findings(check_memory)}
    assert found == {"learner memory": "ok", "recall by embeddings": "ok", "your learners": "missing"}
    assert not list(settings.data_dir.glob(".doctor-*"))


def test_a_check_that_breaks_does_not_stop_the_others() -> None:
    async def check_broken(settings: Settings) -> Any:
        yield Finding("first", "ok", "well")
        raise LookupError("odd")

    async def check_fine(settings: Settings) -> Any:
        yield Finding("last", "ok", "well")

    async def run(debug: bool) -> list[tuple[str, str]]:
        found = examine(load_settings(), (check_broken, check_fine), debug=debug)
        return [(finding.name, finding.status) async for finding in found]

    assert asyncio.run(run(False)) == [("first", "ok"), ("broken", "missing"), ("last", "ok")]
    with pytest.raises(LookupError, match="odd"):
        asyncio.run(run(True))
