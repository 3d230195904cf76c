"""Scorers of how a run went, on spans whose times and tokens are known."""

from __future__ import annotations

from typing import Any

import pytest

from gradatim.evals.scorers import SCORERS, Score
from gradatim.evals.scorers.trajectory.cost import cost_at
from gradatim.evals.traces import Event, Span
from tests.evals.scorers import made
from tests.evals.scorers.made import changed, run, span


def scored(key: str, *spans: Any, reference: Any = None, **outputs: Any) -> Score:
    """The score of a run with these spans."""
    given = made.outputs() | {"spans": run(*spans) if spans else []} | outputs
    return SCORERS[key].scorer(inputs={}, outputs=given, reference_outputs=reference or {})


def agents(*names: str) -> list[Any]:
    """Agents one after the other, a second each."""
    return [span(f"{place}", "invoke_agent", name, place, place + 1) for place, name in enumerate(names)]


class TestPath:
    @pytest.mark.parametrize(
        ("taken", "matches"),
        [
            (("a", "b", "c"), {"strict", "unordered", "subset", "superset"}),
            (("b", "a", "c"), {"unordered", "subset", "superset"}),
            (("a", "b"), {"subset"}),
            (("a", "b", "c", "c"), {"subset", "superset"}),
            (("a", "b", "c", "d"), {"superset"}),
            (("a", "d"), set[str]()),
        ],
    )
    def test_degrees(self, taken: tuple[str, ...], matches: set[str]) -> None:
        reference = {"path": ["a", "b", "c"]}
        for degree in ("strict", "unordered", "subset", "superset"):
            assert scored(f"path_{degree}", *agents(*taken), reference=reference)["score"] is (degree in matches), (
                degree
            )

    def test_side_by_side_either_may_come_first(self) -> None:
        both = [
            span("1", "invoke_agent", "recall", 0.0, 2.0),
            span("2", "invoke_agent", "execute", 0.1, 1.0),
            span("3", "invoke_agent", "diagnose", 2.0, 3.0),
        ]
        for path in (["execute", "recall", "diagnose"], ["recall", "execute", "diagnose"]):
            assert scored("path_strict", *both, reference={"path": path})["score"] is True
        assert scored("path_strict", *both, reference={"path": ["diagnose", "recall", "execute"]})["score"] is False

    def test_any_of_several_paths(self) -> None:
        found = scored("path_strict", *agents("a", "c"), reference={"path": [["a", "b"], ["a", "c"]]})
        assert found["score"] is True

    def test_what_is_too_much_and_what_is_missing(self) -> None:
        found = scored("path_strict", *agents("a", "d"), reference={"path": ["a", "b"]})
        assert found["metadata"]["extra"] == ["d"]
        assert found["metadata"]["missing"] == ["b"]

    @pytest.mark.parametrize("path", [None, [], "a", [1, 2], [[]], [["a", 1]]])
    def test_no_path_is_expected(self, path: Any) -> None:
        found = scored("path_strict", *agents("a"), reference={"path": path})
        assert found["score"] is None
        assert "reference.path" in found["comment"]

    def test_spans_of_the_recording(self) -> None:
        own = Span("1", None, "invoke_agent a", "invoke_agent", 0, 5)
        assert scored("path_strict", spans=(own,), reference={"path": ["a"]})["score"] is True


class TestCalls:
    def call(self, id: str, arguments: Any, ok: bool = True) -> Any:
        return span(id, "execute_tool", "run", 1, 2, ok=ok, attributes={"gen_ai.tool.call.arguments": arguments})

    def test_same_arguments_twice(self) -> None:
        calls = [self.call("1", {"a": 1, "b": 2}), self.call("2", {"b": 2, "a": 1}), self.call("3", {"a": 2})]
        found = scored("needless_calls", *calls)
        assert found["score"] == 1
        assert found["metadata"]["repeated"] == ["execute_tool run ×2"]

    def test_a_call_that_failed_may_be_made_again(self) -> None:
        assert scored("needless_calls", self.call("1", "x", ok=False), self.call("2", "x"))["score"] == 0

    def test_arguments_that_were_not_recorded(self) -> None:
        calls = [span("1", "execute_tool", "run", 1, 2), span("2", "execute_tool", "run", 2, 3)]
        assert scored("needless_calls", *calls)["score"] is None
        assert scored("needless_calls", *agents("execute"))["score"] == 0

    def test_same_question_with_another_seed_is_another_question(self) -> None:
        def asked(id: str, seed: int) -> Any:
            return span(
                id, "chat", "m", 1, 2, attributes={"gen_ai.input.messages": ["hello"], "gen_ai.request.seed": seed}
            )

        assert scored("needless_calls", asked("1", 1), asked("2", 2))["score"] == 0
        assert scored("needless_calls", asked("1", 1), asked("2", 1))["score"] == 1

    def test_what_was_settled(self) -> None:
        spans = [span("1", "invoke_agent", "generate", 0, 3), span("2", "chat", "m", 1, 2, parent="1")]
        reused = changed(made.outputs(), "feedback.reused", True)["feedback"]
        assert scored("needless_calls", *spans)["score"] == 0
        assert scored("needless_calls", *spans, feedback=reused)["score"] == 1

    def test_tool_errors(self) -> None:
        found = scored("tool_errors", self.call("1", "x", ok=False), self.call("2", "y"), span("3", "chat", "m", 1, 2))
        assert found["score"] == 1
        assert found["metadata"] == {"calls": 2, "failed": {"run": 1}}

    def test_loops_and_retries(self) -> None:
        spans = [
            span("1", "invoke_agent", "generate", 0, 1),
            span("2", "invoke_agent", "verify", 1, 2, ok=False),
            span("3", "invoke_agent", "verify", 2, 3),
            span("4", "invoke_agent", "generate", 3, 4),
            span("5", "invoke_agent", "verify", 4, 5),
            span("6", "invoke_agent", "deliver", 5, 6, attributes={"gradatim.node.attempt": 2}),
        ]
        assert scored("retries", *spans)["metadata"]["retried"] == {"verify": 1, "deliver": 1}
        found = scored("loops", *spans)
        assert found["score"] == 2
        assert found["metadata"]["visits"] == {"generate": 2, "verify": 2}

    def test_loops_without_spans(self) -> None:
        assert scored("loops", revisions=2)["score"] == 2

    def test_degradations(self) -> None:
        assert scored("degradations")["score"] == 0
        found = scored("degradations", degradations=[{"node": "generate", "reason": "down"}])
        assert found["score"] == 1
        assert found["metadata"]["nodes"] == ["generate"]


class TestTime:
    SPANS = (
        span("1", "invoke_agent", "execute", 0, 2),
        span("2", "invoke_agent", "generate", 2, 9),
        span("3", "chat", "m", 2.5, 6, parent="2"),
        span("4", "chat", "m", 4, 8, parent="2"),
        span("5", "invoke_agent", "execute", 9, 9.5),
    )

    def test_whole_nodes_model_and_overhead(self) -> None:
        found = scored("latency", *self.SPANS)
        assert found["score"] == pytest.approx(10.0)
        assert found["metadata"]["nodes"] == pytest.approx({"execute": 2.5, "generate": 7.0})
        assert found["metadata"]["model"] == pytest.approx(5.5)  # questions side by side count once
        assert found["metadata"]["overhead"] == pytest.approx(4.5)

    def test_without_spans(self) -> None:
        assert scored("latency")["score"] == pytest.approx(2.5)
        assert scored("latency", seconds={"a": float("nan")})["score"] is None

    def test_formats_without_times(self) -> None:
        still = [span("1", "invoke_agent", "deliver", 0, 0), span("2", "chat", "m", 0, 0)]
        for key in ("latency", "first_text"):
            found = scored(key, spans=[*run(end=0.0), *still])
            assert found["score"] is None
            assert "not recorded" in found["comment"]
        path = [span("1", "invoke_agent", "deliver", 0, 0)]
        for key in ("tokens_input", "retries", "tool_errors", "needless_calls"):
            found = scored(key, spans=[*run(end=0.0), *path], usage=None)
            assert found["score"] is None
            assert "path" in found["comment"]
        assert scored("loops", spans=[*run(end=0.0), *path])["score"] == 0

    def test_a_run_that_ends_before_it_begins(self) -> None:
        assert scored("latency", spans=run(end=-1.0))["score"] is None

    def test_first_text(self) -> None:
        assert scored("first_text", *self.SPANS)["score"] == pytest.approx(6.0)
        chunk = span("9", "chat", "m", 3, 8, attributes={"gen_ai.response.time_to_first_chunk": 0.25})
        assert scored("first_text", chunk)["score"] == pytest.approx(3.25)
        event = Span("9", "r", "chat m", "chat", 0, 9, events=(Event("first_token", 7),))
        assert scored("first_text", spans=(event,))["score"] == pytest.approx(7e-9)
        plain = span("9", "chat", "m", 3, 8, events=[{"name": "first_token", "at": 4 * made.SECOND}, {"at": "x"}, 1])
        assert scored("first_text", plain)["score"] == pytest.approx(4.0)
        assert scored("first_text", *agents("execute", "deliver"))["score"] == pytest.approx(2.0)
        assert scored("first_text", *agents("execute"))["score"] is None


class TestTokens:
    def asked(self, id: str, read: int, written: int, cached: int = 0) -> Any:
        usage = {
            "gen_ai.usage.input_tokens": read,
            "gen_ai.usage.output_tokens": written,
            "gen_ai.usage.cache_read.input_tokens": cached,
        }
        return span(id, "chat", "m", 1, 2, attributes=usage)

    def test_of_all_questions(self) -> None:
        spans = [self.asked("1", 1000, 50), self.asked("2", 500, 100, 400)]
        assert scored("tokens_input", *spans)["score"] == 1500
        assert scored("tokens_output", *spans)["score"] == 150
        assert scored("tokens_cached", *spans)["score"] == 400

    def test_older_names(self) -> None:
        old = span("1", "chat", "m", 1, 2, attributes={"gen_ai.usage.prompt_tokens": 7})
        assert scored("tokens_input", old)["score"] == 7

    def test_by_the_outputs(self) -> None:
        assert scored("tokens_input")["score"] == 800
        assert scored("tokens_input", span("1", "chat", "m", 1, 2))["score"] == 800

    def test_no_model(self) -> None:
        assert scored("tokens_input", *agents("execute"), usage={})["score"] == 0
        assert scored("cost", *agents("execute"), usage={})["score"] == 0

    def test_not_recorded(self) -> None:
        assert scored("tokens_input", span("1", "chat", "m", 1, 2), usage=None)["score"] is None

    def test_cost(self) -> None:
        spans = [self.asked("1", 1_000_000, 500_000, 400_000)]
        prices = {"input": 2.0, "output": 8.0, "cached": 0.5}
        assert scored("cost", *spans, attributes={"prices": prices})["score"] == pytest.approx(1.2 + 0.2 + 4.0)
        del prices["cached"]
        assert scored("cost", *spans, attributes={"prices": prices})["score"] == pytest.approx(2.0 + 4.0)
        assert scored("cost", *spans, attributes={"cost": 0.3, "prices": prices})["score"] == 0.3
        assert scored("cost", *spans)["score"] is None
        given = made.outputs() | {"spans": run(*spans)}
        assert cost_at(prices)(inputs={}, outputs=given)["score"] == pytest.approx(6.0)
