"""`gradatim mcp` with the real client of the protocol, over standard input and output and in this process."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from gradatim.app.cli import cli
from gradatim.app.commands.mcp import mcp as command
from gradatim.errors import InputError
from gradatim.graphs import Services
from gradatim.graphs.tools import agent_tools, open_desk
from gradatim.graphs.tools.protocol import CONCEPTS, TASKS, mcp_server
from tests.graphs.tools.conftest import TASKS as FOLDER

mcp = pytest.importorskip("mcp", reason="the extra `mcp` is not installed")


async def test_over_standard_input_and_output(tmp_path: Path, wrong: str) -> None:
    """A client starts the command, lists, calls, reads, makes mistakes, and goes away."""
    server = mcp.StdioServerParameters(
        command=str(Path(sys.executable).with_name("gradatim")),
        args=[
            "mcp",
            "--tasks",
            str(FOLDER / "fibonacci.yaml"),
            "--data-dir",
            str(tmp_path),
            "--model",
            "none",
        ],
        env={"OPENBLAS_NUM_THREADS": "1", "GRADATIM_REPAIR_SECONDS": "0"},
    )
    async with mcp.Client(server, read_timeout_seconds=60) as client:
        assert client.server_info.name == "gradatim"
        assert "check_text" in client.instructions
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert {"run_tests", "diagnose_program", "check_text", "assess_program", "read_concept"} <= set(tools)
        assert "learner_state" not in tools
        assert tools["run_tests"].input_schema["required"] == ["task", "code"]
        assert tools["run_tests"].annotations.read_only_hint
        assert not tools["assess_program"].annotations.read_only_hint

        ran = await client.call_tool("run_tests", {"task": "fibonacci", "code": wrong})
        assert not ran.is_error
        assert ran.structured_content["verdict"] == "incorrect"
        assert json.loads(ran.content[0].text) == ran.structured_content

        missing = await client.call_tool("run_tests", {"task": "fibonacci"})
        assert missing.is_error
        assert missing.structured_content["place"] == "arguments"
        with pytest.raises(mcp.MCPError, match="there is no tool 'rm'"):
            await client.call_tool("rm", {})

        listed = await client.read_resource(TASKS)
        assert json.loads(listed.contents[0].text) == {"tasks": [{"id": "fibonacci", "title": "Fibonacci numbers"}]}
        exercise = json.loads((await client.read_resource(f"{TASKS}/fibonacci")).contents[0].text)
        assert exercise["hidden_tests"] == 1
        assert "reference" not in exercise


@pytest.mark.asyncio(loop_scope="package")
async def test_concepts_are_resources(services: Services) -> None:
    async with (
        open_desk(services=services, tasks=FOLDER) as desk,
        mcp.Client(mcp_server(desk, agent_tools(desk))) as client,
    ):
        uris = {str(resource.uri) for resource in (await client.list_resources()).resources}
        assert {TASKS, CONCEPTS, f"{TASKS}/fibonacci"} <= uris
        templates = (await client.list_resource_templates()).resource_templates
        assert f"{CONCEPTS}/{{id}}" in {template.uri_template for template in templates}
        graph = json.loads((await client.read_resource(CONCEPTS)).contents[0].text)
        assert graph["concepts"]["range"] == "range"
        card = json.loads((await client.read_resource(f"{CONCEPTS}/for-loop")).contents[0].text)
        assert card["definition"]
        for wrong_uri in (f"{CONCEPTS}/no-such-thing", f"{TASKS}/nope", "file:///etc/passwd"):
            with pytest.raises(mcp.MCPError):
                await client.read_resource(wrong_uri)


def test_the_command_lists_and_refuses(tmp_path: Path) -> None:
    run = CliRunner()
    tasks = ["--tasks", str(FOLDER), "--data-dir", str(tmp_path), "--model", "none"]
    listed = run.invoke(command, ["--list", "--json", "--only", "run_tests", *tasks])
    assert listed.exit_code == 0, listed.output
    assert [tool["name"] for tool in json.loads(listed.stdout)["tools"]] == ["run_tests"]
    for arguments, place in (
        (["--http", "0.0.0.0:8000"], "--http 0.0.0.0:8000"),
        (["--http", "8000x"], "--http 8000x"),
        (["--http", "127.0.0.1:99999"], "--http 127.0.0.1:99999"),
        (["--only", "nothing", "--list", *tasks], "only"),
        (["--tasks", str(tmp_path / "none.yaml"), "--data-dir", str(tmp_path), "--model", "none"], "none.yaml"),
    ):
        refused = run.invoke(command, arguments)
        assert isinstance(refused.exception, InputError), arguments
        assert place in str(refused.exception)
        assert refused.exception.remedy
    assert "mcp" in run.invoke(cli, ["--help"]).output


def test_the_page_names_every_option() -> None:
    text = (FOLDER.parents[1] / "docs" / "mcp.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(--[a-z-]+)", text, re.MULTILINE))
    shared = {"--help", "--model", "--json", "--sandbox", "--data-dir", "--cache-dir"}
    own = {name for option in command.params for name in option.opts if name.startswith("--")} - shared
    assert told == own
    (block,) = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    exec(block, {})
