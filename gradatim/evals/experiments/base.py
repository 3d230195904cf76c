"""The base model alone: task and program in, an ordinary prompt, and whatever text comes out.

What anybody would build in an afternoon: the thing that everything else is measured against. The text is cut into
sentences and sorted into the four parts by its words, so that the same scorers can read it; nothing is checked.
"""

from __future__ import annotations

import re
from time import perf_counter
from typing import Any, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from gradatim.agents.untrusted import statement_view
from gradatim.domain import FEEDBACK_PARTS, Feedback, FeedbackPart, Statement, Submission, Task, Usage, Verdict
from gradatim.errors import ModelError
from gradatim.evals.hallucination.delivery import part_of
from gradatim.serving.realiser import GroundedRealiser
from gradatim.serving.structured import model_name
from gradatim.tools.claims import claims_of, sentences

MAX_TOKENS = 300
PROMPT = """\
You are a tutor of beginners in Python. Read the task and the student's program. Begin with one line that says CORRECT
if the program does what the task asks for, else INCORRECT. Then write feedback for the student in three to six short
plain sentences, without code blocks: say what is wrong and in which line, why it leads to the wrong result, and how to
change it; end with an encouraging sentence."""
_SAID = re.compile(r"^\W*(in)?correct\b\W*", re.IGNORECASE)
_PRAISE = re.compile(
    r"\b(?:keep (?:it )?up|keep (?:going|practi[cs]ing|trying)|well done|good (?:job|work|start|effort)|great|nice"
    r"|you(?:'re| are) (?:close|almost|on the right)|don't (?:give up|worry)|proud)\b",
    re.IGNORECASE,
)


async def ask_base(model: BaseChatModel, task: Task, submission: Submission) -> tuple[Feedback, dict[str, Any]]:
    """What the model alone says about a program.

    Returns:
        Its text as feedback without checks, and the other outputs: `verdict` as it claims it (absent where it claims
        none), `usage`, `seconds`, `text` as it was written.

    Raises:
        ModelError: There is no model, or it does not answer.
    """
    if isinstance(model, GroundedRealiser):
        raise ModelError(
            "the base model alone needs a model", place="model none", remedy="name a model, or leave the variant out"
        )
    numbered = "\n".join(f"{number:3} {line}" for number, line in enumerate(submission.code.splitlines(), 1))
    material = f"Task:\n{statement_view(task.statement).strip()}\n\nProgram:\n{numbered}"
    began = perf_counter()
    answer = await model.ainvoke([SystemMessage(PROMPT), HumanMessage(material)], max_tokens=MAX_TOKENS)
    seconds = perf_counter() - began
    text = str(answer.text).strip()
    verdict, rest = split_verdict(text)
    outputs: dict[str, Any] = {
        "text": text,
        "seconds": {"generate": seconds},
        "usage": {"generate": _usage(answer, seconds).plain()},
    }
    if verdict is not None:
        outputs["verdict"] = verdict
    return feedback_of(rest, f"model:{model_name(model)}", submission.code), outputs


def split_verdict(text: str) -> tuple[Verdict | None, str]:
    """The verdict that a text begins with, and the rest of it."""
    found = _SAID.match(text)
    if found is None:
        return None, text
    return ("incorrect" if found[1] else "correct"), text[found.end() :].strip()


def feedback_of(text: str, author: str, program: str) -> Feedback:
    """A free text as the four parts; a last sentence that was cut off is left out."""
    said = [sentence for sentence in sentences(text) if sentence.strip()]
    if len(said) > 1 and not said[-1].rstrip("\"'`)”’").endswith((".", "!", "?", "。", "！", "？")):
        said.pop()
    parts: dict[FeedbackPart, list[Statement]] = {part: [] for part in FEEDBACK_PARTS}
    for sentence in said:
        part: FeedbackPart = "encouragement" if _PRAISE.search(sentence) else part_of(sentence)
        parts[part].append(Statement(text=sentence, claims=claims_of(sentence, part, program)))
    return Feedback.model_validate({**parts, "author": author})


def _usage(answer: Any, seconds: float) -> Usage:
    spent = cast("AIMessage", answer).usage_metadata
    if not spent:
        return Usage(requests=1, samples=1, seconds=seconds)
    return Usage(
        input_tokens=spent["input_tokens"],
        output_tokens=spent["output_tokens"],
        cached_tokens=spent.get("input_token_details", {}).get("cache_read", 0),
        requests=1,
        samples=1,
        seconds=seconds,
    )
