"""The two tutors that are compared: the graph, and the same model with an ordinary prompt and nothing else."""

from __future__ import annotations

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from gradatim.agents.tutoring.planning.policy import TutorPolicy
from gradatim.domain import Task
from gradatim.errors import ModelError
from gradatim.graphs.tutoring import Tutor as GraphTutor
from gradatim.languages import language as spoken_to
from gradatim.testing.learners import Reply, Said
from gradatim.tools.claims.sentences import sentences

MAX_TOKENS = TutorPolicy().model_tokens
"""Tokens that a model may write in one turn: as many as in the graph."""
PROMPT = """\
You are a helpful Socratic programming tutor. You talk with a beginner whose Python program for the task below does not
work yet. Help them to find and understand the mistake themselves: read the program carefully, point to the part that
matters, ask one short question at a time, and become more concrete when they are stuck. Be friendly and correct. Do not
write the solution or corrected code for them. Answer in {language}, in one or two short sentences.

Task:
{statement}"""
"""What the model alone is told; the program and the messages follow."""


class GraphArm:
    """The tutoring graph: only its text reaches the learner.

    Args:
        tutor: An open one.
    """

    def __init__(self, tutor: GraphTutor) -> None:
        self._tutor = tutor
        self._session: str | None = None

    async def begin(self, task: Task, opening: Reply, language: str) -> Said:
        """See `gradatim.testing.learners.Tutor`."""
        turn = await self._tutor.start(task=task, code=opening.code, language=language)
        self._session = turn.session
        return Said(turn.text, turn.ended or turn.held)

    async def answer(self, reply: Reply) -> Said:
        """See `gradatim.testing.learners.Tutor`."""
        if self._session is None:
            raise RuntimeError("a conversation begins with begin()")
        turn = await self._tutor.hear(self._session, reply.message, code=reply.code)
        return Said(turn.text, turn.ended or turn.held)


class PlainArm:
    """The model alone: task, program and messages, with an ordinary prompt.

    Args:
        model: The model.
    """

    def __init__(self, model: BaseChatModel) -> None:
        self._model = model
        self._messages: list[BaseMessage] = []

    async def begin(self, task: Task, opening: Reply, language: str) -> Said:
        """See `gradatim.testing.learners.Tutor`."""
        self._messages = [
            SystemMessage(PROMPT.format(language=spoken_to(language).english, statement=task.statement.strip()))
        ]
        return await self.answer(opening)

    async def answer(self, reply: Reply) -> Said:
        """See `gradatim.testing.learners.Tutor`.

        Raises:
            ModelError: The model cannot be asked.
        """
        self._messages.append(HumanMessage(reply.said))
        answer = await self._model.ainvoke(self._messages, temperature=0.0, max_tokens=MAX_TOKENS)
        text = _whole(str(answer.text).strip())
        if not text:
            raise ModelError("the model gave an empty answer", place="bench tutoring", remedy="see `gradatim doctor`")
        self._messages.append(AIMessage(text))
        return Said(text)


def _whole(text: str) -> str:
    """A text without the sentence that was cut off at its end, if there is another."""
    if text.endswith((".", "!", "?", "。", "！", "？", "`", ")", '"')):
        return text
    parts = sentences(text)
    return " ".join(parts[:-1]) if len(parts) > 1 and "```" not in text else text
