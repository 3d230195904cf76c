from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.graphs.reports import Document, class_report, render_markdown
from gradatim.graphs.reports.classmates import classmates
from gradatim.graphs.reports.document import Note, Said, Section, Table
from gradatim.graphs.reports.grouping import SMALLEST, suppressed
from gradatim.languages import speaking
from gradatim.memory import LearnerMemory, open_memory
from gradatim.memory.rights.consent import consent_event
from gradatim.memory.rights.disputes import correction_event
from gradatim.memory.rights.guard import guarded
from gradatim.settings import Settings
from tests.graphs.reports.material import BEGIN, NOW, attempt, classroom, graph

SETTINGS = Settings(assumed_consent=("personalisation",))


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[LearnerMemory]:
    async with open_memory(Settings(data_dir=tmp_path)) as opened:
        yield opened


async def report(memory: LearnerMemory, **options: bool) -> Document:
    found = await classmates(memory, SETTINGS, graph(), None, now=NOW)
    return class_report(found, graph(), now=NOW, **options)


def part(document: Document, key: str) -> Section:
    return next(item for item in document.sections if item.key == key)


def rows(section: Section) -> list[list[str]]:
    tables = [block for block in section.blocks if isinstance(block, Table)]
    return [[cell.text for cell in row.cells] for table in tables for row in table.rows]


def said(section: Section) -> list[str]:
    return [block.text for block in section.blocks if isinstance(block, Said | Note)]


async def test_a_class(memory: LearnerMemory) -> None:
    await memory.append(classroom(12))
    document = await report(memory)
    (row,) = rows(part(document, "mastery"))
    assert row[:2] == ["for loop", "12"]
    assert row[3:] == ["–", "–"]  # three are below, whom the others would give away
    (fault,) = rows(part(document, "misconceptions"))
    assert fault[0] == "off by one loop"
    assert fault[1] == "12"
    tasks = {row[0]: row for row in rows(part(document, "tasks"))}
    assert tasks["task-9"][1:3] == ["11", "11"]
    assert tasks["task-9"][3].startswith("73%")
    assert float(tasks["task-1"][5]) < 0 < float(tasks["task-0"][5])
    assert next(iter(tasks)) == "task-0"  # the most difficult first


async def test_who_may_need_help_is_named_in_the_order_of_names(memory: LearnerMemory) -> None:
    await memory.append(classroom(12))
    document = await report(memory)
    told = [block for block in part(document, "help").blocks if isinstance(block, Said)]
    names = [block.text.split(":")[0] for block in told]
    assert names == sorted(names)
    assert {"l0", "l1", "l2", "l11"} <= set(names)
    assert not {"l3", "l4", "l5", "l6", "l7"} & set(names)
    away = next(block for block in told if block.text.startswith("l11: nothing for"))
    assert "18 days" in away.text
    assert away.evidence == ("l11-4",)
    for block in told:
        assert {item.split("-")[0] for item in block.evidence} == {block.text.split(":")[0]}
    assert not re.search(r"\b(best|worst|rank|place \d|top)\b", render_markdown(document), re.IGNORECASE)


async def test_what_is_published_names_nobody(memory: LearnerMemory) -> None:
    await memory.append(classroom(12))
    for code in ("en", "zh"):
        with speaking(code):
            markdown = render_markdown(await report(memory, published=True))
        assert not re.search(r"\bl\d+\b", markdown)
        assert "class:mastery:for-loop" in markdown
    # three of eleven were wrong at first, twelve of twelve: both would be given away by a share
    tasks = rows(part(await report(memory, published=True), "tasks"))
    assert [row[0] for row in tasks] == ["task-0", "task-1", "task-9"]
    assert all((row[3], row[5]) == ("–", "–") for row in tasks)


async def test_what_went_well_calls_for_no_help(memory: LearnerMemory) -> None:
    """Evidence that moved for the better more than for the worse is no reason."""
    right = [attempt(f"b{n}", 18 + 0.01 * n, True, learner="bo", concept=f"c{n}", task=f"t{n}") for n in range(8)]
    fault = attempt("b9", 18.2, False, learner="bo", concept="range", task="t9", wrong=["off-by-one-loop"])
    await memory.append([*right, fault])
    found = await classmates(memory, SETTINGS, graph(), ["bo"], now=(BEGIN + timedelta(days=18.3)).isoformat())
    assert found[0].requests
    document = class_report(found, graph(), now=NOW)
    assert not any(isinstance(block, Said) for block in part(document, "help").blocks)


async def test_small_classes_are_not_told_of(memory: LearnerMemory) -> None:
    await memory.append(classroom(SMALLEST - 1))
    document = await report(memory)
    for key in ("done", "mastery", "misconceptions", "tasks"):
        assert rows(part(document, key)) == []
        assert str(SMALLEST) in said(part(document, key))[0]


async def test_only_those_who_agree_are_counted_and_only_those_who_agree_are_named(memory: LearnerMemory) -> None:
    await memory.append(classroom(12))
    refused = [consent_event("l0", "research", False, at=NOW), consent_event("l1", "personalisation", False, at=NOW)]
    await memory.append(refused)
    document = await report(memory)
    (row,) = rows(part(document, "mastery"))
    assert row[1] == "11"
    assert any("1 learner left out" in text for text in said(part(document, "done")))
    public = await report(memory, published=True)
    assert "11 learners" in public.subtitle
    assert not any("1 learner " in text for text in said(part(public, "done")))
    helped = " ".join(said(part(document, "help")))
    assert "l0:" in helped
    assert "l1:" not in helped
    assert "1 learner left out" in helped


async def test_disputed_labels_are_not_used(memory: LearnerMemory) -> None:
    await memory.append(classroom(12))
    before = " ".join(said(part(await report(memory), "help")))
    assert "l0: has trouble with for loop" in before
    await memory.append([correction_event("l0", "struggles-with:for-loop", "dispute", at=NOW)])
    after = " ".join(said(part(await report(memory), "help")))
    assert "l0: has trouble with" not in after
    assert "disputes are not used" in after


async def test_behind_the_guard_nothing_is_read_without_consent(memory: LearnerMemory) -> None:
    await memory.append(classroom(7))
    await memory.append([consent_event("l1", "personalisation", False, at=BEGIN.isoformat())])
    found = await classmates(guarded(memory, ("personalisation",)), SETTINGS, graph(), None, now=NOW)
    (refused,) = [item for item in found if item.learner_id == "l1"]
    assert refused.events == ()
    assert not refused.counted


async def test_only_the_learners_that_are_named(memory: LearnerMemory) -> None:
    await memory.append(classroom(12))
    found = await classmates(memory, SETTINGS, graph(), ["l1", "nobody"], now=NOW)
    assert [item.learner_id for item in found] == ["l1"]


@given(st.lists(st.integers(0, 12), min_size=2, max_size=4))
@settings(max_examples=200, deadline=None)
def test_what_is_not_shown_cannot_be_worked_out(counts: list[int]) -> None:
    shown = suppressed(counts)
    for count, cell in zip(counts, shown, strict=True):
        assert cell is None or cell == count
        assert cell is None or cell == 0 or cell >= SMALLEST
    hidden = [count for count, cell in zip(counts, shown, strict=True) if cell is None]
    total = sum(counts)
    left = total - sum(cell for cell in shown if cell is not None)
    assert left == sum(hidden)
    if any(0 < count < SMALLEST for count in counts):
        # whoever knows the sum finds at least two ways in which the hidden ones may be spread
        assert len(hidden) >= 2 or len(set(counts) - {0}) <= 1
    if sum(count > 0 for count in counts) == 1:
        assert shown == (None,) * len(counts)
