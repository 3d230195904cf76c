"""What goes into a sandbox and what comes out."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field
from typing import Literal

from gradatim.tools.sandbox.traced import ValueRecord
from gradatim.tools.sandbox.values import Value

StepKind = Literal["exec", "eval", "compare"]


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do once the program is loaded, in its own namespace."""

    kind: StepKind
    source: str
    """Statements, an expression, or an operator."""
    catch: bool = False
    """Whether an exception is this step's result rather than the end of the probe."""
    truth: bool = False
    """Whether to tell also if the value is true."""
    left: int = 0
    """For `compare`: which step's value stands on the left."""
    right: int = 0


@dataclass(frozen=True, slots=True)
class Probe:
    """One run of the program, in a namespace of its own: load it with this input, then do the steps.

    Attributes:
        timeout: Seconds of CPU, and of waiting, that it may take.
    """

    steps: tuple[Step, ...] = ()
    stdin: str = ""
    timeout: float = 1.0

    @classmethod
    def call(cls, expression: str, timeout: float = 1.0) -> Probe:
        """Evaluate one expression."""
        return cls((Step("eval", expression),), timeout=timeout)

    @classmethod
    def program(cls, stdin: str = "", timeout: float = 1.0) -> Probe:
        """Run the program alone, with this standard input."""
        return cls(stdin=stdin, timeout=timeout)


@dataclass(frozen=True, slots=True)
class Job:
    """A program and what is to be tried on it.

    Attributes:
        source: The program.
        probes: Each runs set-up and program afresh; none sees what another left.
        setup: Code that runs before the program, in the same namespace.
        main: Whether the program's `__name__` is `"__main__"`, and `sys.exit` an ordinary end.
        trace: Whether to record which lines are executed (slows the program down about tenfold); `"values"`
            records what they change, too (`ProbeResult.record`; ten times slower again).
        filename: Name of the program in its own tracebacks.
        give_up: After how many probes that had to be stopped (time, memory, output) or crashed the others are not
            run any more; `None` runs them all.
    """

    source: str
    probes: tuple[Probe, ...]
    setup: str = ""
    main: bool = False
    trace: bool | Literal["values"] = False
    filename: str = "submission.py"
    give_up: int | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception that left the program or an expression."""

    type: str
    message: str = ""
    names: frozenset[str] = frozenset()
    """Names of its class and all its bases, plain; and of its class with the module."""
    builtin: frozenset[str] = frozenset()
    """Those of the names that really are Python's own exceptions."""
    line: int | None = None
    """Deepest line of the program in the traceback."""
    lines: tuple[int, ...] = ()
    """Lines of the program in the traceback, outermost first, at most 20 (ten of each end)."""
    function: str | None = None
    defined: tuple[str, ...] = ()
    """After a NameError outside the program: names that the program does define."""

    def is_a(self, name: str) -> bool:
        """Whether `except name` would catch it; a class that only borrows a builtin's name does not count."""
        return name in self.builtin if name in _BUILTIN_EXCEPTIONS else name in self.names


_BUILTIN_EXCEPTIONS = frozenset(
    name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)
)


@dataclass(frozen=True, slots=True)
class StepValue:
    """What a step gave: a value (with its truth where asked for), or the exception that it caught."""

    value: Value = None
    truth: bool | None = None
    raised: Raised | None = None


ProbeStatus = Literal["ok", "raised", "timeout", "memory", "output-limit", "crashed", "not-run"]


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What one probe gave."""

    status: ProbeStatus
    values: tuple[StepValue | None, ...] = ()
    """One for each step that was done; `None` for statements."""
    raised: Raised | None = None
    loaded: bool = True
    """Whether the program itself had run to its end, so that what happened came from the steps."""
    stdout: str = ""
    seconds: float = 0.0
    signal: int | None = None
    """Signal that the process died of, when it crashed."""
    exit_code: int | None = None
    """Status that the process ended itself with, when it crashed."""
    where: tuple[int, ...] = ()
    """After a timeout: lines of the program that were being executed, outermost first."""
    lines: tuple[int, ...] | None = None
    """With `trace`: lines of the program that were executed, ascending."""
    record: ValueRecord | None = None
    """With `trace="values"`: what the lines changed."""

    @property
    def value(self) -> Value:
        """Value of the last step that gave one; `None` when there is none."""
        for step in reversed(self.values):
            if step is not None and step.raised is None:
                return step.value
        return None


@dataclass(frozen=True, slots=True)
class LoadError:
    """The program cannot be compiled."""

    type: str
    """Usually `SyntaxError`; `timeout`, `memory` or `crashed` when the compiler itself gave up."""
    message: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class JobResult:
    """What a job gave: either one result for each probe, or a load error and none."""

    probes: tuple[ProbeResult, ...] = ()
    load_error: LoadError | None = None
    seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Batch:
    """Many candidates for one program, each to be run with the same probes, in as few processes as can be.

    What comes back is a hint, not a verdict: candidates share a process.

    Attributes:
        sources: The candidates.
        probes: What is tried on each; their `timeout` is CPU seconds.
        seconds: Wall-clock time after which no further candidate is begun.
        nodes: Parts that a value may have before only its type is told.
        output_limit: Bytes that a candidate may print with one probe.
    """

    sources: tuple[str, ...]
    probes: tuple[Probe, ...]
    setup: str = ""
    main: bool = False
    filename: str = "submission.py"
    seconds: float = 10.0
    nodes: int = 2_000
    output_limit: int = 20_000


CandidateStatus = Literal["ran", "not-compiled", "stopped", "unfinished"]


@dataclass(frozen=True, slots=True)
class CandidateResult:
    """What one candidate gave.

    Attributes:
        status: `stopped`: it ended its process, or had to be ended; `unfinished`: the batch's time was over.
        answers: One text for each probe that was run, for `answer.candidate_probe`; the same text is the same result.
    """

    status: CandidateStatus
    answers: tuple[str, ...] = ()
