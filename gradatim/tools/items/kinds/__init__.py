"""Kinds of items: each makes questions from a program that was observed (`gradatim.tools.items.material`)."""

from __future__ import annotations

from collections.abc import Mapping

from gradatim.tools.items.item import ItemKind
from gradatim.tools.items.kinds.draft import Answer, Draft, Make, Wrong
from gradatim.tools.items.kinds.ordering import assembled, parsons
from gradatim.tools.items.kinds.reading import choice, predict
from gradatim.tools.items.kinds.writing import fix, write

__all__ = ["KINDS", "Answer", "Draft", "Make", "Wrong", "assembled"]

KINDS: Mapping[ItemKind, Make] = {"write": write, "fix": fix, "predict": predict, "parsons": parsons, "choice": choice}
