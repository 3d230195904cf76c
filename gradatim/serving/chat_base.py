"""What gradatim's chat models have in common: tools and structured output by way of JSON schema."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, ClassVar

from langchain_core.exceptions import OutputParserException
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable, RunnableLambda, RunnableMap, RunnablePassthrough
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from gradatim.serving.schema import NotJson, SchemaLike, fit, read_json, response_format


class SchemaChatModel(BaseChatModel):
    """A chat model that takes `response_format` with a JSON schema, and `n`."""

    supports_json_schema: ClassVar[bool] = True
    """`response_format` constrains the answer."""
    supports_samples: ClassVar[bool] = True
    """`n` gives that many generations of one request."""

    @property
    @abstractmethod
    def model_name(self) -> str:
        """The model's name, for traces."""

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | bool | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The model with tools it may call, one a message.

        Args:
            tools: Tools, functions, pydantic models or OpenAI tool descriptions.
            tool_choice: `None`/`"auto"`, `"none"`, `"any"`/`True`, or a tool's name.
            **kwargs: Further arguments of the calls.
        """
        described = [convert_to_openai_tool(tool) for tool in tools]
        return self.bind(tools=described, tool_choice=tool_choice, **kwargs)

    def with_structured_output(
        self, schema: dict[str, Any] | type, *, include_raw: bool = False, **kwargs: Any
    ) -> Runnable[LanguageModelInput, Any]:
        """The model with answers of a schema.

        Args:
            schema: A pydantic model or a JSON schema.
            include_raw: Give `{"raw", "parsed", "parsing_error"}` instead of raising for an answer that does
                not fit.
            **kwargs: Further arguments of the calls; LangChain's `method` and `strict` change nothing here.

        Raises:
            OutputParserException: On a call whose answer does not fit (never with `include_raw`).
        """
        kwargs = {key: value for key, value in kwargs.items() if key not in ("method", "strict")}
        wanted: SchemaLike = schema

        def parse(message: BaseMessage) -> Any:
            try:
                return fit(read_json(message.text), wanted)
            except NotJson as error:
                raise OutputParserException(str(error), llm_output=message.text) from error

        asked = self.bind(response_format=response_format(wanted), **kwargs)
        parser: Runnable[Any, Any] = RunnableLambda(parse)
        if not include_raw:
            return asked | parser
        parsed = RunnablePassthrough.assign(parsed=itemgetter("raw") | parser, parsing_error=lambda _: None)
        failed = RunnablePassthrough.assign(parsed=lambda _: None)
        return RunnableMap(raw=asked) | parsed.with_fallbacks([failed], exception_key="parsing_error")
