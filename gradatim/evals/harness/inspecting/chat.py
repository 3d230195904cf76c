"""inspect_ai's model as a LangChain chat model, so that its `--model`, limits and log cover gradatim's agents."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    Model,
    ModelOutput,
    get_model,
)
from inspect_ai.util import LimitExceededError
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatResult

from gradatim.errors import ModelError
from gradatim.serving.chat_base import SchemaChatModel
from gradatim.serving.tool_calls import chosen, read_call, with_instructions

_ENDS = {"max_tokens": "length", "model_length": "length"}
"""Reasons for the end of an answer that have another name here."""


class InspectChat(SchemaChatModel):
    """The model that inspect_ai evaluates (`get_model()`), asked in gradatim's way.

    A JSON schema and tools are explained in the prompt, for not every provider of inspect_ai can be held to a schema.
    A limit that inspect_ai sets ends the sample, as it should; whatever else a provider raises is a `ModelError`, which
    the agents take for a model that is down.
    """

    supports_json_schema: ClassVar[bool] = False
    supports_samples: ClassVar[bool] = False

    role: str | None = None
    """Role of the model in inspect_ai, e.g. `grader`; the model that is evaluated when not given."""

    @property
    def model_name(self) -> str:
        try:
            return str(self._model())
        except ModelError:
            return "inspect_ai"

    @property
    def _llm_type(self) -> str:
        return "gradatim-inspect-chat"

    def _model(self) -> Model:
        try:
            return get_model(role=self.role)
        except ValueError as error:
            raise ModelError(
                "no model of inspect_ai is at work",
                place="InspectChat",
                remedy="use it inside an evaluation of inspect_ai, or set INSPECT_EVAL_MODEL",
            ) from error

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise ModelError(
            "inspect_ai's models are only asked from asynchronous code", place="InspectChat", remedy="use ainvoke"
        )

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        tools: list[dict[str, Any]] = kwargs.get("tools") or []
        asked: Sequence[BaseMessage] = messages
        if tools:
            tools, mode = chosen(tools, kwargs.get("tool_choice"))
            asked = with_instructions(asked, tools, mode) if tools else asked
        if schema := _schema_in(kwargs.get("response_format")):
            asked = [*asked, HumanMessage(f"Answer with one JSON object of this schema and nothing else: {schema}")]
        model = self._model()
        config = GenerateConfig(
            temperature=kwargs.get("temperature"),
            top_p=kwargs.get("top_p"),
            max_tokens=kwargs.get("max_tokens"),
            seed=kwargs.get("seed"),
            stop_seqs=stop,
        )
        try:
            output = await model.generate([_message(item) for item in asked], config=config)
        except LimitExceededError:
            raise
        except Exception as error:
            raise ModelError(
                f"inspect_ai's model failed: {type(error).__name__}: {error}",
                place=str(model),
                remedy="see the sample's transcript in inspect_ai's log",
            ) from error
        return _result(output, str(model), tools)


def _schema_in(wanted: Any) -> str:
    """The JSON schema of a `response_format`, as text; empty where there is none."""
    if not isinstance(wanted, Mapping):
        return ""
    inner: Any = cast("Mapping[str, Any]", wanted).get("json_schema")
    held: Any = cast("Mapping[str, Any]", inner).get("schema") if isinstance(inner, Mapping) else None
    return json.dumps(held) if held else ""


def _message(message: BaseMessage) -> ChatMessage:
    text = str(message.text)
    if message.type == "system":
        return ChatMessageSystem(content=text)
    return ChatMessageAssistant(content=text) if message.type == "ai" else ChatMessageUser(content=text)


def _result(output: ModelOutput, name: str, tools: Sequence[dict[str, Any]]) -> ChatResult:
    if output.empty:
        raise ModelError(
            f"the model gave no answer{f': {output.error}' if output.error else ''}",
            place=name,
            remedy="see the sample's transcript in inspect_ai's log",
        )
    text = output.message.text
    message = read_call(text, tools) if tools else AIMessage(text)
    message.usage_metadata = _usage(output)
    reason = _ENDS.get(output.stop_reason, output.stop_reason)
    info: dict[str, Any] = {"finish_reason": reason, "model_name": name}
    return ChatResult(generations=[ChatGeneration(message=message, generation_info=info)])


def _usage(output: ModelOutput) -> UsageMetadata | None:
    used = output.usage
    if used is None:
        return None
    cached = used.input_tokens_cache_read or 0
    read = used.input_tokens + cached + (used.input_tokens_cache_write or 0)  # inspect_ai counts these apart
    return UsageMetadata(
        input_tokens=read,
        output_tokens=used.output_tokens,
        total_tokens=read + used.output_tokens,
        input_token_details=InputTokenDetails(cache_read=cached),
    )
