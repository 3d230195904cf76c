"""A scorer for harnesses that hand in something else than gradatim's inputs and outputs.

LangSmith, and whatever calls `(inputs, outputs, reference_outputs)`, takes the scorers as they are. The simulator of
openevals hands in messages alone, and agentevals' extractors a trajectory of nodes: `evaluator` makes of those what a
scorer reads.

```python
result = run_multiturn_simulation(
    app=app, user=[…], max_turns=4, trajectory_evaluators=[evaluator("talk_ratio"), evaluator("tutor_tone")]
)
```
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from langchain_core.messages import BaseMessage, convert_to_openai_messages

from gradatim.evals.harness.paths import path_spans
from gradatim.evals.scorers.registry import scorers_of
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.traces.formats.conversation import parted
from gradatim.evals.traces.formats.messages import Message, message_of

Plain = Mapping[str, Any]
_NO_NODES = frozenset(("__start__", "__interrupt__", "__end__"))


def evaluator(which: str | ScorerInfo, *, known: Plain | None = None) -> Callable[..., Score]:
    """A scorer that is called with `outputs`, and `inputs` and `reference_outputs` where the harness has them.

    `outputs` may be what the scorer itself takes, a list of messages (plain or LangChain's), or a `GraphTrajectory` of
    agentevals; `reference_outputs` what the scorer takes, or a `GraphTrajectory`.

    Args:
        which: Key of the scorer, or a scorer of one's own.
        known: What holds for all calls of `inputs`, e.g. `{"task": task.plain()}`; what a call hands in goes before it.

    Raises:
        InputError: There is no such scorer.
    """
    info = which if isinstance(which, ScorerInfo) else scorers_of([which])[0]
    base = dict(known or {})

    def judge(*, outputs: Any, inputs: Any = None, reference_outputs: Any = None, **_: Any) -> Score:
        given, came = _read(outputs)
        asked = _messages(inputs)
        own = {"messages": asked} if asked else _mapping(inputs)
        return info.scorer(
            inputs={**given, **base, **own}, outputs=came, reference_outputs=_reference(reference_outputs)
        )

    judge.__name__ = judge.__qualname__ = info.key
    judge.__doc__ = info.summary
    return judge


def _read(outputs: Any) -> tuple[Plain, Plain]:
    """Inputs, as far as the outputs tell of them, and outputs."""
    messages = _messages(outputs)
    if messages:
        return parted(messages)
    plain = _mapping(outputs)
    nodes = _nodes(plain)
    if nodes is None:
        return {}, plain
    return {}, {**plain, "spans": path_spans("trajectory", "trajectory", nodes)}


def _reference(given: Any) -> Plain:
    plain = _mapping(given)
    nodes = _nodes(plain)
    return plain if nodes is None else {**plain, "path": nodes}


def _nodes(plain: Plain) -> list[str] | None:
    """The nodes of a `GraphTrajectory`, without those that are none; `None` for anything else."""
    steps: Any = plain.get("steps")
    if not isinstance(steps, list) or "spans" in plain:
        return None
    turns = [cast("Sequence[Any]", turn) for turn in cast("list[Any]", steps) if isinstance(turn, list | tuple)]
    return [str(node).rpartition(":")[2] for turn in turns for node in turn if node not in _NO_NODES]


def _messages(value: Any) -> list[Message]:
    """A value as messages; none where it is no list of them."""
    if not isinstance(value, list | tuple):
        return []
    items = cast("Sequence[Any]", value)
    plain = [convert_to_openai_messages(item) if isinstance(item, BaseMessage) else item for item in items]
    return [message for item in plain if (message := message_of(item)) is not None]


def _mapping(value: Any) -> Plain:
    return cast("Plain", value) if isinstance(value, Mapping) else {}
