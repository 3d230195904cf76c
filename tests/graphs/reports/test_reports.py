from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest

from gradatim.domain import Assessment, Cause, CauseKind, LearnerEvent, ReviewRequest
from gradatim.graphs.assessor import ASSESSMENTS
from gradatim.graphs.reports import Document, learner_report, portrait, render_markdown, teacher_report
from gradatim.graphs.reports.document import Cell, Note, Row, Said, Section, Table, evidence_of, named
from gradatim.graphs.reports.faults import shown_by
from gradatim.graphs.reports.markdown import escaped
from gradatim.languages import speaking
from gradatim.memory import LearnerMemory, open_memory
from gradatim.memory.rights.consent import NoConsent, consent_event
from gradatim.memory.rights.guard import guarded
from gradatim.memory.storage.decisions import DecisionRecord
from gradatim.settings import Settings
from gradatim.tools.items.bank import Bank, bank_path
from tests.graphs.reports.material import BEGIN, NASTY, NOW, attempt, graph, history
from tests.tools.items.export.material import CHOICE

SETTINGS = Settings(assumed_consent=("personalisation",))


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[LearnerMemory]:
    async with open_memory(Settings(data_dir=tmp_path)) as opened:
        yield opened


async def about(memory: LearnerMemory, *, own: bool, since: str | None = None, **more: object) -> Document:
    found = await portrait(memory, SETTINGS, graph(), "anna", now=NOW, own=own)
    assert found is not None
    if own:
        return learner_report(found, now=NOW, since=since)
    return teacher_report(found, now=NOW, since=since, staff=bool(more.get("staff")))


def section(document: Document, key: str) -> Section:
    return next(part for part in document.sections if part.key == key)


def texts(part: Section) -> list[str]:
    found: list[str] = []
    for block in part.blocks:
        if isinstance(block, Said | Note):
            found.append(block.text)
        elif isinstance(block, Table):
            found += [" | ".join(cell.text for cell in row.cells) for row in block.rows]
    return found


def cited(part: Section, text: str) -> set[str]:
    """The evidence of the statement that holds this text."""
    for block in part.blocks:
        if isinstance(block, Said) and text in block.text:
            return set(block.evidence)
        if isinstance(block, Table):
            for row in block.rows:
                if any(text in cell.text for cell in row.cells):
                    return set(row.evidence)
    raise AssertionError(f"{text!r} is not told: {texts(part)}")


async def test_the_report_of_a_learner(memory: LearnerMemory) -> None:
    await memory.append(history())
    document = await about(memory, own=True)
    done = section(document, "done")
    assert "8 attempts at 3 tasks" in texts(done)[0]
    assert "2 tasks solved" in texts(done)[0]
    assert cited(done, "8 attempts") == {f"a{number}" for number in range(1, 9)}
    assert cited(done, "asked for help once") == {"h1"}
    assert cited(done, "recursion") == {"a6", "a7", "a8"}
    assert "sum | 3 | solved at attempt 3 | 2026-03-02" in texts(done)
    mastery = section(document, "mastery")
    assert cited(mastery, "for loop") <= {"a1", "a2", "a3", "a4", "a5"}
    rows = [text for text in texts(mastery) if "|" in text]
    assert rows[0].startswith("for loop")  # what they can do stands first
    assert "(disputed: no agent uses it)" in rows[1]
    faults = section(document, "misconceptions")
    assert cited(faults, "Worth another look: recursive result discarded") == {"a6", "a7"}
    assert cited(faults, "Cleared up on 2026-03-02: off by one loop") == {"a2", "a3"}
    disputes = section(document, "disputes")
    assert cited(disputes, "you have trouble with recursion") == {"c1"}
    assert NASTY in texts(disputes)[0]
    measured = section(document, "indicators")
    assert "not measured" not in " ".join(texts(measured)[1:2])
    assert any("exploration of resources | 100%" in text for text in texts(measured))
    assert cited(measured, "exploration of resources") == {"h1"}
    for source in document.sources:
        assert source.id in {event.id for event in history()} or source.id.startswith("path:")


async def test_every_statement_leads_to_a_source(memory: LearnerMemory) -> None:
    await memory.append(history())
    for own in (True, False):
        document = await about(memory, own=own)
        assert [source.id for source in document.sources] == list(evidence_of(document.sections))
        markdown = render_markdown(document)
        numbers = {int(found) for found in re.findall(r"^(\d+)\. `", markdown, re.MULTILINE)}
        assert numbers == set(range(1, len(document.sources) + 1))
        for group in re.findall(r" \[((?:\d+(?:, )?)+)(?: \+\d+)?\]", markdown):
            assert {int(number) for number in group.split(", ")} <= numbers


async def test_the_report_of_a_teacher_leaves_out_what_is_disputed(memory: LearnerMemory) -> None:
    await memory.append(history())
    document = await about(memory, own=False)
    assert not any(text.startswith("recursion") for text in texts(section(document, "mastery")))
    assert "Disputed since 2026-03-13" in texts(section(document, "disputes"))[0]
    assert section(document, "reviews").blocks
    assert not any(part.key == "solutions" for part in document.sections)


async def test_what_changed(memory: LearnerMemory) -> None:
    await memory.append(history())
    document = await about(memory, own=True, since="2026-03-08")
    part = section(document, "changes")
    assert "2026-03-08" in part.title
    assert cited(part, "for loop") == {"a4", "a5"}
    assert cited(part, "A mix-up seen for the first time: recursive result discarded") == {"a6", "a7"}
    assert cited(part, "1 concept you had not worked on before: recursion") == {"a6"}
    assert not any("off by one" in text for text in texts(part))
    quiet = section(await about(memory, own=True, since="2026-03-19"), "changes")
    assert texts(quiet) == ["Nothing changed in this time."]


async def test_items_of_the_bank_are_called_by_their_titles(memory: LearnerMemory, tmp_path: Path) -> None:
    item = CHOICE.model_copy(update={"id": "item-1a2b", "title": "Which numbers?"})
    Bank(bank_path(tmp_path)).add(item, made_at=NOW)
    await memory.append([attempt("i1", 1, True, task="item-1a2b"), attempt("i2", 2, True, task="item-gone")])
    settings = Settings(data_dir=tmp_path, assumed_consent=("personalisation",))
    found = await portrait(memory, settings, graph(), "anna", now=NOW, own=True)
    assert found is not None
    rows = texts(section(learner_report(found, now=NOW), "done"))
    assert any(row.startswith("Which numbers? | 1") for row in rows)
    assert any(row.startswith("item-gone | 1") for row in rows)


async def test_the_way_to_a_goal(memory: LearnerMemory) -> None:
    await memory.append(history())
    found = await portrait(memory, SETTINGS, graph(), "anna", now=NOW, own=True, goal="recursion")
    assert found is not None
    for report in (learner_report(found, now=NOW), teacher_report(found, now=NOW)):
        part = section(report, "path")
        assert part.title == "The way to recursion"
        (table,) = [block for block in part.blocks if isinstance(block, Table)]
        order = [row.cells[0].text for row in table.rows]
        assert order[-1] == "recursion"
        assert order.index("function") < order.index("recursion")
        assert all(row.evidence for row in table.rows)
    assert "path:" in " ".join(source.id for source in learner_report(found, now=NOW).sources)
    nearly = [attempt(f"m{number}", 12 + number, True) for number in range(8)]
    await memory.append(nearly)
    there = await portrait(memory, SETTINGS, graph(), "anna", now=NOW, own=True, goal="for-loop")
    assert there is not None
    assert texts(section(learner_report(there, now=NOW), "path")) == ["You have mastered for loop already."]
    assert not any(part.key == "path" for part in (await about(memory, own=True)).sections)


async def test_a_report_in_chinese(memory: LearnerMemory) -> None:
    await memory.append(history())
    with speaking("zh"):
        document = await about(memory, own=True)
        markdown = render_markdown(document)
    assert document.language == "zh"
    assert "你的学习报告" in markdown
    told = re.sub(r"`[^`]*`|\d{4}-\d\d-\d\d|https?://\S+", "", markdown.replace(escaped(NASTY), "").replace(NASTY, ""))
    english = set(re.findall(r"\b[A-Za-z]{4,}(?: [A-Za-z]{3,})+\b", told))
    assert not {words for words in english if words not in {"gradatim learner show"}}, english


async def test_nothing_to_tell_is_told(memory: LearnerMemory) -> None:
    at = BEGIN.isoformat()
    await memory.append([consent_event("anna", "research", True, at=at)])
    document = await about(memory, own=True)
    assert all(part.blocks for part in document.sections)
    assert "Not measured" in texts(section(document, "mastery"))[0]
    measured = section(document, "indicators")
    assert sum("not measured" in text for text in texts(measured)) == 10
    assert await portrait(memory, SETTINGS, graph(), "nobody", now=NOW, own=True) is None


async def test_without_consent_nothing_is_proposed_and_nobody_else_reads(memory: LearnerMemory) -> None:
    refusal = consent_event("anna", "personalisation", False, at=BEGIN.isoformat())
    await memory.append([refusal, *history()])
    document = await about(memory, own=True)
    assert "you do not agree" in texts(section(document, "next"))[0]
    with pytest.raises(NoConsent):
        await portrait(guarded(memory, ()), SETTINGS, graph(), "anna", now=NOW, own=False)


def test_what_was_found_in_held_feedback_is_not_told_to_the_learner() -> None:
    events = [attempt("a1", 0, False, wrong=["off-by-one-loop"], delivered=False)]
    assert shown_by(events, graph(), own=True) == []
    assert [item.misconception for item in shown_by(events, graph())] == ["off-by-one-loop"]


def test_a_misconception_is_resolved_by_its_task_or_by_all_its_concepts() -> None:
    shown = attempt("a1", 0, False, wrong=["off-by-one-loop"])
    about_it = next(item.concepts for item in graph().misconceptions if item.id == "off-by-one-loop")
    elsewhere = [
        attempt(f"b{number}", 1 + number, True, task="other", concept=name) for number, name in enumerate(about_it)
    ]
    other = attempt("x", 1, True, task="other", concept="dictionary")

    def is_open(*events: LearnerEvent) -> bool:
        (found,) = shown_by(events, graph())
        return found.open

    assert is_open(shown)
    assert is_open(shown, other)
    assert not is_open(shown, attempt("a2", 1, True))
    assert not is_open(shown, *elsewhere)
    assert len(about_it) == 1 or is_open(shown, *elsewhere[:-1])
    assert is_open(shown, attempt("a2", 1, True), attempt("a3", 2, False, wrong=["off-by-one-loop"]))


async def test_lines_of_programs_and_solutions(memory: LearnerMemory, assessed: Assessment) -> None:
    from langgraph.store.memory import InMemoryStore

    store = InMemoryStore()
    await store.aput(ASSESSMENTS, assessed.id, assessed.plain(), index=False)
    event = attempt(
        f"assessment:{assessed.id}", 0, False, wrong=[match.id for match in assessed.diagnosis.misconceptions]
    )
    await memory.append([event])
    found = await portrait(memory, SETTINGS, graph(), "anna", now=NOW, own=True, store=store)
    assert found is not None
    own = render_markdown(learner_report(found, now=NOW))
    staff = render_markdown(teacher_report(found, now=NOW, staff=True))
    plain = render_markdown(teacher_report(found, now=NOW))
    assert re.search(r"^> 6  +for i in range\(2, n\):", own, re.MULTILINE)
    repair = assessed.diagnosis.repair
    assert repair is not None
    line = repair.code.splitlines()[repair.edits[0].line - 1].strip()
    assert line in staff
    assert line not in own
    assert line not in plain
    assert "Tests passed" in plain
    held = await portrait(
        memory, SETTINGS, graph(), "anna", now=NOW, own=True,
        store=await _with(assessed.model_copy(update={"delivered": False})),
    )  # fmt: skip
    assert held is not None
    assert "for i in range(2, n):" not in render_markdown(learner_report(held, now=NOW))


async def _with(assessment: Assessment) -> object:
    from langgraph.store.memory import InMemoryStore

    store = InMemoryStore()
    await store.aput(ASSESSMENTS, assessment.id, assessment.plain(), index=False)
    return store


async def test_reviews_are_for_teachers(memory: LearnerMemory) -> None:
    await memory.append(history())
    record = DecisionRecord(
        id="r1", learner_id="anna", task_id="sum", at=NOW, kind="edit", reviewer="Ms Reader", author="realiser",
        value=0.4, features={}, changed=0.25,
    )  # fmt: skip
    found = await portrait(memory, SETTINGS, graph(), "anna", now=NOW, own=False, reviews=(record,))
    assert found is not None
    document = teacher_report(found, now=NOW)
    assert "2026-03-22 | sum | edited | Ms Reader | 40% | 25%" in texts(section(document, "reviews"))
    assert any(source.id == "review:r1" for source in document.sources)
    assert "Ms Reader" not in render_markdown(learner_report(found, now=NOW))


async def test_what_waits_for_a_person_is_for_teachers(memory: LearnerMemory, assessed: Assessment) -> None:
    from langgraph.store.memory import InMemoryStore

    from gradatim.agents.reviews import REQUESTS

    await memory.append(history())
    store = InMemoryStore()
    causes = tuple(Cause(kind=kind, priority=50, detail="English words") for kind in get_args(CauseKind))
    for number, learner in enumerate(("anna", "bo")):
        request = ReviewRequest(
            id=f"run-{number}", created_at=NOW, task_id="sum", submission_id="s", learner_id=learner, reasons=("x",),
            causes=causes, feedback=assessed.feedback, confidence=assessed.confidence,
        )  # fmt: skip
        await store.aput(REQUESTS, request.id, request.plain(), index=False)
    for code in ("en", "zh"):
        with speaking(code):
            found = await portrait(memory, SETTINGS, graph(), "anna", now=NOW, own=False, store=store)
            assert found is not None
            part = section(teacher_report(found, now=NOW), "reviews")
        assert "English words" not in texts(part)[0]
        assert cited(part, "sum") == {"waiting:run-0"}
    own = await portrait(memory, SETTINGS, graph(), "anna", now=NOW, own=True, store=store)
    assert own is not None
    assert own.waiting == ()


def test_nothing_is_said_without_evidence() -> None:
    with pytest.raises(ValueError, match="without evidence"):
        Said("You are good.", ())
    with pytest.raises(ValueError, match="without evidence"):
        Row((Cell("loops"),))
    assert Row((Cell("loops"),), measured=False).evidence == ()


def test_few_pieces_of_evidence_are_named() -> None:
    ids = [f"e{number}" for number in range(20)]
    assert named(ids) == ("e0", "e15", "e16", "e17", "e18", "e19")
    assert named(["a", "b", "a"]) == ("a", "b")


@pytest.mark.parametrize(
    "text",
    [
        NASTY,
        "- item",
        "1. item",
        "> quote",
        "# head",
        "a\nb",
        "<b>",
        "![x](javascript:y)",
        "a_b_c",
        "~~x~~",
        "\x1b[31m",
    ],
)
def test_texts_become_nothing_else_in_markdown(text: str) -> None:
    from markdown_it import MarkdownIt

    source = f"| a |\n| --- |\n| {escaped(text)} |\n\n{escaped(text)}\n"
    shown = MarkdownIt("gfm-like", {"linkify": False}).parse(source)
    kinds = {token.type for token in shown} - {
        "table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close", "tr_open", "tr_close",
        "th_open", "th_close", "td_open", "td_close", "inline", "paragraph_open", "paragraph_close",
    }  # fmt: skip
    assert not kinds
    inner = {child.type for token in shown for child in token.children or ()}
    assert inner <= {"text", "text_special", "code_inline"}
    last = "".join(child.content for child in shown[-2].children or ())
    assert last.replace("`", "") == " ".join(text.replace("\x1b", "\ufffd").split()).replace("`", "")
