"""A generator whose prompts are those of a workflow."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from string import Template
from typing import Any, ClassVar

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from gradatim.agents.generator import Generator
from gradatim.agents.prompts import load_prompt
from gradatim.agents.wording import Wording
from gradatim.domain import Evidence, LearnerState
from gradatim.kg import ConceptStore
from gradatim.languages import say
from gradatim.tools.claims.case import Case


class RewordedGenerator(Generator):
    """Writes feedback by prompts of somebody else's wording.

    What a prompt may say is the wording alone: the material of the case, the schema of the answer and every check after
    it stay as they are. `$reveal_rule` and `$suggestion_rule` stand for the rules on solutions that the task sets;
    where a prompt leaves them out, they are put behind it.

    Args:
        words: Prompt → text; names are those of `PROMPTS`.
    """

    PROMPTS: ClassVar[tuple[str, ...]] = ("system", "worked_reasoning", "worked_reasoning_correct")

    def __init__(
        self,
        model: BaseChatModel,
        words: Mapping[str, str],
        max_tokens: int = 700,
        concepts: ConceptStore | None = None,
        wording: Wording | None = None,
    ) -> None:
        super().__init__(model, max_tokens, concepts, wording)
        self.words = dict(words)

    def messages(  # pyright: ignore[reportIncompatibleMethodOverride] the generator's own is a static method
        self,
        case: Case,
        evidence: Sequence[Evidence],
        learner: LearnerState | None,
        refutations: Sequence[str] = (),
        previous: str | None = None,
    ) -> tuple[list[BaseMessage], dict[str, str]]:
        """As the generator asks, in the workflow's words."""
        messages, versions = Generator.messages(case, evidence, learner, refutations, previous)
        reveal = case.task.reveal_solution
        system = str(messages[0].text)
        for name, text in self.words.items():
            digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
            if name == "worked_reasoning_correct":
                if case.execution.passed:
                    messages = [HumanMessage(text) if _asks(item, name) else item for item in messages]
                    versions[name] = f"own+{digest}"
                continue
            system = system.replace(_packaged(name, reveal), _own(name, text, reveal))
            versions[name] = f"own+{digest}"
        return [SystemMessage(system), *messages[1:]], versions


def _asks(message: BaseMessage, name: str) -> bool:
    return isinstance(message, HumanMessage) and message.text == load_prompt(name).text


def _rules(reveal: bool) -> dict[str, str]:
    """The rules on solutions that the packaged prompts put in."""
    return {
        "reveal_rule": say(f"feedback.prompt.{'show' if reveal else 'hide'}"),
        "suggestion_rule": say(f"feedback.prompt.{'tell' if reveal else 'lead'}"),
    }


def _packaged(name: str, reveal: bool) -> str:
    return Template(load_prompt(name).text).substitute(_rules(reveal))


def _own(name: str, text: str, reveal: bool) -> str:
    rule: Any = {"system": "reveal_rule", "worked_reasoning": "suggestion_rule"}[name]
    filled = Template(text).safe_substitute(_rules(reveal))
    return filled if f"${rule}" in text or f"${{{rule}}}" in text else f"{filled.strip()}\n{_rules(reveal)[rule]}"
