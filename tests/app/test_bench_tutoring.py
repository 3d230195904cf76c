from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
import yaml

from gradatim.app.bench import BenchRequest
from gradatim.app.bench.tutoring.arms import MAX_TOKENS, GraphArm, PlainArm
from gradatim.app.bench.tutoring.bench import Arm, lead, run
from gradatim.app.bench.tutoring.checks import Examiner, course_of
from gradatim.app.bench.tutoring.cohort import drawn, plant_faults, prove, read_faults
from gradatim.app.bench.tutoring.figures import beside, of_arm
from gradatim.app.bench.tutoring.leaks import shows
from gradatim.app.bench.tutoring.record import DialogueRecord, Kept, TurnRecord
from gradatim.domain import Task, TestCase
from gradatim.errors import InputError, StorageError
from gradatim.kg import EmbeddedStore, packaged_curriculum
from gradatim.serving.scripted import ScriptedChat
from gradatim.settings import Settings
from gradatim.testing.learners import Fault, Reply, SilentTutor
from gradatim.tools.claims import ClaimChecker
from gradatim.tools.sandbox import Sandbox, open_sandbox

EXAMPLES = Path(__file__).parents[2] / "examples"
WRONG = "def total_up_to(n):\n    total = 0\n    for i in range(1, n):\n        total += i\n    return total\n"
RIGHT = WRONG.replace("range(1, n)", "range(1, n + 1)")
TASK = {
    "id": "total-up-to",
    "title": "Total",
    "statement": "Write total_up_to(n), the sum of 1 to n.",
    "entry_point": "total_up_to",
    "tests": [{"call": "total_up_to(3)", "expect": 6}, {"call": "total_up_to(1)", "expect": 1}],
    "reference": RIGHT,
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncGenerator[Sandbox]:
    async with open_sandbox(Settings(workers=1)) as opened:
        yield opened


@pytest.fixture
def fault() -> Fault:
    tests = (TestCase(id="t1", call="total_up_to(3)", expect="6"), TestCase(id="t2", call="total_up_to(1)", expect="1"))
    task = Task(
        id="total-up-to",
        title="Total",
        statement="Write it.",
        entry_point="total_up_to",
        tests=tests,
        reference="def total_up_to(n):\n    return sum(list(range(n + 1)))\n",
    )
    return Fault.between(task, WRONG, RIGHT, "range-stop-included", origin="total-up-to/01.py")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small folder of data."""
    data = tmp_path / "data"
    (data / "tasks").mkdir(parents=True)
    (data / "submissions" / "total-up-to").mkdir(parents=True)
    (data / "tasks" / "total-up-to.yaml").write_text(yaml.safe_dump(TASK))
    (data / "submissions" / "total-up-to" / "01.py").write_text(WRONG)
    known = {"total-up-to": {"01.py": {"verdict": "incorrect", "lines": [3], "misconception": ["range-stop-included"]}}}
    (data / "expected.yaml").write_text(yaml.safe_dump(known))
    repairs = {"total-up-to": {"01.py": {3: "    for i in range(1, n + 1):"}}}
    (data / "repairs.yaml").write_text(yaml.safe_dump(repairs))
    return data


# ------------------------------------------------------------------------------------------ leaks


@pytest.mark.parametrize(
    "text",
    [
        f"```python\n{RIGHT}```",
        "The line should read for i in range(1, n + 1): then.",
        "What does `range(1, n + 1)` give?",
        "Try range( 1,n+1 ) instead.",
        "return sum(list(range(n + 1)))",
    ],
)
def test_code_of_the_solution_is_found(fault: Fault, text: str) -> None:
    assert shows(text, fault, WRONG)


@pytest.mark.parametrize(
    "text",
    [
        "Look at line 3: `for i in range(1, n):`.",
        "The stop of a range is not included.",
        "What is `total` after line 4 for `total_up_to(3)`?",
        "Here is another program: `for letter in range(2, 5):` prints 2, 3 and 4.",
        "`return total` is right.",
        "",
    ],
)
def test_what_the_learner_has_anyway_is_no_leak(fault: Fault, text: str) -> None:
    assert shows(text, fault, WRONG) is None


# ------------------------------------------------------------------------------------------ with a sandbox


@pytest.mark.asyncio(loop_scope="module")
async def test_texts_are_checked_by_running_what_they_say(fault: Fault, sandbox: Sandbox) -> None:
    examiner = Examiner(ClaimChecker(sandbox, EmbeddedStore(packaged_curriculum())), fault, "en")
    right = await examiner.check("For `total_up_to(3)` your program gives 3, but 6 is needed.", WRONG)
    assert (right.leak, right.refuted, right.sentences) == (None, (), 1)
    wrong = await examiner.check("`total_up_to(3)` gives 17.", WRONG)
    assert wrong.refuted == ("`total_up_to(3)` gives 17.",)
    # nothing of the repair stands there as it is, but putting it in works
    exchanged = await examiner.check("Change `1, n)` to `1, 1+n)`.", WRONG)
    assert exchanged.leak == "for i in range(1, 1+n):"
    worse = WRONG.replace("total += i", "total += 0")
    back = "Take the last change back. `total_up_to(3)` gives 3."
    assert (await examiner.check(back, worse, [WRONG])).refuted == ()
    assert (await examiner.check(back, worse)).refuted != ()
    general = "The call on the way up must return 17 for `total_up_to(3)`."
    assert (await examiner.check(general, WRONG)).refuted != ()
    course = Examiner(ClaimChecker(sandbox, EmbeddedStore(packaged_curriculum())), fault, "en", frozenset({general}))
    assert (await course.check(general, WRONG)).refuted == ()
    assert any("never among its numbers" in text for text in course_of(packaged_curriculum()))
    example = "Here is another program:\n```python\nx = 1\nprint(x + 1)\n```\nIt prints `{}`."
    assert (await examiner.check(example.format(2), WRONG)).refuted == ()
    assert (await examiner.check(example.format(3), WRONG)).refuted != ()
    lines = "A small example:\n```python\nprint(6)\nprint(3.142)\n```\nIt prints `6` / `{}`."
    assert (await examiner.check(lines.format(3.142), WRONG)).refuted == ()
    assert (await examiner.check(lines.format(3.1), WRONG)).refuted != ()


@pytest.mark.asyncio(loop_scope="module")
async def test_faults_are_read_planted_and_proved(folder: Path, sandbox: Sandbox) -> None:
    graph = packaged_curriculum()
    (fault,), left_out = await read_faults(folder, sandbox, graph)
    assert left_out == 0
    assert fault.right == RIGHT
    assert "never" in fault.counter
    await prove(sandbox, fault)
    grown = await plant_faults(folder, sandbox, graph, 3)
    assert len(grown) == 3
    for item in grown:
        await prove(sandbox, item)
    with pytest.raises(InputError, match="passes every test"):
        await prove(sandbox, Fault.between(fault.task, RIGHT, WRONG, "range-stop-included"))


@pytest.mark.asyncio(loop_scope="module")
async def test_without_written_repairs_they_are_searched(folder: Path, sandbox: Sandbox) -> None:
    (folder / "repairs.yaml").write_text("{}")
    (fault,), _ = await read_faults(folder, sandbox, packaged_curriculum())
    await prove(sandbox, fault)
    assert 3 in fault.lines


@pytest.mark.asyncio(loop_scope="module")
async def test_broken_data_are_named(folder: Path, sandbox: Sandbox) -> None:
    (folder / "repairs.yaml").write_bytes(b"\xff\xfe: [")
    with pytest.raises(InputError) as raised:
        await read_faults(folder, sandbox, packaged_curriculum())
    assert "repairs.yaml" in str(raised.value)


async def test_every_example_has_a_repair(sandbox: Sandbox) -> None:
    faults, left_out = await read_faults(EXAMPLES, sandbox, packaged_curriculum())
    assert len(faults) == 120
    assert left_out == 0
    assert len({fault.kind for fault in faults}) >= 20
    for fault in faults:
        assert {patch.first for patch in fault.patches} & fault.lines


def test_learners_are_spread_over_tasks_and_languages(fault: Fault) -> None:
    learners = drawn([fault], 8)
    assert [learner.language for learner in learners].count("zh") == 2
    assert len({learner.seed for learner in learners}) == 8
    assert len({learner.id for learner in learners}) == 8
    assert drawn([fault], 8) == learners


# ------------------------------------------------------------------------------------------ arms


async def test_the_model_alone_gets_task_program_and_messages_only(fault: Fault) -> None:
    model = ScriptedChat(script=["What does range give? And then a sentence that", "Fine."])
    arm = PlainArm(model)
    opening = Reply("It does not work.", fault.code, "open")
    said = await arm.begin(fault.task, opening, "zh")
    assert said.text == "What does range give?"
    await arm.answer(Reply("I think 3."))
    first, second = model.requests
    assert first.arguments["max_tokens"] == MAX_TOKENS
    assert fault.task.statement in first.text
    assert fault.code.strip() in first.text
    assert "Chinese" in first.text
    assert len(second.messages) == 4
    for hidden in (RIGHT, "range-stop-included", fault.task.reference or "-"):
        assert hidden not in second.text


async def test_only_the_text_of_the_graph_reaches_the_learner(fault: Fault) -> None:
    heard: list[Any] = []

    class Tutor:
        async def start(self, **given: Any) -> Any:
            heard.append(given)
            return SimpleNamespace(session="s1", text="Hello.", ended=False, held=False, statements=("secret",))

        async def hear(self, session: str, message: str, code: str | None = None) -> Any:
            heard.append((session, message, code))
            return SimpleNamespace(session="s1", text="Bye.", ended=True, held=False)

    arm = GraphArm(Tutor())  # type: ignore[arg-type]
    said = await arm.begin(fault.task, Reply("Help", fault.code, "open"), "en")
    assert (said.text, said.ended) == ("Hello.", False)
    said = await arm.answer(Reply("I changed it", RIGHT))
    assert said.ended
    assert heard[0]["code"] == fault.code
    assert heard[1] == ("s1", "I changed it", RIGHT)


# ------------------------------------------------------------------------------------------ records


def record(learner: str = "1", how: str | None = None, **turn: Any) -> DialogueRecord:
    plain: dict[str, Any] = {
        "program": WRONG, "text": "Look at line 3. Why?", "message": "No idea.", "code": None, "act": "agree",
        "passed": None, "how": None, "line": None, "right": None, "names_fault": True, "questions": 1, "words": 6,
        "words_back": 2, "leak": None, "refuted": (),
    }  # fmt: skip
    return DialogueRecord(
        arm="none", model="none", learner=learner, task="t", misconception="m", kind="guard", language="en", seed=1,
        reveals=False, opening="Help", turns=(TurnRecord(**{**plain, **turn}),) * 2, how=how, seconds=1.0,
    )  # fmt: skip


def test_figures_count_what_they_say() -> None:
    records = [
        record("1", "understood"),
        record("2", "copied", leak="n + 1"),
        record("3", "lucky"),
        record("4", refuted=("It gives 17.",)),
    ]
    figures = of_arm("none", records)
    assert figures["none_reached"] == 0.5
    assert figures["none_copied"] == 0.25
    assert figures["none_passed"] == 0.75
    assert figures["none_lucky"] == 0.25
    assert figures["none_leaked_dialogues"] == 1
    assert figures["none_refuted_claims"] == 2
    assert figures["none_questions_a_turn"] == 1
    assert figures["none_talk_ratio"] == 0.75
    assert figures["none_names_faulty_line"] == 1
    assert figures["none_mean_turns_to_pass"] == 2
    assert (figures["none_reached_low"], figures["none_reached_high"]) == pytest.approx((0.15, 0.85), abs=0.01)
    others = [record("1"), record("2", "understood"), record("3")]
    assert beside(records, others, ("graph", "plain")) == {"only_graph_reached": 2, "only_plain_reached": 1}
    assert of_arm("none", []) == {}


def test_where_the_task_shows_its_solution_nothing_is_leaked() -> None:
    shown = record("1", leak="n + 1").model_copy(update={"reveals": True})
    assert of_arm("none", [shown])["none_leaked_dialogues"] == 0


def test_dialogues_are_kept_and_a_line_that_was_cut_off_is_led_again(tmp_path: Path) -> None:
    kept = Kept(tmp_path, "none", "none")
    kept.add(record("1"))
    kept.add(record("2"))
    whole = kept.path.read_text()
    kept.path.write_text(whole[:-30])
    again = Kept(tmp_path, "none", "none")
    assert again.path == kept.path
    assert again.get("1") == record("1")
    assert again.get("2") is None
    assert Kept(tmp_path, "none", "other").path != kept.path


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(StorageError, match="cannot be written"):
        Kept(tmp_path / "taken", "none", "none").add(record())


@pytest.mark.asyncio(loop_scope="module")
async def test_a_run_goes_on_where_it_was(fault: Fault, sandbox: Sandbox, tmp_path: Path) -> None:
    services: Any = SimpleNamespace(sandbox=sandbox, concepts=EmbeddedStore(packaged_curriculum()))
    arm = Arm("silent", "", lambda _: SilentTutor())
    learners = drawn([fault], 2)
    said: list[str] = []
    first = await lead(arm, learners[:1], Kept(tmp_path, "silent", ""), services, said.append)
    both = await lead(arm, learners, Kept(tmp_path, "silent", ""), services, said.append)
    assert both[0] == first[0]
    assert len(said) == 2
    assert len(both) == 2
    assert all(turn.text == "Think about it again. What could be wrong?" for turn in both[0].turns)
    assert await lead(arm, learners, Kept(tmp_path, "silent", ""), services, said.append) == both
    assert len(said) == 2


def test_the_benchmark_runs(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradatim.app.bench.tutoring.sensitivity.MAIN", ("near",))
    model = ScriptedChat(script=lambda _: "You should write `for i in range(1, n + 1):` in line 3.")
    monkeypatch.setattr("gradatim.app.bench.tutoring.bench.open_chat_model", lambda spec, settings: model)
    said: list[str] = []
    settings = Settings(model="scripted", data_dir=tmp_path / "kept", workers=1, repair_seconds=0.3)
    figures = run(BenchRequest(settings, folder, said.append, 1))
    assert json.dumps(figures)
    for arm in ("silent", "telling", "none", "tutor", "plain"):
        assert figures[f"{arm}_dialogues"] == 1
        assert {f"{arm}_read_again", f"{arm}_by_patterns", f"{arm}_least", f"{arm}_most"} <= figures.keys()
    assert figures["silent_reached"] == 0.0
    assert figures["telling_names_faulty_line"] == 1.0
    # the model alone gives the line away; the graph does not let it
    assert (figures["plain_leaked_dialogues"], figures["plain_copied"]) == (1, 1.0)
    assert (figures["none_leaked_dialogues"], figures["tutor_leaked_dialogues"]) == (0, 0)
    assert {"gap_least", "gap_most", "only_tutor_beside_plain_reached"} <= figures.keys()
    assert len(list((tmp_path / "kept" / "bench" / "tutoring").glob("*.jsonl"))) == 5


def test_a_folder_without_data_is_named(tmp_path: Path) -> None:
    request = BenchRequest(Settings(model="none", data_dir=tmp_path), tmp_path, lambda _: None, 1)
    with pytest.raises(InputError, match=r"expected\.yaml"):
        run(request)
