"""A model that errs at a known rate, an agent that it speaks for, and three ways to sabotage that agent.

The model words its feedback from the evidence that it is given, and puts in false sentences by chance: another line is
blamed, or a call is said to give what it does not give. The chance hangs on the seed alone, so that two agents with the
same seed hear the same, and two with different seeds are an A/A comparison.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from random import Random
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore

from gradatim.agents.decider import Decider
from gradatim.agents.diagnostician import Diagnostician
from gradatim.agents.executor import Executor
from gradatim.agents.policy import policy_of
from gradatim.agents.state import Plain, State, submission_of
from gradatim.agents.verifier import Verifier
from gradatim.domain import Confidence, Diagnosis, Feedback, Statement, Submission, Task
from gradatim.evals.datasets import Example
from gradatim.evals.experiments.audit import Auditor, counts
from gradatim.evals.experiments.names import Naming
from gradatim.evals.experiments.sharing import Workbench
from gradatim.evals.traces import Trace
from gradatim.evals.traces.of import trace_of_assessment
from gradatim.graphs.assessment import build_assessment_graph
from gradatim.graphs.assessor import Assessor
from gradatim.graphs.services import Services
from gradatim.serving.realiser import Grounding, realise
from gradatim.serving.scripted import ScriptedChat, ScriptedRequest, ScriptedTransport
from gradatim.serving.transport import Chunk, Completion, Payload
from gradatim.testing import offline_services
from gradatim.testing.model import schema_of
from gradatim.tools.claims import ClaimChecker
from gradatim.tools.claims.case import Case

Agent = Any
_CALL = re.compile(r"`([a-z_]+\([^`]*\))`")


class NoisyTransport:
    """Words feedback from evidence, with errors of a known rate.

    Args:
        errors: Probability that a part gets a false sentence, and that an opinion blames another line.
        seed: Of the errors.
    """

    endpoint = "noisy"

    def __init__(self, errors: float, seed: int) -> None:
        self._errors = errors
        self._seed = seed
        self._asked: dict[str, int] = {}

    async def complete(self, payload: Payload) -> Completion:
        request: ScriptedRequest = payload["scripted_request"]
        text = request.text
        tries = self._asked[text] = self._asked.get(text, 0) + 1
        answers = [
            self._answer(request, Random(f"{self._seed}/{tries}/{number}/{text}"))
            for number in range(int(payload.get("n") or 1))
        ]
        return await ScriptedTransport(answers, name="noisy", logprob=-0.2).complete(payload)

    async def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        raise NotImplementedError("nobody streams feedback")
        yield {}

    def _answer(self, request: ScriptedRequest, chance: Random) -> str:
        schema = schema_of(request)
        grounding = next(
            Grounding.model_validate(message.additional_kwargs["grounding"])
            for message in reversed(request.messages)
            if "grounding" in message.additional_kwargs
        )
        properties: dict[str, Any] = schema["properties"]
        found = _opinion if "cause" in properties else _feedback
        return json.dumps(found(grounding, properties, self._errors, chance))


def _feedback(grounding: Grounding, properties: Mapping[str, Any], errors: float, chance: Random) -> Plain:
    honest = realise(grounding)
    answer: Plain = {}
    for name, shape in properties.items():
        fields = shape["properties"]
        part: Plain = {"evidence": chance.sample(fields["evidence"]["items"]["enum"], 1)}
        if name == "encouragement":
            part["text"] = fields["text"]["enum"][0]
        elif "pattern" in fields["text"]:
            part["text"] = "Which values does the program go through in the first test that fails?"
        else:
            part["text"] = getattr(honest, name).text[:160]
        if "fact" in fields:
            part["fact"] = fields["fact"]["enum"][0]
        if "claims" in fields:
            part["claims"] = []
            if chance.random() < errors:
                part["text"] = _falsehood(grounding, fields, chance)
        answer[name] = part
    return answer


def _falsehood(grounding: Grounding, fields: Mapping[str, Any], chance: Random) -> str:
    """A sentence that is wrong: about a line, or about what a call gives."""
    calls = _CALL.findall(" ".join(item.summary for item in grounding.of_kind("test")))
    lines = [
        option["properties"]["line"]["maximum"]
        for option in fields["claims"]["items"]["anyOf"]
        if "line" in option["properties"]
    ]
    suspected = {item.line for item in grounding.suspicious_lines[:2]}
    others = [line for line in range(1, (lines or [2])[0] + 1) if line not in suspected]
    if others and chance.random() < 0.6:
        return f"The mistake is in line {chance.choice(others)}."
    if calls:
        return f"Calling `{chance.choice(calls)}` gives {chance.randint(1000, 9999)}."
    return "The program never ends."


def _opinion(grounding: Grounding, properties: Mapping[str, Any], errors: float, chance: Random) -> Plain:
    most = properties["line"]["maximum"]
    line = grounding.suspicious_lines[0].line if grounding.suspicious_lines else 1
    if chance.random() < errors:
        line = chance.randint(1, most)
    misconception = properties["misconception"]["enum"][0]
    return {
        "cause": f"line {line}",
        "line": line,
        "kind": properties["kind"]["enum"][0],
        "misconception": misconception,
    }


def noisy_model(errors: float, seed: int) -> ScriptedChat:
    """A chat model of that kind."""
    return ScriptedChat(script=(), transport=NoisyTransport(errors, seed), name_in_traces="noisy", logprob=-0.2)


class Once:
    """Runs and diagnoses each program once, whoever asks: verdicts and evidence have no chance in them."""

    def __init__(self) -> None:
        self.executions: dict[str, Plain] = {}
        self.diagnoses: dict[str, Plain] = {}


class OnceExecutor(Executor):
    """The executor, with what it found before."""

    def __init__(self, services: Services, once: Once) -> None:
        super().__init__(services.sandbox)
        self._once = once

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        key = submission_of(state).id
        if key not in self._once.executions:
            self._once.executions[key] = await super().__call__(state, runtime)
        return self._once.executions[key]


class OnceDiagnostician(Diagnostician):
    """The diagnostician, with what it found before."""

    def __init__(self, services: Services, once: Once) -> None:
        super().__init__(services.sandbox, services.concepts, services.settings.repair_seconds)
        self._once = once

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        key = submission_of(state).id
        if key not in self._once.diagnoses:
            self._once.diagnoses[key] = await super().__call__(state, runtime)
        return self._once.diagnoses[key]


class WrongLine(OnceDiagnostician):
    """Sabotage: the diagnosis points to another line than it found."""

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        update = await super().__call__(state, runtime)
        diagnosis = Diagnosis.model_validate(update["diagnosis"])
        count = len(submission_of(state).code.splitlines())
        moved = [item.model_copy(update={"line": item.line % count + 1}) for item in diagnosis.suspicious_lines]
        return {**update, "diagnosis": diagnosis.model_copy(update={"suspicious_lines": tuple(moved)}).plain()}


class Fallible(Verifier):
    """A verifier that does not notice everything: some of what it refutes passes as supported.

    Args:
        missed: Share of the refuted claims that pass; the source reports .32 for its own (recall .68).
        seed: Of which ones.
    """

    def __init__(self, services: Services, missed: float, seed: int) -> None:
        super().__init__(ClaimChecker(services.sandbox, services.concepts))
        self._missed = missed
        self._seed = seed

    async def verify(self, case: Case, feedback: Feedback) -> Feedback:
        checked = await super().verify(case, feedback)
        return checked.model_copy(
            update={part: tuple(map(self._passed, statements)) for part, statements in checked.parts()}
        )

    def _passed(self, statement: Statement) -> Statement:
        # the same text has the same luck with every verifier of the seed: one that misses more misses these as well
        if not statement.refuted or Random(f"{self._seed}/{statement.text}").random() >= self._missed:
            return statement
        checks = tuple(check.model_copy(update={"verdict": "supported"}) for check in statement.checks)
        return statement.model_copy(update={"checks": checks})


class Boastful(Decider):
    """Sabotage: every text is taken for certain, and neither the model nor a person is asked to look at it again."""

    def judge(self, feedback: Feedback, diagnosis: Diagnosis, **known: Any) -> Confidence:
        confidence = super().judge(feedback, diagnosis, **known)
        return confidence.model_copy(update={"value": 0.99, "route": "deliver", "reasons": (), "causes": ()})


MISSED = 0.32
KINDS = ("none", "wrong-line", "lenient", "boastful", "lenient-boastful")


def sabotaged(kind: str, services: Services, once: Once, seed: int) -> dict[str, Agent]:
    """Agents that stand in for those of the graph, by node.

    Args:
        kind: `none`: nothing is wrong beyond what always is; `wrong-line`: the diagnosis points elsewhere; `lenient`:
            the verifier lets every refuted claim through; `boastful`: confidence is overstated and routing switched
            off; `lenient-boastful`: both, to be compared with `lenient`.
        seed: Of what the verifier misses.
    """
    assert kind in KINDS
    diagnostician = WrongLine if kind == "wrong-line" else OnceDiagnostician
    agents: dict[str, Agent] = {
        "execute": OnceExecutor(services, once),
        "diagnose": diagnostician(services, once),
        "verify": Fallible(services, 1.0 if kind.startswith("lenient") else MISSED, seed),
    }
    if kind.endswith("boastful"):
        agents["decide"] = Boastful(policy_of(services.settings))
    return agents


class Laboratory:
    """Runs agents on examples, and has what they say audited as experiments do.

    Args:
        services: With everything but a model.
        examples: Programs whose faults are known.
        errors: Of the model.
        auditor: Judges all variants alike.
    """

    def __init__(self, services: Services, examples: list[Example], errors: float, auditor: Auditor) -> None:
        self.services = services
        self.examples = examples
        self.errors = errors
        self._auditor = auditor
        self._once = Once()

    async def traces(self, kind: str, seed: int) -> AsyncIterator[Trace]:
        """One run of each example by an agent that is sabotaged in a way, or not (`none`)."""
        services = replace(self.services, model=noisy_model(self.errors, seed))
        saver, store = InMemorySaver(), InMemoryStore()
        graph: Any = build_assessment_graph(services, sabotaged(kind, services, self._once, seed))
        assessor = Assessor(services, graph.compile(checkpointer=saver, store=store, name="assessment"), saver, store)
        for example in self.examples:
            task, submission = example.task, example.submission
            assert task is not None
            assert submission is not None
            assessment = await assessor.assess(task, submission)
            about = {"variant": kind, "model": "noisy", "seed": seed, "sample": example.id}
            trace = trace_of_assessment(assessment, example.reference, about)
            told = await self._audit(task, submission, assessment.feedback, example.reference, assessment.delivered)
            yield replace(trace, outputs={**trace.outputs, **told})

    async def _audit(
        self, task: Task, submission: Submission, feedback: Feedback, reference: Mapping[str, Any], delivered: bool
    ) -> Plain:
        case = await self._auditor.case(task, submission)
        told, names = await self._auditor.audited(case, feedback, reference)
        return {
            "audit": {"sentences": told, "counts": counts(told), "delivered": delivered},
            "names": {name: list(getattr(names, name)) for name in ("lines", "misconceptions", "kinds")},
        }


@asynccontextmanager
async def laboratory(
    examples: list[Example], errors: float = 0.35, repair_seconds: float = 0.3
) -> AsyncIterator[Laboratory]:
    """A laboratory with services of its own."""
    async with offline_services(repair_seconds=repair_seconds) as services:
        bench = Workbench(services.sandbox, services.settings.data_dir / "evidence")
        auditor = Auditor(services, bench, Naming(await services.concepts.snapshot()))
        yield Laboratory(services, examples, errors, auditor)
