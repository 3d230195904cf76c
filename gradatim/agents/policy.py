"""The routing policy: what a wrong feedback costs, and what always goes to a person.

Delivering a feedback that is right with probability `p` costs `(1 - p)·W` on average, where `W` is the cost of a wrong
one; asking a person costs `R` whatever they find, for their time is spent either way. So it is delivered when
`(1 - p)·W ≤ R`, that is `p ≥ 1 - R/W` (expected cost with an option to abstain; C. K. Chow, "On optimum recognition
error and reject tradeoff", 1970).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, cast, get_args

import yaml

from gradatim.agents.safety import packaged_phrases
from gradatim.domain import CauseKind
from gradatim.errors import SettingsError
from gradatim.settings import Settings
from gradatim.tools.yamlfields import Fields
from gradatim.tools.yamltree import Problems, compose, decode_utf8, describe, line_of, read_limited, scalar_text, tag_of

LIMIT = 500_000
"""Bytes that a policy file may have."""
MOST = 1e6
"""The largest cost that may be stated."""
KINDS: tuple[CauseKind, ...] = get_args(CauseKind)
_PARAMETERS: dict[str, str] = {"checks-disagree": "gap", "degraded": "nodes", "audit": "share"}
_NODES = ("recall", "diagnose", "retrieve", "generate", "verify", "critique", "deliver", "record")


@dataclass(frozen=True, slots=True)
class Costs:
    """What goes wrong costs, in any one unit.

    Attributes:
        wrong_feedback: A wrong feedback that a learner reads.
        review: One question to a person.
    """

    wrong_feedback: float = 4.0
    review: float = 1.0

    @property
    def threshold(self) -> float:
        """Probability of being right from which delivering costs no more than asking, in [0, 1]."""
        return max(0.0, 1.0 - self.review / self.wrong_feedback)


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason for which a feedback goes to a person.

    Attributes:
        priority: 0 to 100; the higher, the sooner it should be read.
        gap: `checks-disagree`: difference of two checks' scores that counts as disagreement.
        share: `audit`: share of deliverable feedback that is drawn.
        nodes: `degraded`: parts whose failure counts.
    """

    kind: CauseKind
    active: bool
    priority: int
    gap: float = 1.0
    share: float = 0.0
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskException:
    """What differs for tasks whose id fits a pattern: the keys of a policy that were given, and no others."""

    pattern: str
    costs: Mapping[str, float]
    rules: Mapping[CauseKind, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules in force.

    Attributes:
        rounds: Rounds in which a refuted text goes back to the model.
        safety: Language → phrases.
        tasks: Exceptions for tasks, later ones win.
        fixed_threshold: A threshold that somebody stated outright; takes the place of the costs.
        source: Where the policy comes from, for a person.
    """

    costs: Costs
    rounds: int
    rules: Mapping[CauseKind, Rule]
    safety: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    tasks: tuple[TaskException, ...] = ()
    fixed_threshold: float | None = None
    source: str = "packaged"

    @property
    def threshold(self) -> float:
        """Confidence from which a feedback is delivered without a person, in [0, 1]."""
        return self.costs.threshold if self.fixed_threshold is None else self.fixed_threshold

    def rule(self, kind: CauseKind) -> Rule | None:
        """The rule of this kind, if it is active."""
        found = self.rules[kind]
        return found if found.active else None

    def of_task(self, task_id: str) -> Policy:
        """The policy for one task, with its exceptions taken in."""
        policy = self
        for exception in self.tasks:
            if fnmatchcase(task_id, exception.pattern):
                changed = {kind: replace(policy.rules[kind], **values) for kind, values in exception.rules.items()}
                policy = replace(
                    policy, costs=replace(policy.costs, **exception.costs), rules={**policy.rules, **changed}
                )
        return replace(policy, tasks=())


def policy_of(settings: Settings) -> Policy:
    """The policy that the settings name; `deliver_threshold` and `max_revisions` win where somebody set them.

    Raises:
        SettingsError: The file cannot be read or says something impossible; names every line.
    """
    policy = load_policy(settings.policy)
    given = settings.model_fields_set
    if "deliver_threshold" in given:
        policy = replace(policy, fixed_threshold=settings.deliver_threshold)
    return replace(policy, rounds=settings.max_revisions) if "max_revisions" in given else policy


def load_policy(path: Path | None = None) -> Policy:
    """The packaged policy, or a file on top of it.

    Args:
        path: A YAML file that holds what differs from the packaged policy.

    Raises:
        SettingsError: The file cannot be read or says something impossible; names every line.
    """
    if path is None:
        return _packaged()
    problems = Problems(str(path), SettingsError)
    data = read_limited(path, LIMIT, problems)
    return parse_policy(decode_utf8(data, problems), str(path), _packaged())


def parse_policy(text: str, source: str, base: Policy, name: str | None = None) -> Policy:
    """A policy from YAML text.

    Args:
        source: What stands before line numbers in errors.
        base: What holds where the text says nothing.
        name: `Policy.source`; `source` when not given.

    Raises:
        SettingsError: With every problem and its line.
    """
    problems = Problems(source, SettingsError)
    root = compose(text, problems)
    if not isinstance(root, yaml.MappingNode):
        raise problems.fatal(line_of(root), f"is {describe(root)}, not a mapping", "write `costs:`, `rules:` entries")
    reader = _Reader(problems)
    fields = Fields(root, "", ("costs", "revise", "rules", "tasks", "safety"), problems)
    costs, rules = reader.changes(fields)
    revise = reader.mapping(fields, "revise", ("rounds",))
    rounds = reader.whole(revise, "rounds", 0, 5) if revise else None
    policy = replace(
        base,
        costs=replace(base.costs, **costs),
        rounds=base.rounds if rounds is None else rounds,
        rules={kind: replace(base.rules[kind], **rules.get(kind, {})) for kind in KINDS},
        safety={**base.safety, **reader.phrases(fields)},
        tasks=(*base.tasks, *reader.tasks(fields)),
        source=name or source,
    )
    problems.raise_if_any()
    return policy


@cache
def _packaged() -> Policy:
    text = resources.files("gradatim.agents").joinpath("policy.yaml").read_text(encoding="utf-8")
    return replace(parse_policy(text, "policy.yaml", _NOTHING, "packaged"), safety=packaged_phrases())


_NOTHING = Policy(Costs(), 2, {kind: Rule(kind, active=False, priority=50) for kind in KINDS})


class _Reader:
    """Reads the parts of a policy; what is wrong is noted with its line."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems

    def changes(self, fields: Fields) -> tuple[dict[str, float], dict[CauseKind, dict[str, Any]]]:
        """`costs` and `rules` of the file or of a task's exception: what is given there."""
        return self._costs(fields), self._rules(fields)

    def mapping(self, fields: Fields, key: str, known: tuple[str, ...]) -> Fields | None:
        node = fields.get(key)
        if node is None:
            return None
        if not isinstance(node, yaml.MappingNode):
            if tag_of(node) != "null":
                fields.wrong(key, f"is {describe(node)}, not a mapping", f"write `{key}: {{{known[0]}: …}}`")
            return None
        return Fields(node, fields.name(key), known, self.problems)

    def whole(self, fields: Fields, key: str, least: int, most: int) -> int | None:
        node = fields.get(key)
        if node is None:
            return None
        text = scalar_text(node) if tag_of(node) == "int" else ""
        if not text.isdecimal() or not least <= int(text) <= most:
            fields.wrong(key, "is not a whole number in range", f"write a number from {least} to {most}")
            return None
        return int(text)

    def phrases(self, fields: Fields) -> dict[str, tuple[str, ...]]:
        node = fields.get("safety")
        if node is None:
            return {}
        names = _keys(node)
        safety = self.mapping(fields, "safety", names or ("en",))
        return {name: tuple(text for text, _ in safety.texts(name)) for name in names} if safety else {}

    def tasks(self, fields: Fields) -> list[TaskException]:
        node = fields.get("tasks")
        names = _keys(node) if node is not None else ()
        tasks = self.mapping(fields, "tasks", names or ("TASK",))
        found: list[TaskException] = []
        for name in names if tasks else ():
            entry = self.mapping(cast(Fields, tasks), name, ("costs", "rules"))
            if entry is not None:
                found.append(TaskException(name, *self.changes(entry)))
        return found

    def _costs(self, fields: Fields) -> dict[str, float]:
        costs = self.mapping(fields, "costs", ("wrong_feedback", "review"))
        if costs is None:
            return {}
        keys = [key for key in ("wrong_feedback", "review") if key in costs]
        return {key: costs.number(key, above=0, most=MOST, default=1.0) for key in keys}

    def _rules(self, fields: Fields) -> dict[CauseKind, dict[str, Any]]:
        rules = self.mapping(fields, "rules", KINDS)
        found: dict[CauseKind, dict[str, Any]] = {}
        for kind in KINDS if rules else ():
            special = (_PARAMETERS[kind],) if kind in _PARAMETERS else ()
            rule = self.mapping(cast(Fields, rules), kind, ("active", "priority", *special))
            if rule is not None:
                found[kind] = self._rule(kind, rule)
        return found

    def _rule(self, kind: CauseKind, rule: Fields) -> dict[str, Any]:
        values: dict[str, Any] = {}
        if "active" in rule:
            values["active"] = rule.flag("active")
            if kind == "refuted" and not values["active"]:
                rule.wrong("active", "cannot be false", "leave it out: nothing refuted is ever delivered")
        priority = self.whole(rule, "priority", 0, 100)
        if priority is not None:
            values["priority"] = priority
        for key in ("gap", "share"):
            if key in rule:
                values[key] = rule.number(key, above=0, most=1, default=1.0)
        if "nodes" in rule:
            values["nodes"] = tuple(name for name, _ in rule.texts("nodes"))
            for name, line in rule.texts("nodes"):
                if name not in _NODES:
                    rule.wrong("nodes", f"names no part {name!r}", f"known: {', '.join(_NODES)}", line=line)
        return values


def _keys(node: yaml.Node) -> tuple[str, ...]:
    """The keys of a mapping, which may be any words."""
    if not isinstance(node, yaml.MappingNode):
        return ()
    pairs = cast("list[tuple[yaml.Node, yaml.Node]]", node.value)
    return tuple(dict.fromkeys(scalar_text(key) for key, _ in pairs if isinstance(key, yaml.ScalarNode)))
