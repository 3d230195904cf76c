from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from gradatim.serving.launch.profiles import load_profiles
from tests.app.conftest import Invoke
from tests.serving.launch.test_checks import folder_of

PROFILES = tuple(load_profiles())


@pytest.fixture(autouse=True)
def nothing_outside(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADATIM_CACHE_DIR", str(workspace / "cache"))
    for name in ("GRADATIM_API_KEY", "VLLM_API_KEY", "GRADATIM_SERVING_PYTHON"):
        monkeypatch.delenv(name, raising=False)


def test_the_profiles_are_listed(invoke: Invoke) -> None:
    rows = json.loads(invoke("serve", "--list", "--json").stdout)["profiles"]
    assert tuple(row["name"] for row in rows) == PROFILES
    assert all(row["concurrency"] > 0 for row in rows)
    shown = invoke("serve", "--list").stdout
    assert all(name in shown for name in PROFILES)


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_is_shown_with_memory_and_the_exact_command(invoke: Invoke, name: str) -> None:
    result = invoke("serve", name, "--dry-run")
    assert result.exit_code == 0
    last = result.stdout.strip().splitlines()[-1]
    words = shlex.split(last)
    data = json.loads(invoke("serve", name, "--dry-run", "--json").stdout)
    assert words[-len(data["command"]) :] == data["command"]
    assert "KV cache" in result.stdout
    assert f"{data['memory']['concurrency']} sequences of 2,048 tokens" in result.stdout
    assert "as published; the folder is not here" in result.stdout


def test_a_folder_that_is_here_says_its_own_size(invoke: Invoke, workspace: Path) -> None:
    folder_of(workspace / "model", num_layers=14, seq_length=1024)
    data = json.loads(invoke("serve", "cpu", "--dry-run", "--json", "--model", "model").stdout)
    assert data["model"] == str(workspace / "model")
    assert data["memory"]["kv_token"] == 14_336
    assert data["memory"]["length"] == 1024
    assert not data["model_assumed"]


def test_a_key_is_never_shown(invoke: Invoke, workspace: Path) -> None:
    (workspace / "key").write_text("secret-of-ours\n")
    for options in (("--dry-run",), ("--dry-run", "--json"), ("--print", "compose"), ("--print", "kubernetes")):
        result = invoke("serve", "cpu", *options, "--api-key-file", "key")
        assert result.exit_code == 0
        assert "secret-of-ours" not in result.output
    assert 'VLLM_API_KEY="$GRADATIM_API_KEY"' in invoke("serve", "cpu", "--dry-run", "--api-key-file", "key").stdout


def test_a_key_from_stdin(invoke: Invoke) -> None:
    result = invoke("serve", "cpu", "--dry-run", "--json", "--api-key-file", "-", stdin="secret-of-ours")
    assert json.loads(result.stdout)["key_needed"]


@pytest.mark.parametrize("form", ["compose", "kubernetes", "ray"])
def test_manifests_are_yaml(invoke: Invoke, form: str) -> None:
    result = invoke("serve", "a100-80", "--print", form, "--replicas", "2", "--image", "registry.example/vllm:1")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert all(isinstance(document, dict) for document in yaml.safe_load_all(result.stdout))


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "a profile is missing"),
        (("a100",), 2, "did you mean 'a100-80'"),
        (("cpu",), 2, "there is no such folder"),
        (("cpu", "--model", "file"), 2, "this is a file"),
        (("cpu", "--model", "empty"), 2, "cannot be read"),
        (("cpu", "--model", "raw"), 2, "code that comes with it"),
        (("a100-80-int8", "--model", "model"), 2, "needs 8-bit ones"),
        (("cpu", "--dry-run", "--set", "max-num-seqs=x"), 2, "no positive number"),
        (("cpu", "--dry-run", "--lora", "tutor"), 2, "an adapter needs a name"),
        (("cpu", "--dry-run", "--lora", "tutor=empty"), 2, "no LoRA adapter"),
        (("cpu", "--dry-run", "--host", "0.0.0.0"), 2, "without a key"),
        (("cpu", "--dry-run", "--api-key-file", "empty-key"), 2, "one word of ASCII"),
        (("cpu", "--dry-run", "--api-key-file", "bytes"), 2, "not text in UTF-8"),
        (("cpu", "--dry-run", "--python", "nowhere/python"), 2, "no such interpreter"),
        (("a100-80", "--print", "ray", "--lora", "tutor=adapter"), 2, "object storage"),
        (("cpu", "--port", "0"), 2, "not in the range"),
        (("cpu", "--print", "swarm"), 2, "is not one of"),
        (("cpu", "--model", "model", "--python", "bare"), 3, "vLLM is not installed"),
    ],
)
def test_what_cannot_be_is_said(
    invoke: Invoke, workspace: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    (workspace / "file").write_text("")
    (workspace / "empty").mkdir()
    (workspace / "empty-key").write_text(" \n")
    (workspace / "bytes").write_bytes(b"\xff\xfe")
    folder_of(workspace / "model")
    folder_of(workspace / "raw", auto_map={"AutoModel": "x"})
    (workspace / "adapter").mkdir()
    (workspace / "adapter" / "adapter_config.json").write_text('{"r": 8}')
    (workspace / "adapter" / "adapter_model.bin").write_text("x")
    python = workspace / "bare" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -S -I "$@"\n')
    python.chmod(0o755)
    result = invoke("serve", *arguments)
    assert result.exit_code == code, result.stderr
    assert said in result.stderr


STANDIN = Path(__file__).parents[1] / "serving" / "launch" / "standin.py"


@pytest.fixture
def fake_vllm(workspace: Path) -> Path:
    """An environment whose `vllm` is a small server that takes vLLM's options and ends as it does."""
    packages = workspace / "environment" / "packages"
    module = packages / "vllm" / "entrypoints" / "openai" / "api_server.py"
    module.parent.mkdir(parents=True)
    (packages / "vllm" / "__init__.py").write_text("")
    starter = (
        "import os, runpy, sys\n"
        "port = sys.argv[sys.argv.index('--port') + 1]\n"
        "assert os.environ['VLLM_API_KEY'] == 'secret-of-ours' and 'secret-of-ours' not in ' '.join(sys.argv)\n"
        f"sys.argv = ['standin', '--port', port, '--folder', {str(workspace)!r}]\n"
        f"runpy.run_path({str(STANDIN)!r}, run_name='__main__')\n"
    )
    module.write_text(starter)
    python = workspace / "environment" / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(packages))} exec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)
    return workspace / "environment"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_server_runs_until_it_is_asked_to_end(workspace: Path, fake_vllm: Path, how: signal.Signals) -> None:
    folder_of(workspace / "model")
    (workspace / "key").write_text("secret-of-ours")
    command = [sys.executable, "-c", "from gradatim.app.cli import main; main()", "serve", "cpu", "--json", "--force"]
    command += ["--model", "model", "--python", str(fake_vllm), "--port", str(free_port()), "--api-key-file", "key"]
    command += ["--log", "vllm.log"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ), cwd=workspace) as server:
        assert server.stdout is not None
        states: list[str] = []
        for line in server.stdout:
            event = json.loads(line)
            states.append(event["state"])
            if event["state"] == "ready":
                assert event["address"].endswith("/v1")
                server.send_signal(how)
        assert server.wait(30) == 0
    assert [state for state in states if state != "draining"] == ["starting", "ready", "ended"]
    assert "asked to end" in (workspace / "vllm.log").read_text()


def test_a_port_that_is_taken_and_memory_that_is_not_there(
    workspace: Path, fake_vllm: Path, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_of(workspace / "model")
    options = ("serve", "cpu", "--model", "model", "--python", str(fake_vllm))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = invoke(*options, "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 3
    assert "another program listens" in result.stderr
    monkeypatch.setattr("gradatim.app.commands.serve.available_memory", lambda: 1 << 30)
    result = invoke(*options, "--port", str(free_port()))
    assert result.exit_code == 3
    assert "1.0 GiB are available" in result.stderr


def test_a_machine_without_the_profiles_devices(
    workspace: Path, fake_vllm: Path, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_of(workspace / "model")
    monkeypatch.setattr("gradatim.app.commands.serve.find_gpus", tuple)
    result = invoke("serve", "a100-80", "--model", "model", "--python", str(fake_vllm), "--port", str(free_port()))
    assert result.exit_code == 3
    assert "no NVIDIA processor answers here" in result.stderr
    assert "--force" in result.stderr


def test_help_is_quick_and_says_the_exit_codes(invoke: Invoke) -> None:
    began = time.process_time()
    result = invoke("serve", "--help")
    assert time.process_time() - began < 2
    assert "Exit codes: 0" in result.stdout
