"""Worked examples as a learner reads them: two small programs, with what each did below it."""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.agents.tutoring.composing.saying import Said, said, told
from gradatim.agents.tutoring.worked import WorkedExample
from gradatim.domain import ExampleOutputClaim
from gradatim.languages import say


def worked(example: WorkedExample) -> Iterator[Said]:
    """A worked example on another program; what the two programs did stands below each as a comment."""
    wrong = f"{example.wrong}\n{_did(example.gives, raised=example.raised)}"
    right = f"{example.right}\n{_did(example.needed, raised=False)}"
    evidence = example.evidence(wrong, right)
    cited, name = (evidence.id,), example.family
    gives = () if example.raised else (ExampleOutputClaim(code=example.wrong, output=example.gives),)
    text = f"{say('tutoring.near.example')}\n{fenced(wrong)}"
    yield Said(f"near.example:{name}", told(text, cited, gives), brings=(evidence,))
    needed = ExampleOutputClaim(code=example.right, output=example.needed)
    text = f"{say('tutoring.near.example-right')}\n{fenced(right)}"
    yield Said(f"near.right:{name}", told(text, cited, (needed,)))
    yield said("near.compare", of=name)


def _did(output: str, *, raised: bool) -> str:
    """What a program did, as a comment below it."""
    if raised:
        return say("tutoring.near.stops", value=output)
    return (
        say("tutoring.near.prints", value=" / ".join(output.splitlines()))
        if output
        else say("tutoring.near.prints-nothing")
    )


def fenced(program: str) -> str:
    """A program as a block."""
    return f"```python\n{program.rstrip()}\n```"
