"""From the original ChatGLM3 checkpoint to a folder that current vLLM and transformers load without remote code.

Names are imported from their modules when they are first used, so that importing this package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.serving.conversion.chatglm3 import Conversion, ConversionRequest, convert_chatglm3
    from gradatim.serving.conversion.layouts import LAYOUTS, Layout
    from gradatim.serving.conversion.record import ConversionRecord
    from gradatim.serving.conversion.tokenizer import TokenizerFacts, convert_tokenizer
    from gradatim.serving.conversion.verification import Verification, verify_conversion

__all__ = [
    "LAYOUTS",
    "Conversion",
    "ConversionRecord",
    "ConversionRequest",
    "Layout",
    "TokenizerFacts",
    "Verification",
    "convert_chatglm3",
    "convert_tokenizer",
    "verify_conversion",
]

_MODULES = {
    "chatglm3": ("Conversion", "ConversionRequest", "convert_chatglm3"),
    "layouts": ("LAYOUTS", "Layout"),
    "record": ("ConversionRecord",),
    "tokenizer": ("TokenizerFacts", "convert_tokenizer"),
    "verification": ("Verification", "verify_conversion"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
