"""Misconceptions about names: typing slips, places, scopes and imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, Raised, name_tests
from gradatim.tools.analysis.flow import called_name, chain, names_in
from gradatim.tools.analysis.program import BUILT_IN_NAMES, Function, stored_names
from gradatim.tools.analysis.sign import Sign

NAME = r"^name '(\w+)' is not defined"
UNBOUND = r"local variable '(\w+)'"
MODULES = frozenset(
    [
        "math",
        "random",
        "string",
        "itertools",
        "functools",
        "collections",
        "datetime",
        "time",
        "os",
        "sys",
        "re",
        "json",
        "csv",
        "statistics",
        "copy",
        "operator",
        "decimal",
        "fractions",
        "heapq",
        "bisect",
    ]
)
_FUNCTIONS_OF: dict[str, str] = {
    **dict.fromkeys(
        [
            "sqrt",
            "floor",
            "ceil",
            "pi",
            "factorial",
            "gcd",
            "log",
            "log10",
            "sin",
            "cos",
            "tan",
            "pow",
            "hypot",
            "isqrt",
            "prod",
        ],
        "math",
    ),
    **dict.fromkeys(["randint", "choice", "shuffle", "sample", "randrange", "uniform"], "random"),
    **dict.fromkeys(["Counter", "defaultdict", "deque", "namedtuple", "OrderedDict"], "collections"),
    **dict.fromkeys(["permutations", "combinations", "product", "accumulate"], "itertools"),
    **dict.fromkeys(["reduce", "lru_cache", "partial"], "functools"),
    **dict.fromkeys(["mean", "median", "mode", "stdev"], "statistics"),
    **dict.fromkeys(["deepcopy"], "copy"),
}


def distance(left: str, right: str) -> int:
    """Edit distance with neighbouring letters exchanged counted as one edit (Damerau, restricted)."""
    rows = [list(range(len(right) + 1))]
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


def nearest_name(name: str, known: frozenset[str]) -> str | None:
    """The known name that was meant, if one is near enough to be taken for it."""
    ranked: list[tuple[float, int, str]] = []
    for other in known:
        if other == name or other.startswith("__"):
            continue
        if other.lower() == name.lower():
            ranked.append((0.5, len(other), other))
        elif abs(len(other) - len(name)) <= 2 and min(len(name), len(other)) >= 3:
            steps = distance(name, other)
            allowed = 2 if min(len(name), len(other)) >= 6 else 1
            # In very short names one letter is a third of the word: only the same letters or one more or less.
            if len(name) == len(other) == 3 and sorted(name) != sorted(other):
                continue
            if steps <= allowed:
                ranked.append((steps, -len(other), other))
    return min(ranked)[2] if ranked else None


def _home(case: Examination, found: Raised) -> Function | None:
    return case.function_at(found.line) if found.line else None


def _stored_anywhere(case: Examination, name: str) -> bool:
    return name in case.program.top_names or any(item.stores(name) for item in case.program.functions)


def typo_in_name(case: Examination) -> Iterator[Sign]:
    """A name that exists nowhere and resembles one that does."""
    seen: set[str] = set()
    for found in case.raised("NameError", NAME):
        name = found.name
        home = _home(case, found)
        known = case.program.names_visible_in(home) | case.setup_names | BUILT_IN_NAMES
        if name in seen or name in MODULES or name in _FUNCTIONS_OF or name in known:
            continue
        seen.add(name)
        meant = nearest_name(name, known)
        if meant is not None:
            yield Sign(
                "typo-in-name",
                (found.line,) if found.line else (),
                0.93,
                f"Line {found.line}: the name `{name}` is defined nowhere; `{meant}` is.",
                f"It raises NameError in {name_tests(found.tests)}." if found.test else "It raises NameError.",
                found.tests,
            )
    for name, node in undefined_names(case):
        if name in seen:
            continue
        home = case.program.enclosing_function(node)
        meant = nearest_name(name, case.program.names_visible_in(home) | case.setup_names | BUILT_IN_NAMES)
        if meant is not None:
            seen.add(name)
            fact = f"Line {node.lineno}: the name `{name}` is defined nowhere; `{meant}` is."
            yield Sign("typo-in-name", (node.lineno,), 0.7, fact, "The line would raise NameError.", anywhere=True)


def undefined_names(case: Examination) -> Iterator[tuple[str, ast.Name]]:
    """Names that are read and that nothing defines, in the order of their lines."""
    if case.program.star_import or case.program.tree is None:
        return
    bound = {name for item in case.program.functions for name in item.locals}
    comprehended = {
        node.id for node in case.program.nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }
    arguments = {node.arg for node in case.program.nodes if isinstance(node, ast.arg)}
    known = bound | comprehended | arguments | case.program.top_names | case.setup_names | BUILT_IN_NAMES
    loads = [node for node in case.program.nodes if isinstance(node, ast.Name) and node.id not in known]
    for node in sorted(loads, key=lambda item: (item.lineno, item.col_offset)):
        if node.id not in ("__name__", "__file__", "__doc__"):
            yield node.id, node


def _accumulates(case: Examination, store: ast.AST, name: str) -> bool:
    """Whether the statement of a store computes the new value from the old one."""
    statement = case.program.statement_of(store)
    if isinstance(statement, ast.AugAssign):
        return True
    return isinstance(statement, ast.Assign) and name in names_in(statement.value)


def unbound_locals(case: Examination) -> Iterator[Sign]:
    """A local name read before it has a value: which belief it shows depends on where it is assigned."""
    seen: set[tuple[str, int]] = set()
    for found in case.raised("UnboundLocalError", UNBOUND):
        home = _home(case, found)
        name = found.name
        if home is None or (name, found.line) in seen:
            continue
        seen.add((name, found.line))
        stores = home.stores(name)
        if not stores:
            continue
        why = f"UnboundLocalError in {name_tests(found.tests)}."
        lines = (found.line,)
        if home.owner is not None and _on_object(case, home.owner, name):
            fact = (
                f"Line {found.line}: `{name}` is used without `self.` before it, while the class {home.owner} has it."
            )
            yield Sign("missing-self-prefix", lines, 0.94, fact, why, found.tests)
            continue
        if all(_accumulates(case, store, name) for store in stores):
            if name in case.program.top_names or name in case.setup_names:
                fact = (
                    f"Line {found.line}: `{name}` is changed in {home.name} without being declared global, "
                    "while it is defined outside."
                )
                yield Sign("global-not-declared", lines, 0.93, fact, why, found.tests)
            else:
                fact = f"Line {found.line}: `{name}` is added to, and nothing above gives it a first value."
                yield Sign("accumulator-not-initialised", lines, 0.95, fact, why, found.tests)
            continue
        fact = f"Line {found.line}: `{name}` is read, and the lines that assign it were not run before."
        yield from _skipped_assignment(case, home, name, found, fact, why)


def _skipped_assignment(
    case: Examination, home: Function, name: str, found: Raised, fact: str, why: str
) -> Iterator[Sign]:
    stores = [statement for store in home.stores(name) if (statement := case.program.statement_of(store)) is not None]
    above = [item for item in stores if item.lineno < found.line]
    test = next((item for item in case.contrasts if item.test == found.test), None)
    loops = [loop for item in above for loop in [case.program.loops_around(item)] if loop]
    in_for_only = (
        bool(above)
        and len(loops) == len(above)
        and all(
            isinstance(group[-1], ast.For) or item in loop_targets(home)
            for group, item in zip(loops, above, strict=True)
        )
    )
    whole_chain = _chain_without_else(case, above)
    if above and all(isinstance(item, ast.For) for item in above):
        in_for_only = True
    if in_for_only and test is not None and test.empty_input:
        yield Sign("empty-input-forgotten", (found.line,), 0.85, fact, why + " Its input is empty.", found.tests)
        yield Sign("variable-before-assignment", (found.line,), 0.7, fact, why, found.tests)
    elif whole_chain is not None:
        yield Sign("missing-else-case", (whole_chain, found.line), 0.8, fact, why + " No branch applied.", found.tests)
        yield Sign("variable-before-assignment", (found.line,), 0.75, fact, why, found.tests)
    else:
        yield Sign("variable-before-assignment", (found.line,), 0.88, fact, why, found.tests)


def loop_targets(function: Function) -> frozenset[ast.AST]:
    """The for statements of a function."""
    return frozenset(node for node in function.nodes if isinstance(node, ast.For))


def _chain_without_else(case: Examination, stores: list[ast.stmt]) -> int | None:
    """Line of an if/elif chain of two or more links that assigns in each link and has no else."""
    for store in stores:
        above = case.program.parent(store)
        if isinstance(above, ast.If):
            top = above
            while isinstance(outer := case.program.parent(top), ast.If) and outer.orelse == [top]:
                top = outer
            links, other = chain(top)
            if len(links) >= 2 and not other and all(any(s in link.body for s in stores) for link in links):
                return top.lineno
    return None


def name_errors(case: Examination) -> Iterator[Sign]:
    """A name that exists elsewhere: later, in another function, in a module, on the object."""
    seen: set[tuple[str, int]] = set()
    for found in case.raised("NameError", NAME):
        name, line = found.name, found.line
        if not line or (name, line) in seen:
            continue
        seen.add((name, line))
        home = _home(case, found)
        lines = (line,)
        why = f"NameError in {name_tests(found.tests)}." if found.test else "Loading the program raises NameError."
        if name in MODULES and name not in case.program.imports:
            fact = f"Line {line}: `{name}` is used, and the program does not import it."
            yield Sign("import-missing", lines, 0.95, fact, why, found.tests)
        elif name in _FUNCTIONS_OF and not _stored_anywhere(case, name):
            module = _FUNCTIONS_OF[name]
            if module in case.program.imports:
                fact = f"Line {line}: `{name}` is used without `{module}.` before it."
                yield Sign("module-function-without-prefix", lines, 0.95, fact, why, found.tests)
            else:
                fact = f"Line {line}: `{name}` belongs to the module {module}, which is not imported."
                yield Sign("import-missing", lines, 0.88, fact, why, found.tests)
        elif home is not None and home.owner is not None and _on_object(case, home.owner, name):
            fact = f"Line {line}: `{name}` is used without `self.` before it, while the class {home.owner} has it."
            yield Sign("missing-self-prefix", lines, 0.93, fact, why, found.tests)
        elif name == "self" and home is not None and home.owner is not None:
            fact = f"Line {home.line}: the method {home.name} uses `self` and has no such parameter."
            yield Sign("missing-self-parameter", (home.line, line), 0.95, fact, why, found.tests)
        else:
            yield from _defined_elsewhere(case, found, home, why)


def _on_object(case: Examination, owner: str, name: str) -> bool:
    methods = case.program.methods(owner)
    own = {
        node.attr
        for method in methods
        for node in method.nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    }
    return name in own or any(method.name == name for method in methods)


def _defined_elsewhere(case: Examination, found: Raised, home: Function | None, why: str) -> Iterator[Sign]:
    name, line = found.name, found.line
    module_level = [node for node in case.program.top if name in _stores(node)]
    later = [node for node in module_level if getattr(node, "lineno", 0) > line]
    if module_level and home is None:
        statements = [case.program.statement_of(node) for node in module_level]
        if all(isinstance(item, ast.AugAssign) for item in statements):
            fact = f"Line {line}: `{name}` is added to, and nothing above gives it a first value."
            yield Sign("accumulator-not-initialised", (line,), 0.95, fact, why, found.tests)
        elif len(later) == len(module_level):
            where = min(getattr(node, "lineno", line) for node in later)
            fact = f"Line {line}: `{name}` is used here and defined only below, on line {where}."
            yield Sign("code-runs-all-at-once", (line, where), 0.85, fact, why, found.tests)
            if not any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in later):
                yield Sign("variable-before-assignment", (line, where), 0.8, fact, why, found.tests)
        else:
            fact = f"Line {line}: `{name}` is read, and the lines that assign it were not run before."
            yield Sign("variable-before-assignment", (line,), 0.88, fact, why, found.tests)
        return
    if module_level or (home is not None and name in home.locals):
        return
    for owner in case.program.functions:
        made = [s for store in owner.stores(name) if isinstance(s := case.program.statement_of(store), ast.Assign)]
        if owner is home or not made or name in owner.declared_elsewhere:
            continue
        # A name copied along from a neighbouring function is a slip; one that was meant to come from a call is not.
        called = any(called_name(node) == owner.name for node in (home.nodes if home else case.program.top))
        fact = f"Line {line}: `{name}` belongs to the function {owner.name} and is not known here."
        yield Sign("local-is-global", (line,), 0.93 if called else 0.7, fact, why, found.tests)
        return


def _stores(node: ast.AST) -> frozenset[str]:
    return frozenset(stored_names(node))


def parameter_overwritten(case: Examination) -> Iterator[Sign]:
    """A parameter that gets another value before its own was read."""
    for function in case.functions:
        for statement in function.body:
            if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
                break
            target = statement.targets[0]
            if not isinstance(target, ast.Name):
                break
            if target.id not in function.parameters or names_in(statement.value) & set(function.parameters):
                continue
            fresh = isinstance(statement.value, ast.Constant | ast.List | ast.Tuple | ast.Dict)
            reads_input = isinstance(statement.value, ast.Call) and "input" in names_in(statement.value)
            if fresh or reads_input:
                line = statement.lineno
                fact = f"Line {line}: the parameter `{target.id}` gets a new value before its own is used."
                yield Sign(
                    "parameter-overwritten", (line,), 0.9, fact, "What the test hands over is lost.", case.failed_ids
                )


def shadowing_built_in(case: Examination) -> Iterator[Sign]:
    """A built-in function hidden behind a variable and then called."""
    for line, found in case.raised_at("TypeError", r"'(\w+)' object is not callable").items():
        home = case.function_at(line)
        called = {
            node.func.id
            for node in case.nodes_at(line)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        hidden = {name for name in called & BUILT_IN_NAMES if name in case.program.names_visible_in(home)}
        for name in sorted(hidden):
            tests = tuple(test for item in found for test in item.tests)
            fact = f"Line {line}: `{name}` is called as a function, and the program uses `{name}` as a variable."
            yield Sign("shadowing-built-in", (line,), 0.95, fact, f"TypeError in {name_tests(tests)}.", tests)
