"""Write a program, and correct a wrong one."""

from __future__ import annotations

import ast
import math
import random
from collections.abc import Iterator

from gradatim.tools.items.families import Said
from gradatim.tools.items.kinds.draft import Draft, Wrong, signature, title_of
from gradatim.tools.items.material import Material, Rival
from gradatim.tools.items.testing import VISIBLE, TestSet

KEPT = 4
"""Wrong programs that an item keeps."""
_FIXES = 4


def found_out(material: Material, tests: TestSet) -> list[Rival]:
    """Rivals that the tests find out, each differently: the subtlest of each misconception, then the others; endless
    ones last."""

    def order(rival: Rival) -> tuple[bool, int]:
        return rival.endless, len(rival.apart)

    caught = sorted((rival for rival in material.rivals if rival.apart & set(tests.places)), key=order)
    different = {tuple(rival.seen[place].short for place in tests.places): rival for rival in reversed(caught)}
    caught = sorted(different.values(), key=order)
    first = {rival.misconception: rival for rival in reversed(caught)}
    chosen = sorted(first.values(), key=order)
    return chosen + [rival for rival in caught if rival not in chosen]


def _mean_steps(material: Material, tests: TestSet) -> float:
    return sum(material.steps[place] for place in tests.places) / len(tests.places)


def write(material: Material, tests: TestSet, rng: random.Random) -> Iterator[Draft]:
    """Write a function."""
    rivals = found_out(material, tests)
    if len(rivals) < 2:
        return
    example = tests.places[0]
    values = {"call": material.calls[example], "value": material.seen[example].value}
    yield Draft(
        kind="write",
        material=material,
        title=title_of("write", material),
        prompt=(
            Said.of(
                "items.kind.write.prompt",
                call=signature(material),
                does=material.program.does,
                example=Said.of("items.kind.write.example", **values),
            ),
            *((Said.of("items.kind.write.parts"),) if _has_parts(material.program.code) else ()),
        ),
        reference=material.program.code,
        answer=material.program.code,
        cases=tests.cases,
        wrong=tuple(Wrong(rival.code, rival.misconception) for rival in rivals[:KEPT]),
        features={"steps": _mean_steps(material, tests), "example_steps": math.log(1 + material.steps[example])},
    )


def _has_parts(code: str) -> bool:
    """Whether a program has helpers or classes beside the function that is asked for."""
    return len(ast.parse(code).body) > 1


def fix(material: Material, tests: TestSet, rng: random.Random) -> Iterator[Draft]:
    """Correct a function: one draft for each of some wrong programs."""
    rivals = found_out(material, tests)
    visible = tests.places[:VISIBLE]
    told = [rival for rival in rivals if rival.apart & set(visible)]
    if len(rivals) < 2:
        return
    for rival in rng.sample(told, min(_FIXES, len(told))):
        example = next(place for place in visible if place in rival.apart)
        others = [other for other in rivals if other is not rival]
        yield Draft(
            kind="fix",
            material=material,
            title=title_of("fix", material),
            prompt=(
                Said.of(
                    "items.kind.fix.prompt",
                    call=signature(material),
                    does=material.program.does,
                    example=material.calls[example],
                    value=material.seen[example].value,
                ),
            ),
            reference=material.program.code,
            answer=material.program.code,
            cases=tests.cases,
            wrong=tuple(Wrong(item.code, item.misconception) for item in (rival, *others[: KEPT - 1])),
            shown=rival.code,
            features={
                "steps": _mean_steps(material, tests),
                "program_steps": math.log(1 + material.steps[example]),
                "subtlety": 1.0 - len(rival.apart) / len(material.calls),
            },
        )
