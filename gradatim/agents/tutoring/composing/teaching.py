"""What the tutor says about a concept: from the concept graph, its examples run."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from gradatim.agents.tutoring.asking.questions import asked, code
from gradatim.agents.tutoring.asking.questions import printed as shown_output
from gradatim.agents.tutoring.composing.examples import fenced
from gradatim.agents.tutoring.composing.saying import Said, observed, said, told
from gradatim.agents.tutoring.notes import Question
from gradatim.agents.tutoring.worked.example import run_snippet
from gradatim.domain import Check, ConceptDefinitionClaim, Evidence, ExampleOutputClaim, Statement
from gradatim.kg import ConceptStore
from gradatim.kg.labels import concept_name, concept_text
from gradatim.kg.schema import Concept
from gradatim.languages import say
from gradatim.languages.language import DEFAULT
from gradatim.languages.speaking import spoken
from gradatim.tools.sandbox import Sandbox

_LONGEST = 700
"""Characters of a program that is shown as an example."""
_ASKABLE = 80
"""Characters of an output that is asked for."""


def evidence_of(concept: Concept) -> Evidence:
    """A concept as evidence that the learner may see."""
    return Evidence(
        id=f"concept:{concept.id}",
        kind="concept",
        summary=f"{concept.name}: {concept.definition}",
        detail={"concept": concept.id, "definition": concept.definition, "example": concept.example},
        source="kg",
    )


def definition(concept: Concept) -> Said:
    """What a concept means, in the words of the graph or of its translation."""
    text = concept_text(concept.id, "definition")
    brings = (evidence_of(concept),)
    key, cited = f"define:{concept.id}", (f"concept:{concept.id}",)
    name = concept_name(concept)
    if text is None and spoken() != DEFAULT:  # no definition in this language: the name alone, and the example speaks
        return Said(key, told(say("tutoring.greet.concept", name=name), cited), brings=brings)
    whole = say("tutoring.about.defined", name=name, definition=text or concept.definition)
    claim = ConceptDefinitionClaim(concept=concept.id, text=concept.definition)
    check = Check(claim=claim, verdict="supported", method="graph", detail=concept.definition)
    return Said(key, Statement(text=whole, evidence=cited, checks=(check,)), brings=brings)


async def example(concept: Concept, sandbox: Sandbox) -> tuple[Said, ...]:
    """A concept's example with what it prints, as it was run just now."""
    if concept.example is None or len(concept.example) > _LONGEST:
        return ()
    printed, raised = await run_snippet(sandbox, concept.example)
    if raised or not printed:
        return ()
    cited, brings = (f"concept:{concept.id}",), (evidence_of(concept),)
    text = f"{say('tutoring.about.example')}\n{fenced(concept.example)}"
    claim = ExampleOutputClaim(code=concept.example, output=concept.output or printed)
    return (
        Said(f"example:{concept.id}", told(text, cited), brings=brings),
        said("about.example-printed", evidence=cited, claims=(claim,), of=concept.id, output=shown_output(printed)),
    )


async def programs(concept: Concept, concepts: ConceptStore, sandbox: Sandbox) -> AsyncGenerator[tuple[str, Question]]:
    """Small programs about a concept, each with the question what it prints, as executed.

    First the concept's own example, then how it goes wrong, then what programs look like that hold a misconception
    about it: whoever holds it answers wrongly, and the run tells.
    """
    sources = [concept.example, concept.counterexample.code if concept.counterexample else None]
    try:
        believed = await concepts.misconceptions_of((concept.id,))
    except Exception:  # noqa: BLE001 an example fewer, whatever is wrong with the graph
        believed = ()
    sources += [item.looks_like for item in believed[:6]]
    for program in dict.fromkeys(source for source in sources if source):
        if len(program) > _LONGEST:
            continue
        printed, raised = await run_snippet(sandbox, program)
        if not printed or len(printed) > _ASKABLE or printed in ("timeout", "memory", "crashed", "output-limit"):
            continue
        if raised and printed in ("NameError", "SyntaxError", "IndentationError", "EOFError", "FileNotFoundError"):
            continue  # a piece that does not stand on its own
        yield program, _asked(program, printed, raised, concept)


def _asked(program: str, printed: str, raised: bool, concept: Concept) -> Question:
    shown = code(printed) if raised else shown_output(printed)
    told_truth = say(f"tutoring.truth.{'output-raises' if raised else 'output'}", value=shown)
    text = f"{fenced(program)}\n{say('tutoring.ask.output')}"
    claims = () if raised else (ExampleOutputClaim(code=program, output=printed),)
    answer = printed if raised else _literal(printed)
    return asked(
        "output", text, answer=answer, truth=told_truth, claims=claims, evidence=(f"concept:{concept.id}",),
        concept=concept.id,
    )  # fmt: skip


def _literal(printed: str) -> str:
    """What is printed as a literal: one line that is a number or a list stands for itself."""
    from gradatim.tools.claims.code import is_literal

    return printed if is_literal(printed) and not printed.startswith(("'", '"')) else repr(printed)


async def needed_before(concept: Concept, concepts: ConceptStore) -> Said | None:
    """What helps to know before a concept."""
    steps = await concepts.prerequisites(concept.id, 1)
    if not steps:
        return None
    names = ", ".join(f"“{concept_name(step.concept)}”" for step in steps[:3])
    text = say("tutoring.about.example-needs", name=concept_name(concept), needed=names)
    return observed(
        f"needs:{concept.id}", text, "prerequisites in the concept graph", (f"concept:{concept.id}",), "graph"
    )


async def neighbour(concept: Concept, concepts: ConceptStore) -> Said | None:
    """Something similar, as another way to see a concept."""
    for step in (*await concepts.similar(concept.id), *await concepts.prerequisites(concept.id, 1)):
        other = step.concept
        text = concept_text(other.id, "definition") or (other.definition if spoken() == DEFAULT else None)
        if text is not None:
            whole = say("tutoring.about.similar", name=concept_name(other), definition=text)
            claim = ConceptDefinitionClaim(concept=other.id, text=other.definition)
            check = Check(claim=claim, verdict="supported", method="graph", detail=other.definition)
            statement = Statement(text=whole, evidence=(f"concept:{other.id}",), checks=(check,))
            return Said(f"similar:{other.id}", statement, brings=(evidence_of(other),))
    return None
