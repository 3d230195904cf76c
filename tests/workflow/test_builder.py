"""Workflows put together in Python: the same as files, with the lines of Python in what is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import WorkflowError
from gradatim.graphs import Services
from gradatim.graphs.workflow import load_workflow
from gradatim.graphs.workflow.loading import PACKAGED
from gradatim.testing import TASK, assert_delivered, assert_path, run_workflow, submission
from gradatim.workflow import END, START, Workflow, node, otherwise, parse, read, when
from tests.workflow.nodes import verbose, word_count

HERE = Path(__file__).parent


def lab() -> Workflow:
    """Feedback in a lab, in twenty lines."""
    flow = Workflow("lab", "Feedback in a lab.").inputs("task", "submission").outputs("outcome")
    rounds = flow.parameter("rounds", int, default=1, minimum=0, maximum=5)
    execute, recall = flow.add("execute", retry=2), flow.add("recall")
    flow.chain(START, "intake")
    flow.edge("intake", [execute, recall]).join([execute, recall], flow.add("diagnose", repair_seconds=0.5))
    flow.chain("diagnose", "retrieve", flow.add(word_count, comments=False), flow.add("generate", timeout="model"))
    flow.chain("generate", "verify", "critique", "decide")
    revise, review, deliver = flow.add("revise"), flow.add("human_review"), flow.add("deliver")
    flow.route(
        "decide",
        when('confidence.route == "revise"').to(revise).at_most(rounds),
        when("confidence.value >= 0.5 and word_count < 100").to(deliver),
        otherwise(review),
    )
    return flow.edge(revise, "retrieve").edge(review, deliver).edge(deliver, END)


def raised(make: Any) -> WorkflowError:
    with pytest.raises(WorkflowError) as caught:
        make()
    return caught.value


def line_of(text: str) -> int:
    """The line of this file on which something stands."""
    return next(number for number, line in enumerate(Path(__file__).read_text().splitlines(), 1) if text in line)


def test_it_is_checked_and_written_and_read() -> None:
    flow = lab().check()
    text = flow.to_yaml()
    assert "imports: [nodes.py]" in text
    assert "  - {when: confidence.value >= 0.5 and word_count < 100, to: deliver}" in text
    assert "at_most: '${rounds}'" in text
    again = parse(text, folder=HERE)
    assert again == flow
    assert again.to_yaml() == text
    assert again.problems() == ()
    again.add("note")
    assert again != flow


def test_it_is_saved_beside_its_nodes_and_loaded(tmp_path: Path) -> None:
    flow = lab()
    with pytest.raises(WorkflowError, match=r"nodes\.py lies in .*, not beside"):
        flow.save(tmp_path / "lab.yaml")
    shutil.copy(HERE / "nodes.py", tmp_path)
    copied = read((tmp_path / "lab.yaml").with_name(_written(tmp_path, flow)))
    assert copied == flow
    path = copied.save(tmp_path / "lab.yaml")
    assert load_workflow(path).spec == flow.spec()
    assert read(path) == flow


def _written(folder: Path, flow: Workflow) -> str:
    (folder / "by-hand.yaml").write_text(flow.to_yaml())
    return "by-hand.yaml"


EXAMPLES = HERE.parents[1] / "examples" / "workflows"


@pytest.mark.parametrize(
    "path", sorted([*PACKAGED.glob("*.yaml"), *EXAMPLES.glob("*.yaml")]), ids=lambda path: path.stem
)
def test_packaged_workflows_survive_the_round(path: Path) -> None:
    flow = read(path)
    assert parse(flow.to_yaml(), folder=path.parent) == flow
    assert flow.problems() == ()


names = st.lists(st.from_regex(r"[a-z]{1,6}", fullmatch=True), min_size=2, max_size=6, unique=True)


@settings(max_examples=20, deadline=None)
@given(names, st.data())
def test_any_workflow_survives_the_round(nodes: list[str], data: Any) -> None:
    flow = Workflow(
        "any", data.draw(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30))
    )
    bound = flow.parameter("bound", int, default=data.draw(st.integers(0, 9)))
    for name in nodes:
        settings_ = data.draw(st.dictionaries(st.from_regex(r"[a-z]{3,8}_", fullmatch=True), texts, max_size=2))
        retry = data.draw(st.none() | st.integers(1, 10))
        flow.add("work", name, with_=settings_, retry=retry, cache=data.draw(st.booleans()))
    flow.chain(START, *nodes, END)
    flow.route(nodes[-1], when("a == 1").to(nodes[0]).at_most(bound), otherwise(*nodes[:2]))
    assert parse(flow.to_yaml()) == flow


texts = st.recursive(
    st.integers(-5, 5)
    | st.booleans()
    | st.sampled_from(["", "yes", "a: b", "- x", "two\nlines\n", "${bound}", "中文", "1e3"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["k", "on"]), inner, max_size=2),
    max_leaves=4,
)


def test_what_is_wrong_is_told_with_the_line_of_python() -> None:
    flow = lab()
    flow.add("exicute")  # a kind that there is not
    flow.edge("exicute", "nowhere")  # a node that there is not
    problems = flow.problems()
    places = {problem.place for problem in problems}
    assert f"test_builder.py:{line_of('# a kind that there is ' + 'not')}" in places
    assert f"test_builder.py:{line_of('# a node that there is ' + 'not')}" in places
    assert any("did you mean 'execute'?" in problem.remedy for problem in problems)
    error = raised(flow.check)
    assert error.problems == problems


def test_mistakes_are_refused_at_once() -> None:
    flow = lab()
    again = raised(lambda: flow.add("execute"))
    assert (again.message, again.place) == (
        "there is a node 'execute' already",
        f"test_builder.py:{line_of('again = ' + 'raised')}",
    )
    assert f"test_builder.py:{line_of('execute, recall = ' + 'flow.add')}" in str(again.remedy)
    for make, told in (
        (lambda: flow.add("execute", "a node", retry=2), "is no name"),
        (lambda: flow.add("execute", "END"), "is no name"),
        (lambda: flow.add("execute", "b", retry=99), "'retry' has to be less than or equal to 10, not 99"),
        (lambda: flow.add("execute", "c", timeout=-1), "timeout"),
        (lambda: flow.add(len, "d"), "is no kind of node"),
        (lambda: flow.parameter("rounds", int), "there is a parameter 'rounds' already"),
        (lambda: flow.parameter("x", dict), "a parameter cannot be"),  # type: ignore[arg-type]
        (lambda: flow.parameter("no name", int), "is no name"),
        (lambda: flow.route("decide", when("1 == 1").to("deliver").at_most(-1)), "at_most"),
        (lambda: flow.imports("no-such.py"), "is no Python file here"),
        (lambda: flow.add_workflow("no-such.yaml"), "'no-such' names 'no-such.yaml' in"),
        (lambda: flow.add_workflow("packaged:assesment").name and flow.loaded(), "there is no packaged workflow"),
        (lambda: flow.edge("execute", None), "None is no node"),  # type: ignore[arg-type]
        (lambda: flow.join(["execute", 3], "decide"), "3 is no node"),  # type: ignore[list-item]
        (lambda: flow.route("decide"), "the route of 'decide' leads nowhere"),
        (lambda: Workflow("two words").edge(START, "a").spec(), "workflow 'two words' is no name"),
        (lambda: Workflow("empty").spec(), "there are no nodes yet"),
    ):
        error = raised(make)
        assert told in str(error)
        assert error.remedy
        assert str(error.place).startswith("test_builder.py:"), error.place


def test_kinds_that_stand_in_no_file_cannot_be_written() -> None:
    scope: dict[str, Any] = {"node": node}
    exec("@node\ndef typed_in(id: str) -> int:\n    return 1\n", scope)
    flow = Workflow("typed").chain(START)
    flow.chain(START, flow.add(scope["typed_in"]), END).check()
    with pytest.raises(WorkflowError, match="the kind 'typed_in' stands in no file"):
        flow.to_yaml()


def test_parts_of_a_loop_may_be_given_by_name() -> None:
    flow = Workflow("by-name").inputs("submission").imports("nodes.py")
    flow.chain(START, "word_count", "verbose", END)
    assert flow.problems() == ()
    assert flow.spec().imports == ("nodes.py",)


@pytest.mark.asyncio(loop_scope="package")
async def test_it_runs(services: Services) -> None:
    inputs = {"task": TASK, "submission": submission()}
    run = await run_workflow(lab(), inputs, services=services)
    assert_path(run, ["intake", {"execute", "recall"}, "diagnose", "retrieve", "word_count", ..., "decide", "deliver"])
    assert_delivered(run)
    assert run.values["word_count"] == 24
    graph = lab().build(services, {"rounds": 2})
    assert "word_count" in graph.nodes


@pytest.mark.asyncio(loop_scope="package")
async def test_workflows_stand_inside_each_other(services: Services, tmp_path: Path) -> None:
    inner = Workflow("count").inputs("submission").outputs("verbose")
    inner.chain(START, inner.add(word_count), inner.add(verbose), END)
    outer = Workflow("all").inputs("submissions").outputs("all_verbose")
    each = outer.add_workflow(inner, for_each="submissions", as_="submission", writes={"verbose": "all_verbose"})
    outer.chain(START, each, END).check()
    given_ = {"submissions": [submission(), submission("x = 1\n")]}
    run = await run_workflow(outer, given_, services=services)
    assert run.values["all_verbose"] == [True, False]
    shutil.copy(HERE / "nodes.py", tmp_path)
    for flow in (inner, outer):  # as if the file of the nodes stood beside
        flow.draft.imports = dict.fromkeys(flow.draft.imports, tmp_path / "nodes.py")
    outer.draft.imports = {}
    path = outer.save(tmp_path / "all.yaml")
    assert path.with_name("count.yaml").read_text().startswith("workflow: count")
    again = await run_workflow(path, given_, services=services)
    assert again.values["all_verbose"] == [True, False]
