"""The published tokenizer's way to make a prompt, written anew over SentencePiece."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import sentencepiece

Message = dict[str, Any]


def message(role: str, content: Any, **more: Any) -> Message:
    return {"role": role, "content": content, **more}


class Original:
    """The prompts of the published tokenizer's `build_chat_input`, over SentencePiece itself."""

    def __init__(self, model: Path) -> None:
        self.pieces: Any = sentencepiece.SentencePieceProcessor(model_file=str(model))
        names = ["[MASK]", "[gMASK]", "[sMASK]", "sop", "eop"]
        names += [f"<|{role}|>" for role in ("system", "user", "assistant", "observation")]
        self.commands = {name: self.pieces.get_piece_size() + index for index, name in enumerate(names)}

    def message(self, role: str, metadata: str, content: str) -> list[int]:
        return [
            self.commands[f"<|{role}|>"],
            *self.pieces.encode(f"{metadata}\n"),
            *self.pieces.encode(content),
        ]

    def chat(self, *messages: Message, answer: bool = True) -> list[int]:
        ids = [self.commands["[gMASK]"], self.commands["sop"]]
        for item in messages:
            content = item["content"]
            if item["role"] == "system" and "tools" in item:
                content = content + "\n" + json.dumps(item["tools"], indent=4, ensure_ascii=False)
            ids += self.message(item["role"], item.get("metadata", ""), content)
        return [*ids, self.commands["<|assistant|>"]] if answer else ids

    def controls(self, ids: list[int]) -> list[int]:
        """The control tokens among ids, those of SentencePiece too."""
        return [index for index in ids if index in (0, 1, 2) or index >= self.pieces.get_piece_size()]
