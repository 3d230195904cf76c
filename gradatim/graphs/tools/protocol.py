"""The same tools over the Model Context Protocol, with the exercises and the concept graph as resources.

The library comes with the extra `mcp` and is imported when a server is made.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool

from gradatim import __version__
from gradatim.errors import GradatimError, InputError, ServiceError
from gradatim.graphs.tools.concepts import concept_card, concept_named
from gradatim.graphs.tools.desk import Desk
from gradatim.graphs.tools.tool import WRITES, Plain, told
from gradatim.kg.labels import concept_name
from gradatim.languages import speaking

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

TASKS, CONCEPTS = "gradatim://tasks", "gradatim://concepts"
"""The two lists; what is in them lies below."""

_JSON = "application/json"
_INSTRUCTIONS = (
    "Tools of gradatim: run a learner's program, diagnose it, look concepts up, check what you are about to say. "
    "The verdict on a program rests on run_tests alone. Before you say something about a program to a learner, pass "
    "it through check_text and say only what may be said."
)


def mcp_server(desk: Desk, tools: Sequence[BaseTool]) -> Server[dict[str, Any]]:
    """An MCP server that offers these tools, and the desk's exercises and concepts as resources.

    Args:
        desk: What the resources are read from.
        tools: As `agent_tools` gives them.

    Raises:
        ServiceError: The library is not installed.
    """
    try:
        import mcp.types as types
        from mcp.server.lowlevel import Server
        from mcp.shared.exceptions import MCPError
    except ImportError as error:
        raise ServiceError(
            "the library of the Model Context Protocol is missing", place="mcp", remedy="pip install 'gradatim[mcp]'"
        ) from error
    by_name = {tool.name: tool for tool in tools}

    async def list_tools(context: Any, params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(
            tools=[
                types.Tool(
                    name=tool.name,
                    description=tool.description,
                    input_schema=input_schema(tool),
                    annotations=types.ToolAnnotations(
                        read_only_hint=WRITES not in (tool.tags or ()), destructive_hint=False, open_world_hint=False
                    ),
                )
                for tool in tools
            ]
        )

    async def call_tool(context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        tool = by_name.get(params.name)
        if tool is None:
            raise MCPError(types.INVALID_PARAMS, f"there is no tool {params.name!r}")
        call = {"name": tool.name, "args": params.arguments or {}, "id": "mcp", "type": "tool_call"}
        said: ToolMessage = await tool.ainvoke(call)
        failed = said.status == "error"
        data = json.loads(str(said.text)) if failed else said.artifact
        return types.CallToolResult(
            content=[types.TextContent(text=str(said.text))], structured_content=data, is_error=failed
        )

    async def list_resources(context: Any, params: Any) -> types.ListResourcesResult:
        found = [
            types.Resource(uri=TASKS, name="tasks", description="The exercises.", mime_type=_JSON),
            types.Resource(uri=CONCEPTS, name="concepts", description="Every concept by id.", mime_type=_JSON),
        ]
        found += [
            types.Resource(uri=f"{TASKS}/{quote(task.id)}", name=task.id, title=task.title, mime_type=_JSON)
            for task in desk.tasks.values()
        ]
        return types.ListResourcesResult(resources=found)

    async def list_templates(context: Any, params: Any) -> types.ListResourceTemplatesResult:
        templates = [
            types.ResourceTemplate(
                uri_template=f"{TASKS}/{{id}}", name="task", description="One exercise.", mime_type=_JSON
            ),
            types.ResourceTemplate(
                uri_template=f"{CONCEPTS}/{{id}}",
                name="concept",
                description="One concept: definition, prerequisites, misconceptions.",
                mime_type=_JSON,
            ),
        ]
        return types.ListResourceTemplatesResult(resource_templates=templates)

    async def read_resource(context: Any, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        try:
            with speaking(desk.spoken):
                content = await resource(desk, params.uri)
        except GradatimError as error:
            raise MCPError(types.INVALID_PARAMS, str(error), told(error)) from error
        text = json.dumps(content, ensure_ascii=False)
        contents = types.TextResourceContents(uri=params.uri, mime_type=_JSON, text=text)
        return types.ReadResourceResult(contents=[contents])

    return Server(
        "gradatim",
        version=__version__,
        instructions=_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


async def resource(desk: Desk, uri: str) -> Plain:
    """What stands under an address of ours.

    Raises:
        InputError: Nothing does.
    """
    if uri == TASKS:
        return {"tasks": [{"id": task.id, "title": task.title} for task in desk.tasks.values()]}
    if uri == CONCEPTS:
        graph = await desk.services.concepts.snapshot()
        return {
            "name": graph.name,
            "version": graph.version,
            "concepts": {concept.id: concept_name(concept) for concept in graph.concepts},
        }
    place, _, name = uri.rpartition("/")
    if place == TASKS:
        task = desk.task(unquote(name))
        return desk.view(task).exercise()
    if place == CONCEPTS:
        store = desk.services.concepts
        return await concept_card(store, await concept_named(store, unquote(name)))
    remedy = f"read {TASKS}, {CONCEPTS}, or what lies below them"
    raise InputError("there is no such resource", place=uri, remedy=remedy)


def input_schema(tool: BaseTool) -> Plain:
    """The JSON schema of a tool's arguments."""
    arguments: Any = tool.args_schema
    schema: Plain = arguments.model_json_schema()
    return {key: value for key, value in schema.items() if key != "title"} | {"type": "object"}
