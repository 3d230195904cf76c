"""What a report says, before it is laid out: plain values that its reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gradatim.app.report.listing import Token
from gradatim.app.report.wording import counted, words
from gradatim.domain import (
    Composite,
    Confidence,
    Degradation,
    Evidence,
    ExceptionFact,
    LearnerEvent,
    MasteryChange,
    MisconceptionMatch,
    OutcomeStatus,
    Tier,
    Usage,
    Verdict,
)
from gradatim.memory.tracing import ParameterSource

Mark = Literal["supported", "refuted", "unchecked", "none"]
"""`none`: the sentence claims nothing that could be checked."""
DeliveryState = Literal["delivered", "held", "rejected"]
STRONG = 0.5
"""Suspicion from which a line is marked strongly."""


@dataclass(frozen=True, slots=True)
class TestRow:
    """One test and what came of it."""

    __test__ = False

    id: str
    name: str | None
    label: str | None
    """What is run, in short; `None` where the reader may not know."""
    status: OutcomeStatus
    expected: str | None
    actual: str | None
    detail: str
    printed: str
    seconds: float
    hidden: bool


@dataclass(frozen=True, slots=True)
class ProgramLine:
    """One line of the program."""

    number: int
    tokens: tuple[Token, ...]
    suspicion: float | None = None
    """Suspicion that the fault is here, in [0, 1]; `None` when nothing points here."""
    notes: tuple[str, ...] = ()

    @property
    def marked(self) -> bool:
        return self.suspicion is not None or bool(self.notes)


@dataclass(frozen=True, slots=True)
class Finding:
    """One check of a sentence."""

    mark: Mark
    method: str
    text: str

    @property
    def empty(self) -> bool:
        """Whether it says no more than that no checker decides the sentence."""
        return self.mark == "unchecked" and self.method == "none"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the feedback."""

    text: str
    mark: Mark
    cites: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One of the four parts of a feedback, or what was withheld from it."""

    key: str
    title: str
    sentences: tuple[Sentence, ...]
    remark: str = ""
    """What has to be known about where the part comes from."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Whether the learner may read the feedback, and why."""

    state: DeliveryState
    headline: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RepairView:
    """A change that makes every test pass, for those who may see it."""

    description: str
    diff: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NodeTime:
    """One node of the graph on the path that was taken."""

    name: str
    seconds: float
    degraded: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Everything in a report."""

    id: str
    title: str
    statement: str
    filename: str
    learner: str | None
    verdict: Verdict
    passed: int
    total: int
    hidden: int
    error_category: str | None
    load_error: ExceptionFact | None
    tier: Tier
    seconds: float
    tests: tuple[TestRow, ...]
    program: tuple[ProgramLine, ...]
    parts: tuple[Part, ...]
    """Empty while the reader may not see the feedback."""
    author: str
    evidence: tuple[Evidence, ...]
    """What is cited stands first."""
    cited: frozenset[str]
    """Ids that a sentence or a misconception rests on."""
    withheld_evidence: int
    misconceptions: tuple[MisconceptionMatch, ...]
    repair: RepairView | None
    confidence: Confidence
    delivery: Delivery
    revisions: int
    degradations: tuple[Degradation, ...]
    changes: tuple[MasteryChange, ...]
    rubric: Composite | None
    stages: tuple[tuple[NodeTime, ...], ...]
    """Nodes in the order of the graph; those of one stage ran side by side."""
    model: str
    usage: Usage
    """What all questions to the model took."""
    prompts: tuple[tuple[str, str], ...]
    full: bool
    history: tuple[LearnerEvent, ...] = ()
    """The learner's events up to and with this assessment, as far as they were given; they make a picture."""
    parameters: ParameterSource | None = None
    """Of knowledge tracing, for that picture; one set for all concepts when not given."""

    @property
    def node_seconds(self) -> float:
        """Seconds of work of all nodes together."""
        return sum(node.seconds for stage in self.stages for node in stage)

    @property
    def tokens(self) -> str | None:
        """What the model read and wrote, in words; `None` where it was not asked."""
        spent = self.usage
        if not spent.requests:
            return None
        read = words("tokens.read", n=f"{spent.input_tokens:,}")
        if spent.cached_tokens:
            read = words("tokens.cached", n=f"{spent.input_tokens:,}", cached=f"{spent.cached_tokens:,}")
        requests = counted("request", spent.requests)
        return words("tokens.all", requests=requests, read=read, written=f"{spent.output_tokens:,}")
