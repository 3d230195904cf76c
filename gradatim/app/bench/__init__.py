"""Benchmarks: how fast, how right and how safe gradatim is on this machine.

A benchmark is a function from a `BenchRequest` to flat figures. It measures both sides of a comparison in the
same run, and it never fails because a figure is bad.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from gradatim.errors import InputError

if TYPE_CHECKING:
    from gradatim.settings import Settings

Figures = Mapping[str, str | int | float | bool | None]
"""Flat: name with unit (`run_ms`, `programs_per_second`) → figure; `None` for what could not be measured."""


@dataclass(frozen=True, slots=True)
class BenchRequest:
    """What a benchmark is asked to do."""

    settings: Settings
    data: Path | None
    """Folder of outside data, for the benchmarks that use some."""
    say: Callable[[str], None]
    """Tells a person how far the work has come."""
    sample: int | None = None
    """Items of each kind to measure on, drawn at random with a fixed seed; all of them when not given."""

    def data_folder(self, holding: str) -> Path:
        """The folder of outside data.

        Args:
            holding: What has to lie in it, for the error.

        Raises:
            InputError: No folder was given, or there is none.
        """
        if self.data is None:
            raise InputError(f"this benchmark needs {holding}", place="--data", remedy="give their folder")
        if not self.data.is_dir():
            raise InputError("there is no such folder", place=str(self.data), remedy=f"name a folder of {holding}")
        return self.data


Benchmark = Callable[[BenchRequest], Figures]


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a benchmark is and what it measures."""

    target: str
    """`module:function`."""
    measures: str
    """One line."""

    def load(self) -> Benchmark:
        """Import the benchmark."""
        module, _, function = self.target.partition(":")
        return cast(Benchmark, getattr(importlib.import_module(module), function))


_MEASURES = {
    "cat": "Simulated adaptive tests beside catsim: examinees a second, error of ability (--sample: examinees).",
    "compose": "A composed graph against the same graph written by hand: what composing costs.",
    "construction": "Concepts and relations read out of course documents, against gold standards (--data).",
    "conversion": "Memory and time of converting a checkpoint of ChatGLM3-6B's shape (--sample: layers).",
    "forget": "Forgetting learners among 10,000: seconds, and what is left, also after kill -9 (--sample: learners).",
    "hallucination": "False statements: how many are detected, and how many would be delivered (--data).",
    "ingest": "Events a second from files into the learner memory, and the memory it takes (--sample: rows).",
    "injection": "Texts in submissions that try to steer the agents: how many change anything.",
    "irt": "Items recovered from simulated responses beside girth and mirt: errors and seconds (--sample: sets).",
    "items": "Generated items: executed checks, difficulty against simulated learners (--sample: items).",
    "load": "Many assessments at once on a simulated server: how busy it is kept, added latency, errors, losses.",
    "localise": "How often the faulty line comes first: formulas, without repairs, and the full method.",
    "online": "One answer taken in: knowledge tracing, ability and propagation over the graph, in memory and stored.",
    "overhead": "Cost of one assessment without the language model.",
    "path": "Simulated learners taught by look-ahead, against greedy, random and fixed orders of concepts.",
    "plan": "Instructions turned into workflow files: how many are checked and hold every asked-for step.",
    "prefix": "Prompt tokens read and time taken, against the straightforward order of prompts and requests.",
    "recall": "Finding what resembles among 10,000 learners, and forgetting one: in a folder, on a Chroma server.",
    "repair": "Wrong programs repaired, alone and with pools of correct ones, and how many repairs are right (--data).",
    "retrieval": "Asking the concept graph: in this process, over Bolt, 10,000 at once, with the server killed.",
    "sandbox": "Programs a second and agreement with labels, against a python -I process each (--data).",
    "storage": "The learner memory in SQLite and PostgreSQL: events a second, opening, writers (--sample: events).",
    "steering": "What controlled decoding adds to a decoding step, against the sampler's softmax.",
    "tutoring": "Simulated learners tutored to a passing program, against the same model alone (--sample: dialogues).",
    "traces": "What recording runs costs, and how many recorded runs are scored a second (--sample: traces).",
    "tracing": "Knowledge tracing on held-out learners, both columns; pyBKT beside it (--data, --sample: skills).",
}
BENCHMARKS: Mapping[str, Entry] = {
    name: Entry(f"gradatim.app.bench.{name}:{name}", measures) for name, measures in _MEASURES.items()
}
"""All benchmarks by name: the module and the function in it are called the same."""
