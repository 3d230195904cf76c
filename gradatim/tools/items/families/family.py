"""What a family of items is: a parametric template for a program and what it does."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from gradatim.languages import say
from gradatim.tools.items.arguments import Argument
from gradatim.tools.items.source import canonical

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase with its values, to be said in whatever language is spoken then."""

    key: str
    values: tuple[tuple[str, object], ...] = ()

    @classmethod
    def of(cls, key: str, **values: object) -> Said:
        return cls(key, tuple(values.items()))

    def __str__(self) -> str:
        return say(self.key, **{name: str(value) for name, value in self.values})


@dataclass(frozen=True, slots=True)
class Program:
    """A right program with everything that items are made from.

    Attributes:
        family: Which template it comes from.
        name: Function to call.
        code: As `canonical` writes it.
        concepts: Ids in the concept graph, the most important first.
        arguments: Of the function.
        title: A few words.
        does: What the function gets and what it gives back, in full sentences.
        choices: What was drawn: the same choices give the same program.
    """

    family: str
    name: str
    code: str
    concepts: tuple[str, ...]
    arguments: tuple[Argument, ...]
    title: Said | str
    does: Said | str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Noun:
    """What a list is full of: its identifiers, and a phrase for it."""

    plural: str
    singular: str

    @property
    def said(self) -> Said:
        return Said(f"items.noun.{self.plural}")


NOUNS = tuple(
    Noun(*pair.split("/"))
    for pair in [
        "temperatures/temperature",
        "prices/price",
        "scores/score",
        "ages/age",
        "distances/distance",
        "weights/weight",
        "votes/vote",
        "marks/mark",
        "levels/level",
        "sizes/size",
    ]
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A question about one number.

    Attributes:
        code: A Python expression.
        said: Completes "numbers that are …".
        concepts: What one has to know for it.
        near: Numbers at which the answer changes.
    """

    code: str
    said: Said
    concepts: tuple[str, ...]
    near: tuple[int, ...] = ()


@dataclass(slots=True)
class Draw:
    """Chance, and what it chose."""

    rng: random.Random
    chosen: dict[str, str] = field(default_factory=dict[str, str])

    def choice(self, what: str, options: Sequence[T]) -> T:
        """One of several things."""
        found = self.rng.choice(options)
        self.chosen[what] = str(found)
        return found

    def number(self, what: str, low: int, high: int) -> int:
        found = self.rng.randint(low, high)
        self.chosen[what] = str(found)
        return found

    def noun(self) -> Noun:
        found = self.rng.choice(NOUNS)
        self.chosen["noun"] = found.plural
        return found

    def simple(self, what: str, item: str) -> Condition:
        """A question with one comparison."""
        kind = self.choice(what, ("even", "odd", "above", "below", "at_least", "at_most", "multiple", "negative"))
        k = self.number(f"{what}-number", 3, 9)
        said = Said.of(f"items.condition.{kind}", k=k)
        modulo = ("modulo", "divisibility-test")
        match kind:
            case "even":
                return Condition(f"{item} % 2 == 0", said, modulo)
            case "odd":
                return Condition(f"{item} % 2 == 1", said, modulo)
            case "multiple":
                return Condition(f"{item} % {k} == 0", said, modulo, (0, k))
            case "negative":
                return Condition(f"{item} < 0", said, ("comparison-operator",), (0,))
            case _:
                sign = {"above": ">", "below": "<", "at_least": ">=", "at_most": "<="}[kind]
                return Condition(f"{item} {sign} {k}", said, ("comparison-operator", "boundary-case"), (k,))

    def condition(self, item: str, what: str = "condition") -> Condition:
        """A question about one number, of one comparison or of several."""
        form = self.choice(f"{what}-form", ("simple", "simple", "simple", "and", "or", "between", "outside"))
        if form == "simple":
            return self.simple(what, item)
        if form in ("between", "outside"):
            low = self.number(f"{what}-low", 0, 5)
            high = low + self.number(f"{what}-width", 3, 7)
            said = Said.of(f"items.condition.{form}", low=low, high=high)
            if form == "between":
                return Condition(
                    f"{low} <= {item} <= {high}", said, ("chained-comparison", "boundary-case"), (low, high)
                )
            return Condition(f"{item} < {low} or {item} > {high}", said, ("or-operator", "boundary-case"), (low, high))
        parity = self.choice(f"{what}-parity", ("even", "odd"))
        k = self.number(f"{what}-number", 2, 9)
        side = self.choice(f"{what}-side", ("above", "below"))
        code = f"{item} % 2 == {0 if parity == 'even' else 1} {form} {item} {'>' if side == 'above' else '<'} {k}"
        said = Said.of(
            f"items.condition.{form}",
            one=Said.of(f"items.condition.{parity}", k=0),
            other=Said.of(f"items.condition.{side}", k=k),
        )
        return Condition(code, said, (f"{form}-operator", "compound-condition", "modulo"), (k,))

    def transform(self, item: str, what: str = "change") -> tuple[str, Said, tuple[str, ...]]:
        """An expression of one number, what it does in words, and what one has to know for it."""
        kind = self.choice(what, ("times", "plus", "times_plus", "plus_times", "square", "whole_part", "rest", "minus"))
        a, b = self.number(f"{what}-a", 2, 5), self.number(f"{what}-b", 1, 9)
        code, concept = {
            "times": (f"{item} * {a}", "arithmetic-operator"),
            "plus": (f"{item} + {b}", "arithmetic-operator"),
            "times_plus": (f"{item} * {a} + {b}", "operator-precedence"),
            "plus_times": (f"({item} + {b}) * {a}", "operator-precedence"),
            "square": (f"{item} ** 2", "exponentiation"),
            "whole_part": (f"{item} // {a}", "floor-division"),
            "rest": (f"{item} % {a}", "modulo"),
            "minus": (f"{b} - {item}", "arithmetic-operator"),
        }[kind]
        return code, Said.of(f"items.change.{kind}", a=a, b=b), (concept,)


Make = Callable[[Draw], "Sketch"]


@dataclass(frozen=True, slots=True)
class Sketch:
    """What the function of a family gives; `Family.draw` completes it."""

    name: str
    code: str
    concepts: tuple[str, ...]
    arguments: tuple[Argument, ...]
    values: dict[str, object] = field(default_factory=dict[str, object])
    """For the family's phrases."""
    does: str = "does"
    """Which phrase of the family says what the function does."""


@dataclass(frozen=True, slots=True)
class Family:
    """A parametric template."""

    id: str
    make: Make

    def draw(self, rng: random.Random) -> Program:
        """A program of this family."""
        draw = Draw(rng)
        sketch = self.make(draw)
        place = f"items.family.{self.id.replace('-', '_')}"
        return Program(
            family=self.id,
            name=sketch.name,
            code=canonical(sketch.code),
            concepts=tuple(dict.fromkeys(sketch.concepts))[:6],
            arguments=sketch.arguments,
            title=Said(f"{place}.title", tuple(sketch.values.items())),
            does=Said(f"{place}.{sketch.does}", tuple(sketch.values.items())),
            choices=tuple(draw.chosen.items()),
        )


def indent(text: str, levels: int = 1) -> str:
    """The text some levels further to the right."""
    return "\n".join(f"{'    ' * levels}{line}" if line else line for line in text.splitlines())


def function(name: str, parameters: str, *parts: str) -> str:
    """Source of a function whose body is made of these parts."""
    return f"def {name}({parameters}):\n" + "\n".join(indent(part) for part in parts if part)


def over(form: str, items: str, item: str, *body: str) -> str:
    """A loop over a list in one of several forms: `each`, `index`, `while`.

    In the last two the element is written as `items[i]` wherever the body names it.
    """
    text = "\n".join(body)
    if form == "each":
        return f"for {item} in {items}:\n{indent(text)}"
    text = re.sub(rf"\b{item}\b", f"{items}[i]", text)
    if form == "index":
        return f"for i in range(len({items})):\n{indent(text)}"
    return f"i = 0\nwhile i < len({items}):\n{indent(text)}\n    i += 1"


LOOPS = ("each", "index", "while")
LOOP_CONCEPTS = {
    "each": ("for-loop", "loop-over-list"),
    "index": ("for-loop", "range", "list-index"),
    "while": ("while-loop", "list-index", "loop-condition"),
}
