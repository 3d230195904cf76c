"""Agents that make items and judge answers to them.

`ItemMaker` makes an item for a learner or a wanted difficulty, from templates or with a model that proposes programs;
`ItemScorer` judges an answer. What a model proposes is executed before it is believed (`ItemProposer`).
"""

from gradatim.agents.items.maker import ItemMaker
from gradatim.agents.items.proposer import ItemProposer, proposed_items
from gradatim.agents.items.scorer import ItemScorer

__all__ = ["ItemMaker", "ItemProposer", "ItemScorer", "proposed_items"]
