"""Items: questions made to a wanted difficulty, each checked by execution before anyone sees it."""

from gradatim.tools.items.item import Block, Difficulty, Item, ItemKind, ItemStatus, Option, WrongProgram

__all__ = ["Block", "Difficulty", "Item", "ItemKind", "ItemStatus", "Option", "WrongProgram"]
