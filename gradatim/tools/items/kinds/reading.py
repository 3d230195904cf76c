"""Read a program: predict what it prints, or choose among answers that misconceptions give."""

from __future__ import annotations

import ast
import math
import random
from collections.abc import Iterator, Sequence

from gradatim.domain import TestCase
from gradatim.tools.items.families import Said
from gradatim.tools.items.features import likeness, size, variables_of
from gradatim.tools.items.kinds.draft import Answer, Draft, Wrong, shown_output, signature, title_of
from gradatim.tools.items.kinds.writing import KEPT, found_out
from gradatim.tools.items.material import Material, Rival
from gradatim.tools.items.source import differing_lines
from gradatim.tools.items.testing import TestSet

LONGEST = 60
"""Characters of an output that somebody is asked to work out."""
_PREDICTIONS = 6
_DISTRACTORS = 3


def printing(code: str, calls: Sequence[str]) -> str:
    """The program with a line for each call that prints its value."""
    return code + "\n" + "".join(f"print({call})\n" for call in calls)


def _case(output: str) -> TestCase:
    return TestCase(id="t1", stdin="", stdout=f"{output}\n", hidden=True)


def _outputs(material: Material) -> dict[int, str]:
    """What the program prints for each call of the pool that can be asked about."""
    found = {place: shown_output(seen.value) for place, seen in enumerate(material.seen)}
    return {place: text for place, text in found.items() if text is not None and _askable(text)}


def _askable(text: str) -> bool:
    return 0 < len(text) <= LONGEST and "\n" not in text


def predict(material: Material, tests: TestSet, rng: random.Random) -> Iterator[Draft]:
    """Predict what a program prints: calls of few and of many steps, one of them or two."""
    outputs = _outputs(material)
    places = sorted(outputs, key=lambda place: (material.steps[place], rng.random()))
    spread = [places[round(n * (len(places) - 1) / (_PREDICTIONS - 1))] for n in range(_PREDICTIONS)] if places else []
    for number, place in enumerate(dict.fromkeys(spread)):
        asked = [place]
        if number % 2 and len(places) > 1:
            asked.append(rng.choice([other for other in places if other != place]))
        different = {
            tuple(rival.seen[one].short for one in asked): rival
            for rival in material.rivals
            if rival.apart & set(asked)
        }
        rivals = sorted(different.values(), key=lambda rival: rival.endless)
        first: dict[str, Rival] = {}
        for rival in rivals:
            first.setdefault(rival.misconception, rival)
        kept = [*first.values(), *(rival for rival in rivals if rival not in first.values())][:KEPT]
        if len(kept) < 2:
            continue
        output = "\n".join(outputs[one] for one in asked)
        calls = [material.calls[one] for one in asked]
        program = printing(material.program.code, calls)
        yield Draft(
            kind="predict",
            material=material,
            title=title_of("predict", material),
            prompt=(Said.of("items.kind.predict.prompt"),),
            reference=program,
            answer=output,
            cases=(_case(output),),
            wrong=tuple(Wrong(printing(rival.code, calls), rival.misconception) for rival in kept),
            shown=program,
            whole=True,
            features={
                "steps": float(sum(material.steps[one] for one in asked)),
                "output": math.log(1 + len(output)),
                "prints": float(len(asked)),
                "size": size(output),
            },
        )


def choice(material: Material, tests: TestSet, rng: random.Random) -> Iterator[Draft]:
    """Choose among answers: outputs, and lines for a gap."""
    yield from _choose_output(material, rng)
    yield from _choose_line(material, tests, rng)


def _choose_output(material: Material, rng: random.Random) -> Iterator[Draft]:
    outputs = _outputs(material)
    found: list[tuple[int, dict[str, Rival]]] = []
    for place, right in outputs.items():
        given: dict[str, Rival] = {}
        for rival in sorted(material.rivals, key=lambda rival: len(rival.apart)):
            if "print(" in rival.code:
                continue  # the whole program would print more than the value
            text = shown_output(rival.seen[place].value)
            if text is not None and place in rival.apart and _askable(text) and text != right:
                given.setdefault(text, rival)
        if len(given) >= 2:
            found.append((place, given))
    found.sort(key=lambda item: material.steps[item[0]])
    spread = {round(n * (len(found) - 1) / 3) for n in range(4)} if found else set[int]()
    for place, given in (found[number] for number in sorted(spread)):
        texts = list(given)
        chosen = texts[:_DISTRACTORS] if rng.random() < 0.5 else rng.sample(texts, min(_DISTRACTORS, len(texts)))
        right = outputs[place]
        call = material.calls[place]
        wrong = [(text, given[text]) for text in chosen]
        answers = [Answer(right, right=True)]
        answers += [
            Answer(text, False, rival.misconception, Said.of("items.kind.choice.wrong_output", right=right))
            for text, rival in wrong
        ]
        rng.shuffle(answers)
        alike = likeness(right, [text for text, _ in wrong])
        program = printing(material.program.code, [call])
        yield Draft(
            kind="choice",
            material=material,
            title=title_of("choice", material),
            prompt=(Said.of("items.kind.choice.output"),),
            reference=program,
            answer=right,
            cases=(_case(right),),
            wrong=tuple(Wrong(printing(rival.code, [call]), rival.misconception) for _, rival in wrong),
            shown=program,
            whole=True,
            answers=tuple(answers),
            features={
                "steps": float(material.steps[place]),
                "options": float(len(answers)),
                "gap": 0.0,
                "closeness": _closeness([rival for _, rival in wrong], material),
                "gap_closeness": 0.0,
                "gap_closest": 0.0,
                "gap_variables": 0.0,
                "output_steps": math.log(1 + material.steps[place]),
                "size": size(right),
                "alike": alike,
                "output_alike": alike,
            },
        )


def _choose_line(material: Material, tests: TestSet, rng: random.Random) -> Iterator[Draft]:
    lines = material.program.code.splitlines()
    by_line: dict[int, dict[str, Rival]] = {}
    for rival in found_out(material, tests):
        gone, come = differing_lines(material.program.code, rival.code)
        other = rival.code.splitlines()
        if len(gone) == len(come) == 1 and gone == come and _indent(lines[gone[0]]) == _indent(other[come[0]]):
            by_line.setdefault(gone[0], {}).setdefault(other[come[0]].strip(), rival)
    usable = [(line, texts) for line, texts in by_line.items() if len(texts) >= 2]
    asked = frozenset(tests.places)
    for line, texts in rng.sample(usable, min(2, len(usable))):
        ending = [text for text, rival in texts.items() if not rival.endless]
        # what never ends costs its whole time in every check
        offered = ending if len(ending) >= 2 else list(texts)
        chosen = rng.sample(offered, min(_DISTRACTORS, len(offered)))
        rivals = [texts[text] for text in chosen]
        answers = [Answer(lines[line].strip(), right=True)]
        for text, rival in zip(chosen, rivals, strict=True):
            place = next(place for place in tests.places if place in rival.apart)
            answers.append(
                Answer(
                    text,
                    False,
                    rival.misconception,
                    Said.of(
                        "items.kind.choice.wrong_line",
                        call=material.calls[place],
                        expected=material.seen[place].value,
                        actual=_told(rival, place),
                    ),
                )
            )
        rng.shuffle(answers)
        gap = [*lines]
        gap[line] = _indent(lines[line]) * " " + "____"
        yield Draft(
            kind="choice",
            material=material,
            title=title_of("choice", material),
            prompt=(
                Said.of("items.kind.choice.line", call=signature(material), line=line + 1, does=material.program.does),
            ),
            reference=material.program.code,
            answer=lines[line].strip(),
            cases=tests.cases,
            wrong=tuple(Wrong(rival.code, rival.misconception) for rival in rivals),
            shown="\n".join(gap) + "\n",
            answers=tuple(answers),
            features={
                "steps": sum(material.steps[place] for place in tests.places) / len(tests.places),
                "options": float(len(answers)),
                "gap": 1.0,
                "closeness": _closeness(rivals, material),
                "gap_closeness": _closeness(rivals, material),
                "gap_closest": 1.0 - min(len(rival.apart & asked) for rival in rivals) / len(asked),
                "gap_variables": float(len(variables_of(ast.walk(ast.parse(material.program.code))))),
                "output_steps": 0.0,
                "size": 0.0,
                "alike": likeness(lines[line].strip(), chosen),
                "output_alike": 0.0,
            },
        )


def _told(rival: Rival, place: int) -> Said:
    seen = rival.seen[place]
    if seen.value is not None:
        return Said.of("items.kind.value", value=seen.value)
    if seen.error == "timeout":
        return Said.of("items.kind.endless")
    return Said.of("items.kind.raises", name=seen.error)


def _closeness(rivals: Sequence[Rival], material: Material) -> float:
    """How seldom the distractors' programs differ from the right one: 0 always, towards 1 almost never."""
    shares = [len(rival.apart) / len(material.calls) for rival in rivals]
    return 1.0 - sum(shares) / len(shares)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
