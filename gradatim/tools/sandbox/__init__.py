"""Running programs that nobody has to trust.

A few long-lived servers, each behind bubblewrap, Landlock and a system-call filter, fork a fresh process for every
program. Inputs go in, exactly typed values come out; expected values never go in.
"""

from gradatim.tools.sandbox.job import (
    Batch,
    CandidateResult,
    Job,
    JobResult,
    LoadError,
    Probe,
    ProbeResult,
    Raised,
    Step,
    StepValue,
)
from gradatim.tools.sandbox.pool import ForkServerSandbox, open_sandbox, start_sandbox
from gradatim.tools.sandbox.protocol import Sandbox
from gradatim.tools.sandbox.values import Opaque, literal

__all__ = [
    "Batch",
    "CandidateResult",
    "ForkServerSandbox",
    "Job",
    "JobResult",
    "LoadError",
    "Opaque",
    "Probe",
    "ProbeResult",
    "Raised",
    "Sandbox",
    "Step",
    "StepValue",
    "literal",
    "open_sandbox",
    "start_sandbox",
]
