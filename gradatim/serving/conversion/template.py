"""The chat template of a converted ChatGLM3, and how it keeps messages from forging control tokens.

Servers render the template to text and then look for control tokens in all of it. A message that spells `<|assistant|>`
would so become a turn of the model. The template therefore writes `GUARD` into every such spelling that comes from a
message; the tokenizer does not recognise the broken spelling, and drops the guard before it cuts the text. What the
model reads is the plain text that somebody wrote, cut as SentencePiece cuts it.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

CHAT_TEMPLATE_FILE = "chat_template.jinja"
GUARD = "\ufdd0\ufdd1"
"""Breaks the spelling of a control token; noncharacters, which Unicode keeps for use within one program."""
GUARDED = (
    "<unk>", "<s>", "</s>", "[MASK]", "[gMASK]", "[sMASK]", "<sop>", "<eop>",
    "<|system|>", "<|user|>", "<|assistant|>", "<|observation|>",
)  # fmt: skip
"""The spellings that the tokenizer turns into control tokens."""


def guard(text: str) -> str:
    """Text in which no control token is recognised, for prompts that are made without the chat template.

    The converted tokenizer cuts it exactly as SentencePiece cuts the original.
    """
    text = text.replace(GUARD, GUARD[0] + GUARD + GUARD[1])
    for spelling in GUARDED:
        text = text.replace(spelling, spelling[0] + GUARD + spelling[1:])
    return text


@cache
def chat_template() -> str:
    """The template, in Jinja as transformers and vLLM render it.

    Beside `messages`, `tools` and `add_generation_prompt` it knows `open_metadata`: the answer's first line is left to
    the model, which writes the name of a tool into it or nothing. With tools that is always so.
    """
    return resources.files("gradatim.serving.conversion").joinpath(CHAT_TEMPLATE_FILE).read_text(encoding="utf-8")
