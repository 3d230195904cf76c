"""`gradatim mcp`: the agents as tools for any client of the Model Context Protocol."""

from __future__ import annotations

import asyncio
import ipaddress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradatim.app.console import emit, out, say, table
from gradatim.app.options import cache_dir_option, data_dir_option, json_option, language_option, sandbox_option
from gradatim.errors import InputError
from gradatim.settings import load_settings

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server


@click.command()
@click.option(
    "--tasks",
    multiple=True,
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Task file or folder of them; may be given several times.",
)
@click.option("--learner", metavar="ID", help="The learner whom the tools speak for; none: no tool asks the memory.")
@click.option(
    "--staff",
    is_flag=True,
    help="The model talks to staff: it may see hidden tests, references and repairs, and ask about every learner.",
)
@click.option("--only", multiple=True, metavar="TOOL", help="Offer only this tool; may be given several times.")
@click.option("--http", metavar="HOST:PORT", help="Serve over streamable HTTP at /mcp, on this machine only.")
@click.option("--list", "listing", is_flag=True, help="Show the tools and stop.")
@click.option("--model", metavar="MODEL", help="Model for assess_program (setting: model).")
@language_option
@json_option
@sandbox_option
@data_dir_option
@cache_dir_option
def mcp(
    tasks: tuple[Path, ...],
    learner: str | None,
    staff: bool,
    only: tuple[str, ...],
    http: str | None,
    listing: bool,
    as_json: bool,
    **overrides: Any,
) -> None:
    """Serve the agents as tools over MCP: on standard input and output, or with --http.

    \b
    A client starts it by itself, e.g. with
      {"mcpServers": {"gradatim": {"command": "gradatim", "args": ["mcp", "--tasks", "tasks/"]}}}

    The tools run and diagnose programs, look concepts up, check texts, and assess. Hidden tests, references and repairs
    never come out of them unless --staff is given.

    Exit codes: 0 the client went away; 2 a task file, a tool's name or an address is wrong; 3 something is missing.
    """
    address = None if http is None else _address(http)
    settings = load_settings(**overrides)

    async def work() -> None:
        from gradatim.graphs.tools import agent_tools, open_desk

        audience = "staff" if staff else "learner"
        async with open_desk(settings, tasks=tasks, audience=audience, learner_id=learner) as desk:
            tools = agent_tools(desk, only or None)
            if listing:
                rows = [{"name": tool.name, "description": tool.description} for tool in tools]
                if as_json:
                    emit({"tools": rows})
                else:
                    out(table([(row["name"], row["description"]) for row in rows]))
                return
            from gradatim.graphs.tools.protocol import mcp_server

            server = mcp_server(desk, tools)
            say(f"{len(tools)} tools, {len(desk.tasks)} tasks")
            if address is None:
                await _stdio(server)
            else:
                await _http(server, *address)

    asyncio.run(work())


async def _stdio(server: Server[dict[str, Any]]) -> None:
    from mcp.server.stdio import stdio_server

    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


async def _http(server: Server[dict[str, Any]], host: str, port: int) -> None:
    import uvicorn

    app = server.streamable_http_app(host=host)
    say(f"http://{host}:{port}/mcp")
    await uvicorn.Server(uvicorn.Config(app, host=host, port=port, log_level="warning")).serve()


def _address(text: str) -> tuple[str, int]:
    """Host and port, of this machine.

    Raises:
        InputError: It is no address, or one that others can reach: nobody is asked for a password here.
    """
    host, _, port = text.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not port.isdecimal() or not 0 < int(port) < 65_536:
        raise InputError("this is no HOST:PORT", place=f"--http {text}", remedy="e.g. --http 127.0.0.1:8765")
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise InputError(
            "others could reach this address, and nobody is asked who they are",
            place=f"--http {text}",
            remedy="serve on 127.0.0.1 behind a proxy that knows its clients",
        )
    return host, int(port)
