"""The shared nouns: frozen, JSON-plain pydantic models that every room may use.

`model_dump(mode="json")` of any of them is plain JSON, and `model_validate` of that gives an equal object
back. Lines are 1-based lines of the submitted program; probabilities, scores and confidences lie in [0, 1];
times are seconds; instants are ISO 8601 strings in UTC.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

Probability = Annotated[float, Field(ge=0.0, le=1.0)]
Line = Annotated[int, Field(ge=1)]


class Noun(BaseModel):
    """Base of all nouns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def plain(self) -> dict[str, Any]:
        """This object as plain JSON data."""
        return self.model_dump(mode="json")


def stable_id(*parts: str, length: int = 12) -> str:
    """An id that the same parts always give (hexadecimal, from SHA-256)."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:length]


# --------------------------------------------------------------------------------------------- task

TaskKind = Literal["function", "program"]
TestForm = Literal["call", "program", "check", "suite"]


class TestCase(Noun):
    """One test of a task: a call, a run of a whole program, an assertion, or a test of the task's test file.

    Exactly one of `call`, `stdin`/`stdout`, `check` and `suite` gives the form. Expected values are never sent to
    the process in which the student's program runs.
    """

    __test__ = False  # not a pytest class

    id: str = ""
    """`t1`, `t2`, … in the order of the task file."""
    name: str | None = None
    call: str | None = None
    """A Python expression, usually a call of the entry point."""
    expect: str | None = None
    """The value of `call`, as a Python literal."""
    raises: str | None = None
    """Name of the exception that has to be raised."""
    stdin: str | None = None
    stdout: str | None = None
    check: str | None = None
    """An assertion; statements may stand before it."""
    suite: str | None = None
    """A test of the task's test file: `test_name` or `TestClass.test_name`."""
    hidden: bool = False
    """Never shown to a learner, nor to a model whose text a learner reads."""
    weight: Annotated[float, Field(gt=0)] = 1.0
    timeout: Annotated[float, Field(gt=0, le=60)] = 1.0
    """Seconds of CPU and of waiting that this test may take."""

    @property
    def form(self) -> TestForm:
        if self.call is not None:
            return "call"
        if self.suite is not None:
            return "suite"
        return "check" if self.check is not None else "program"

    @property
    def label(self) -> str:
        """What a person sees as this test's name."""
        if self.name:
            return self.name
        if self.call is not None:
            return self.call
        if self.check is not None:
            return self.check.strip().splitlines()[-1]
        if self.suite is not None:
            return self.suite
        return f"input {self.stdin or ''!r}"


class Task(Noun):
    """An exercise: what to do, how it is tested, which concepts it is about."""

    id: str
    title: str
    statement: str
    kind: TaskKind = "function"
    entry_point: str | None = None
    setup: str = ""
    """Code that runs before the student's."""
    concepts: tuple[str, ...] = ()
    reveal_solution: bool = False
    """Whether a learner may be shown a complete correct program."""
    tests: Annotated[tuple[TestCase, ...], Field(min_length=1)]
    reference: str | None = None
    """A correct program; never shown to a model or learner unless `reveal_solution`."""
    test_file: str | None = None
    """Source of a unittest or pytest module that imports the student's program; runs in a process of its own."""
    inputs: tuple[str, ...] = ()
    """Python expressions that each draw one random call or input from `random`, to try programs against `reference`."""

    def test(self, test_id: str) -> TestCase:
        """The test with this id.

        Raises:
            KeyError: There is none.
        """
        for case in self.tests:
            if case.id == test_id:
                return case
        raise KeyError(test_id)


class Submission(Noun):
    """A student's program for a task."""

    id: str
    task_id: str
    code: str
    filename: str = "submission.py"
    learner_id: str | None = None

    @classmethod
    def of(cls, task_id: str, code: str, filename: str = "submission.py", learner_id: str | None = None) -> Submission:
        """A submission whose id follows from task, learner and code."""
        return cls(
            id=stable_id(task_id, learner_id or "", code),
            task_id=task_id,
            code=code,
            filename=filename,
            learner_id=learner_id,
        )


# ---------------------------------------------------------------------------------------- execution

OutcomeStatus = Literal["passed", "failed", "error", "timeout", "memory", "output-limit", "crashed", "not-run"]
"""`failed`: ran, wrong value. `error`: an exception. `crashed`: the process died (signal, os._exit)."""
Verdict = Literal["correct", "incorrect"]
Tier = Literal["bubblewrap", "landlock", "docker", "unsafe"]


class ExceptionFact(Noun):
    """An exception that a run really raised."""

    type: str
    message: str = ""
    line: Line | None = None
    """Deepest line of the student's program in the traceback."""
    function: str | None = None
    trace: tuple[Line, ...] = ()
    """Lines of the student's program in the traceback, outermost first, at most 20."""


class Outcome(Noun):
    """What one test showed."""

    test: str
    status: OutcomeStatus
    detail: str = ""
    """One sentence for a person."""
    expected: str | None = None
    """Literal, output or exception that was needed."""
    actual: str | None = None
    """Value (as a literal), output or exception that came."""
    stdout: str = ""
    """What the program printed, shortened to 2,000 characters."""
    exception: ExceptionFact | None = None
    seconds: float = 0.0


class Execution(Noun):
    """All tests of a task run on one submission."""

    submission: str
    task: str
    outcomes: tuple[Outcome, ...]
    load_error: ExceptionFact | None = None
    """Set when the program cannot even be compiled or loaded."""
    tier: Tier
    """Isolation in which the program ran."""
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether every test passed: the verdict rests on this alone."""
        return bool(self.outcomes) and all(outcome.status == "passed" for outcome in self.outcomes)

    @property
    def verdict(self) -> Verdict:
        return "correct" if self.passed else "incorrect"

    def outcome(self, test_id: str) -> Outcome:
        """The outcome of the test with this id.

        Raises:
            KeyError: That test was not run.
        """
        for outcome in self.outcomes:
            if outcome.test == test_id:
                return outcome
        raise KeyError(test_id)


# ----------------------------------------------------------------------------------------- evidence

EvidenceKind = Literal[
    "test", "exception", "syntax", "line", "static", "misconception", "concept", "path", "passage", "history",
    "mastery", "repair", "trace",
]  # fmt: skip


class Evidence(Noun):
    """Something that was observed or looked up, that a statement can rest on.

    Ids are `kind:key` and the same for the same observation in every run: `test:t3`, `exception:t3`,
    `syntax:1`, `line:4`, `static:unused-variable:4`, `misconception:off-by-one-loop`, `concept:range`,
    `path:range`, `history:1f3a…`, `mastery:range`, `repair:1`, `trace:4`.
    """

    id: str
    kind: EvidenceKind
    summary: str
    """One or two sentences, true on their own, fit for a prompt and for a person."""
    lines: tuple[Line, ...] = ()
    detail: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])
    """Machine-readable content."""
    visible: bool = True
    """False for what a learner may not see (hidden tests, other people's data)."""
    source: str = ""
    """Which part observed it, e.g. `sandbox/bubblewrap`, `kg/python`, `static`."""


class SuspiciousLine(Noun):
    """A line that may hold the fault."""

    line: Line
    score: Probability
    why: str


class MisconceptionMatch(Noun):
    """A misconception of the concept graph that this program shows signs of."""

    id: str
    lines: tuple[Line, ...] = ()
    confidence: Probability
    why: str
    """What in the program or in its runs shows it."""
    evidence: tuple[str, ...] = ()


class Edit(Noun):
    """Lines `line`..`last_line` of a program, replaced; nothing is replaced where `last_line` is `line - 1`."""

    line: Line
    last_line: Annotated[int, Field(ge=0)]
    replacement: str
    """New lines, with their indentation and without a final line break; empty where lines only go away."""
    operator: str
    """Kind of change, e.g. `comparison-operator`, `loop-bound`, `missing-return`, `from-pool`."""


class Repair(Noun):
    """A change that makes every test pass: evidence of where the fault lies, not the only possible correction."""

    code: str
    """The whole changed program, which passes every test."""
    edits: Annotated[tuple[Edit, ...], Field(min_length=1)]
    """From top to bottom."""
    place: str
    """Where and what kind, without the solution: `the comparison in line 4`."""
    change: str
    """The change in full: "in line 4 `<=` instead of `<`"."""
    origin: Literal["search", "pool"]
    weight: Probability
    """How likely it is the change that a person would make: small, natural, of a kind that generalises."""
    generalises: bool | None = None
    """Whether it also agrees with the reference on inputs that are no tests; `None` where this was not tried."""
    inputs_tried: Annotated[int, Field(ge=0)] = 0

    @property
    def lines(self) -> tuple[Line, ...]:
        """Lines of the student's program that it touches; for an insertion, the line it comes before (or the last)."""
        return tuple(
            sorted({line for edit in self.edits for line in range(edit.line, max(edit.line, edit.last_line) + 1)})
        )


class Diagnosis(Noun):
    """What is wrong with a program, as far as it can be shown."""

    submission: str
    verdict: Verdict
    error_category: str | None = None
    """A Python exception's name, `logical`, `timeout`, `no-output`, `wrong-output-format`,
    `wrong-return-type`, …; `None` when correct."""
    suspicious_lines: tuple[SuspiciousLine, ...] = ()
    """Best first."""
    misconceptions: tuple[MisconceptionMatch, ...] = ()
    """Most confident first."""
    repairs: tuple[Repair, ...] = ()
    """Changes that make every test pass, the most natural one first, at most five."""
    evidence: tuple[Evidence, ...] = ()

    @property
    def repair(self) -> Repair | None:
        """The most natural change that makes every test pass, if one was found."""
        return self.repairs[0] if self.repairs else None


# ------------------------------------------------------------------------------------------- claims


class TestOutcomeClaim(Noun):
    """Test `test` ended with `status` (and gave `actual`, a literal or output)."""

    __test__ = False
    kind: Literal["test_outcome"] = "test_outcome"
    test: str
    status: Literal["passed", "failed", "error", "timeout"]
    actual: str | None = None


class CallResultClaim(Noun):
    """Evaluating `call` on the student's program gives `result` (a literal, or the name of an exception)."""

    kind: Literal["call_result"] = "call_result"
    call: str
    result: str


class ExpectedResultClaim(Noun):
    """The task needs `call` to give `result` (a literal, or the name of an exception)."""

    kind: Literal["expected_result"] = "expected_result"
    call: str
    result: str


class TestCountClaim(Noun):
    """`count` of `total` tests ended with `status` (`total` omitted: of all tests)."""

    __test__ = False
    kind: Literal["test_count"] = "test_count"
    status: Literal["passed", "failed"]
    count: Annotated[int, Field(ge=0)]
    total: Annotated[int, Field(ge=0)] | None = None


class LineQuoteClaim(Noun):
    """Line `line` of the student's program (any line where it is omitted) contains `text`.

    An empty `text` claims only that there is such a line and that it holds code.
    """

    kind: Literal["line_quote"] = "line_quote"
    line: Line | None = None
    text: str = ""


class ExceptionClaim(Noun):
    """Running the program raises `exception` (at `line`)."""

    kind: Literal["exception"] = "exception"
    exception: str
    line: Line | None = None


class ChangeFixesClaim(Noun):
    """Putting `replacement` in place of lines `line`..`last_line` makes every test pass."""

    kind: Literal["change_fixes"] = "change_fixes"
    line: Line
    last_line: Line | None = None
    replacement: str


class ExampleOutputClaim(Noun):
    """The example program `code` prints `output`."""

    kind: Literal["example_output"] = "example_output"
    code: str
    output: str


class ConceptRelationClaim(Noun):
    """In the concept graph `source` stands in `relation` to `target` (`source` is a prerequisite of `target`,
    similar to it, or a kind or part of it)."""

    kind: Literal["concept_relation"] = "concept_relation"
    source: str
    relation: Literal["prerequisite", "similarity", "hierarchical"]
    target: str


class MisconceptionClaim(Noun):
    """The program shows signs of this misconception."""

    kind: Literal["misconception"] = "misconception"
    misconception: str


class FaultLineClaim(Noun):
    """The fault lies in lines `line`..`last_line`."""

    kind: Literal["fault_line"] = "fault_line"
    line: Line
    last_line: Line | None = None


class FaultKindClaim(Noun):
    """What is wrong belongs to this kind, whose names are those of the edit operators (`loop-bound`, …)."""

    kind: Literal["fault_kind"] = "fault_kind"
    operator: str
    line: Line | None = None


class VariableValueClaim(Noun):
    """While `call` runs, `variable` has `value` right after line `line` ran (for the `occurrence`-th time; any time
    where it is omitted). `call` omitted: in some visible test."""

    kind: Literal["variable_value"] = "variable_value"
    variable: str
    value: str
    line: Line | None = None
    occurrence: Annotated[int, Field(ge=1)] | None = None
    call: str | None = None


Construct = Literal[
    "for-loop", "while-loop", "loop", "nested-loop", "recursion", "return", "print", "input", "if", "else",
    "elif", "function", "class", "import", "try", "break", "continue", "list-comprehension", "initial-value",
    "base-case", "parameter", "call", "name", "docstring", "comment", "global", "lambda", "raise", "slice",
    "f-string",
]  # fmt: skip


class ConstructClaim(Noun):
    """The program has (or, where `present` is false, lacks) a construct; `name` narrows it to one name."""

    kind: Literal["construct"] = "construct"
    what: Construct
    present: bool
    name: str | None = None
    line: Line | None = None


class TerminationClaim(Noun):
    """Every visible test ends (`ends`), or some run never does."""

    kind: Literal["termination"] = "termination"
    ends: bool


ComplexityOrder = Literal["constant", "logarithmic", "linear", "linearithmic", "quadratic", "cubic", "exponential"]


class ComplexityClaim(Noun):
    """The program's steps grow like this with the size of its input."""

    kind: Literal["complexity"] = "complexity"
    order: ComplexityOrder


class ConceptDefinitionClaim(Noun):
    """This is what the concept means."""

    kind: Literal["concept_definition"] = "concept_definition"
    concept: str
    text: str


InputClass = Literal[
    "empty", "zero", "one", "negative", "positive", "single", "several", "uppercase", "lowercase", "repeated", "odd",
    "even", "prime", "fraction", "omitted", "large", "space", "none",
]  # fmt: skip


class InputClassClaim(Noun):
    """The program does with inputs of this kind what the task needs (`handled`), or fails with some of them.

    `cause`: this is moreover said to be why its tests fail.
    """

    kind: Literal["input_class"] = "input_class"
    what: InputClass
    handled: bool
    cause: bool = False


class HistoryClaim(Noun):
    """The learner has (`seen`) or has not shown this misconception, or worked on this task or concept, before."""

    kind: Literal["history"] = "history"
    subject: Literal["misconception", "concept", "task", "error"]
    id: str | None = None
    seen: bool = True


class ProseClaim(Noun):
    """A sentence that says something about the program which no checker can decide."""

    kind: Literal["prose"] = "prose"
    text: str


Claim = Annotated[
    TestOutcomeClaim
    | CallResultClaim
    | ExpectedResultClaim
    | TestCountClaim
    | LineQuoteClaim
    | ExceptionClaim
    | ChangeFixesClaim
    | ExampleOutputClaim
    | ConceptRelationClaim
    | MisconceptionClaim
    | FaultLineClaim
    | FaultKindClaim
    | VariableValueClaim
    | ConstructClaim
    | TerminationClaim
    | ComplexityClaim
    | ConceptDefinitionClaim
    | HistoryClaim
    | InputClassClaim
    | ProseClaim,
    Field(discriminator="kind"),
]

CheckVerdict = Literal["supported", "refuted", "unchecked"]


class Check(Noun):
    """What became of a claim when it was executed or looked up."""

    claim: Claim
    verdict: CheckVerdict
    method: Literal["execution", "evidence", "graph", "source", "consistency", "history", "none"]
    detail: str
    """What was found; for a refuted claim, the truth."""


# ----------------------------------------------------------------------------------------- feedback

FeedbackPart = Literal["error_identification", "explanation", "corrective_suggestion", "encouragement"]
FEEDBACK_PARTS: tuple[FeedbackPart, ...] = (
    "error_identification",
    "explanation",
    "corrective_suggestion",
    "encouragement",
)


class Statement(Noun):
    """One thing said to a learner, with what it rests on."""

    text: str
    evidence: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    checks: tuple[Check, ...] = ()
    author: str | None = None
    """`person:NAME` where a reviewer wrote or changed this sentence, `realiser` where evidence supplied it; the
    feedback's author otherwise."""

    @property
    def refuted(self) -> bool:
        return any(check.verdict == "refuted" for check in self.checks)

    @property
    def by_person(self) -> bool:
        """Whether a reviewer wrote it, who answers for it."""
        return self.author is not None and self.author.startswith("person:")

    @property
    def supplied(self) -> bool:
        """Whether evidence says it among the sentences of somebody else, who did not."""
        return self.author == "realiser"

    @property
    def unchecked(self) -> tuple[Check, ...]:
        """Checks that could not be decided: shown as opinion, never as fact."""
        return tuple(check for check in self.checks if check.verdict == "unchecked")


class Feedback(Noun):
    """The four parts (SPEC §4)."""

    error_identification: tuple[Statement, ...]
    explanation: tuple[Statement, ...]
    corrective_suggestion: tuple[Statement, ...]
    encouragement: tuple[Statement, ...]
    author: str
    """`model:NAME`, `realiser`, or `person:NAME`."""
    completed: tuple[FeedbackPart, ...] = ()
    """Parts that evidence speaks for, because nothing of what the author wrote there could be borne out."""
    withheld: tuple[Statement, ...] = ()
    """Sentences of the author that nothing bears out: kept for reviewers, never shown to a learner."""
    reused: bool = False
    """Whether its substance was settled before, for the same diagnosis of another submission."""

    def parts(self) -> tuple[tuple[FeedbackPart, tuple[Statement, ...]], ...]:
        """The parts in reading order."""
        return tuple((part, getattr(self, part)) for part in FEEDBACK_PARTS)

    def statements(self) -> tuple[Statement, ...]:
        return tuple(statement for _, statements in self.parts() for statement in statements)

    @property
    def refuted(self) -> bool:
        return any(statement.refuted for statement in self.statements())


Route = Literal["deliver", "revise", "review"]
CauseKind = Literal[
    "safety", "refuted", "no-evidence", "checks-disagree", "hidden-only", "degraded", "low-confidence", "first-use",
    "always", "audit",
]  # fmt: skip


class Cause(Noun):
    """One rule of the routing policy that sends a feedback to a person."""

    kind: CauseKind
    priority: Annotated[int, Field(ge=0, le=100)]
    """100: to be seen first."""
    detail: str
    """Why, in one sentence; never quotes what a student wrote."""


class Flag(Noun):
    """A statement that a check finds doubtful."""

    statement: Annotated[int, Field(ge=0)]
    """Its place in `Feedback.statements()`, from 0."""
    reason: str


class CheckReport(Noun):
    """What one way of detecting unsupported statements found in a feedback."""

    name: str
    score: Probability | None = None
    """Share of what it could look at that it found in order; `None` where there was nothing for it to look at."""
    flags: tuple[Flag, ...] = ()


class Confidence(Noun):
    """How far the feedback may be trusted, from what, and where that sends it."""

    value: Probability
    components: dict[str, float | None]
    """Named parts in [0, 1]; `None` where a part was not measured (its weight is shared by the others)."""
    calibrated: bool = False
    """Whether `value` is the probability that every statement is right, fitted to known cases."""
    route: Route
    reasons: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    """Rules that ask for a person, most urgent first; empty unless the route is `review`."""
    detections: tuple[CheckReport, ...] = ()
    """What the graph, the execution of claims and self-consistency say, each on its own."""
    features: dict[str, float | None] = Field(default_factory=dict[str, float | None])
    """What a calibration is fitted on, in [0, 1]; `None` where it was not measured."""


class Degradation(Noun):
    """A part that could not do its work, and what stood in for it."""

    node: str
    reason: str
    fallback: str


# ----------------------------------------------------------------------------------------- measures


class Measure(Noun):
    """One dimension of the rubric or one indicator: a value with what it rests on, or openly none."""

    name: str
    weight: Annotated[float, Field(gt=0, le=1)]
    """What it counts in the composite while everything is measured."""
    value: Probability | None = None
    """`None`: not measured."""
    why: str
    """What was observed; for what is not measured, what was missing."""
    evidence: tuple[str, ...] = ()
    """Ids of evidence or events."""


class Composite(Noun):
    """Weighted mean of measures; the weight of what was not measured is shared by the others, and says so."""

    value: Probability | None = None
    """`None` when nothing was measured."""
    measures: tuple[Measure, ...]
    shares: dict[str, float] = Field(default_factory=dict[str, float])
    """Weight that each measured part really had; they add up to 1."""
    measured: Probability = 0.0
    """Share of the whole weight that was measured."""

    @classmethod
    def of(cls, measures: tuple[Measure, ...]) -> Composite:
        """The composite of some measures."""
        total = sum(item.weight for item in measures)
        known = [(item, item.value) for item in measures if item.value is not None]
        weight = sum(item.weight for item, _ in known)
        if not known:
            return cls(measures=measures)
        return cls(
            value=min(1.0, sum(item.weight * value for item, value in known) / weight),
            measures=measures,
            shares={item.name: item.weight / weight for item, _ in known},
            measured=min(1.0, weight / total),
        )


# ------------------------------------------------------------------------------------------ learner

EventKind = Literal[
    "submission", "assessment", "review", "self_assessment", "correction", "interaction", "survey", "consent"
]


class Observation(Noun):
    """One sign of whether a learner masters a concept."""

    concept: str
    correct: bool


class LearnerEvent(Noun):
    """Something that happened; appended once by id, never changed."""

    id: str
    learner_id: str
    kind: EventKind
    at: str
    task_id: str | None = None
    observations: tuple[Observation, ...] = ()
    source: str | None = None
    """The system that told of it, whose clock `at` was read from; `None` for gradatim itself."""
    payload: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])


class Mastery(Noun):
    """Belief that a learner masters a concept (Bayesian knowledge tracing)."""

    concept: str
    probability: Probability
    observations: int
    updated_at: str | None = None


class Feature(Noun):
    """One attribute of the learner profile with what is known of it."""

    name: str
    dimension: str
    value: float | None = None
    """`None` where nothing was observed."""
    error: Annotated[float, Field(ge=0)] | None = None
    """Standard error, in the unit of the value; `None` where it is not known."""
    observations: Annotated[int, Field(ge=0)] = 0
    """How many observations carry the value."""
    why: str = ""
    """The formula, or what would have to be observed."""


class LearnerState(Noun):
    """What the memory knows about a learner now."""

    learner_id: str
    events: int = 0
    mastery: tuple[Mastery, ...] = ()
    """Least mastered first."""
    breadth: Probability | None = None
    """Share of observed concepts with mastery > 0.7; `None` before the first observation."""
    depth: Probability | None = None
    """Mean mastery of the observed concepts."""
    profile: dict[str, float | None] = Field(default_factory=dict[str, float | None])
    """Named profile attributes; `None` where nothing was observed."""
    features: tuple[Feature, ...] = ()
    """The same attributes with error, observations and formula; empty where the storage does not give them."""

    def of(self, concept: str) -> Mastery | None:
        """The belief about one concept, if there is any."""
        return next((item for item in self.mastery if item.concept == concept), None)


class MasteryChange(Noun):
    """What one assessment changed in the belief about a concept."""

    concept: str
    before: Probability
    after: Probability


class Recollection(Noun):
    """An earlier error or feedback of this learner that resembles the present one."""

    id: str
    learner_id: str
    kind: Literal["error", "feedback"]
    text: str
    task_id: str | None = None
    concepts: tuple[str, ...] = ()
    misconceptions: tuple[str, ...] = ()
    at: str
    similarity: Annotated[float, Field(ge=-1, le=1)] | None = None
    """Cosine similarity to the query; `None` when not recalled by one."""


# --------------------------------------------------------------------------------------- assessment


class Usage(Noun):
    """What questions to a language model took."""

    input_tokens: Annotated[int, Field(ge=0)] = 0
    """Tokens of the prompts, each request's once however many samples it gave."""
    output_tokens: Annotated[int, Field(ge=0)] = 0
    """Tokens of all samples."""
    cached_tokens: Annotated[int, Field(ge=0)] = 0
    """Part of the input that was not read anew."""
    requests: Annotated[int, Field(ge=0)] = 0
    samples: Annotated[int, Field(ge=0)] = 0
    """Answers that the requests gave."""
    seconds: Annotated[float, Field(ge=0)] = 0.0
    """Time from question to answer, added up."""

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            requests=self.requests + other.requests,
            samples=self.samples + other.samples,
            seconds=self.seconds + other.seconds,
        )


class Assessment(Noun):
    """The whole of one assessment, with everything it rests on."""

    id: str
    """Also the thread id of the run."""
    task: Task
    submission: Submission
    execution: Execution
    diagnosis: Diagnosis
    feedback: Feedback
    confidence: Confidence
    delivered: bool
    """Whether the learner may read the feedback."""
    waiting: bool = False
    """Whether a person still has to decide."""
    revisions: int = 0
    reviewed_by: str | None = None
    degradations: tuple[Degradation, ...] = ()
    changes: tuple[MasteryChange, ...] = ()
    rubric: Composite | None = None
    """The five dimensions of the rubric; `None` where they were not asked for."""
    model: str = "none"
    prompts: dict[str, str] = Field(default_factory=dict[str, str])
    """Prompt name → version."""
    seconds: dict[str, float] = Field(default_factory=dict[str, float])
    """Node → seconds of work."""
    usage: dict[str, Usage] = Field(default_factory=dict[str, Usage])
    """Node → what its questions to the model took."""


# ------------------------------------------------------------------------------------------- review

DecisionKind = Literal["approve", "edit", "reject", "respond"]


class ReviewRequest(Noun):
    """A question to a person: may this feedback reach the learner?"""

    id: str
    """Also the thread id of the run that waits."""
    created_at: str
    task_id: str
    submission_id: str
    learner_id: str | None = None
    reasons: tuple[str, ...]
    priority: Annotated[int, Field(ge=0, le=100)] = 50
    """100: to be seen first."""
    causes: tuple[Cause, ...] = ()
    """Rules that ask for a person, most urgent first."""
    feedback: Feedback
    confidence: Confidence
    allowed: tuple[DecisionKind, ...] = ("approve", "edit", "reject", "respond")
    status: Literal["open", "decided"] = "open"


class ReviewDecision(Noun):
    """A person's answer to a review request."""

    request_id: str
    kind: DecisionKind
    reviewer: str
    decided_at: str
    feedback: Feedback | None = None
    """The edited feedback, for `edit`."""
    message: str | None = None
    """For `reject` the reason, for `respond` the text that goes to the learner instead."""
