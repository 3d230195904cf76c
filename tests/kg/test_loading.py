from __future__ import annotations

from pathlib import Path

import pytest

from gradatim.errors import CurriculumError
from gradatim.kg import InconsistentGraph, Sources, inspect_curriculum, load_curriculum, open_graph
from gradatim.settings import Settings

GOOD = """\
topic: loops
title: Loops
concepts:
  - id: loop
    name: loop
    definition: >-
      Repeats
      a block.
  - id: range
    name: range
    aliases: ["range()"]
    definition: Numbers in a row.
    example: |
      print(list(range(2)))
    output: |
      [0, 1]
    prerequisites:
      - loop
    similar: [{concept: loop, weight: 0.5}]
    parents: [loop]
misconceptions:
  - id: stop-included
    concepts: [range]
    belief: The stop is included.
    correction: It is not.
    looks_like: |
      range(n)
    evidence: The last item is missing.
    talk: What does list(range(3)) print?
    errors: [logical]
"""


def write(tmp_path: Path, **files: str | bytes) -> Path:
    folder = tmp_path / "course"
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.yaml").write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def problems(folder: Path) -> list[str]:
    return [str(problem) for problem in inspect_curriculum(Sources.read(folder))[1]]


def test_a_good_file(tmp_path: Path) -> None:
    graph = load_curriculum(write(tmp_path, loops=GOOD))
    assert graph.name == "course"
    assert [topic.title for topic in graph.topics] == ["Loops"]
    loop, of_numbers = graph.concepts
    assert loop.definition == "Repeats a block."
    assert (of_numbers.aliases, of_numbers.output, of_numbers.topic) == (("range()",), "[0, 1]\n", "loops")
    assert [(edge.type, edge.source, edge.target, edge.weight) for edge in graph.relations] == [
        ("prerequisite", "loop", "range", 1.0),
        ("similarity", "range", "loop", 0.5),
        ("hierarchical", "range", "loop", 1.0),
    ]
    assert graph.misconceptions[0].errors == ("logical",)


def test_concepts_may_refer_to_other_files(tmp_path: Path) -> None:
    other = "topic: a\ntitle: A\nconcepts:\n  - {id: count, name: count, definition: x, prerequisites: [range]}\n"
    graph = load_curriculum(write(tmp_path, loops=GOOD, a=other))
    assert [concept.id for concept in graph.concepts] == ["count", "loop", "range"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "      - loop",
            "      - foo",
            "course/loops.yaml:18: concept range: prerequisite 'foo' is not a concept",
        ),
        (
            "parents: [loop]",
            "parents: [lop]",
            "course/loops.yaml:20: concept range: parent 'lop' is not a concept (did you mean 'loop'?)",
        ),
        (
            "similar: [{concept: loop, weight: 0.5}]",
            "similar: [range]",
            "course/loops.yaml:19: concept range: names itself as similar concept",
        ),
        (
            "parents: [loop]",
            "parents: [loop, loop]",
            "loops.yaml:20: concept range: parent 'loop' is given twice, first at course/loops.yaml:20",
        ),
        (
            "      a block.",
            "      a block.\n    prerequisites: [range]",
            "course/loops.yaml:19: prerequisite relations run in a circle: range → loop → range",
        ),
        (
            "      a block.",
            "      a block.\n    parents: [range]",
            "course/loops.yaml:21: hierarchical relations run in a circle: loop → range → loop",
        ),
        (
            "concepts: [range]",
            "concepts: [rnage]",
            "loops.yaml:22: misconception stop-included: 'rnage' is not a concept (did you mean 'range'?)",
        ),
        (
            "errors: [logical]",
            "errors: [illogical]",
            "course/loops.yaml:22: misconception stop-included: 'illogical' is not an error category",
        ),
        ("    name: range\n", "", "course/loops.yaml:9: concept range: 'name' is missing"),
        (
            "    name: range\n",
            "    name:\n",
            "course/loops.yaml:10: concept range: 'name' is empty",
        ),
        ('["range()"]', "[yes]", "course/loops.yaml:11: concept range: aliases.0 has to be text, not True"),
        (
            "weight: 0.5",
            "weight: 1.5",
            "course/loops.yaml:19: concept range: similar.0.weight: input should be less",
        ),
        (
            "    output: |\n      [0, 1]\n",
            "",
            "concept range: 'example' and 'output' have to be given together",
        ),
        (
            "    belief: The stop is included.\n",
            "",
            "course/loops.yaml:22: misconception stop-included: 'belief' is missing",
        ),
        ("title: Loops\n", "", "course/loops.yaml:1: the file: 'title' is missing"),
        (
            "title: Loops\n",
            "title: Loops\nauthor: me\n",
            "course/loops.yaml:3: the file: unknown key 'author'",
        ),
        (
            "    name: range\n",
            "    name: range\n    name: x\n",
            "yaml:11: key 'name' is written twice, first on line 10",
        ),
        (
            "    name: range\n",
            "    name: range\n    topic: x\n",
            "course/loops.yaml:11: concept range: unknown key 'topic'",
        ),
        (
            "concepts:\n  - id: loop",
            "concepts:\n  - 3\n  - id: loop",
            "course/loops.yaml:4: concepts[0] has to be a mapping",
        ),
        (
            "parents: [loop]",
            "parents: loop",
            "course/loops.yaml:20: concept range: parents: input should be a valid tuple",
        ),
        ("name: loop", "name: &n loop", None),
        ("aliases: [", "aliases: &a [", None),
        (
            "parents: [loop]",
            "parents: [loop",
            "course/loops.yaml:21: not valid YAML: did not find expected ',' or ']'",
        ),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(tmp_path: Path, old: str, new: str, expected: str | None) -> None:
    assert GOOD.count(old) == 1, "the example has to be changed at one place"
    found = problems(write(tmp_path, loops=GOOD.replace(old, new)))
    if expected is None:
        assert found == []
    else:
        assert [problem for problem in found if expected in problem] == found != []


def test_the_exception_lists_the_problems_of_all_files(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        a="topic: a\ntitle: A\nconcepts:\n  - {id: one, name: one, definition: x, parents: [nope]}\n",
        b=GOOD.replace("      - loop", "      - nope").replace("errors: [logical]", "errors: [oops]"),
    )
    with pytest.raises(InconsistentGraph) as caught:
        load_curriculum(folder)
    assert [problem.place for problem in caught.value.problems] == [
        "course/a.yaml:4",
        "course/b.yaml:18",
        "course/b.yaml:22",
    ]
    assert str(caught.value).startswith("concept graph course: 3 problems:\n  course/a.yaml:4: concept one: parent")


def test_a_wrong_entry_does_not_make_references_to_it_wrong(tmp_path: Path) -> None:
    found = problems(write(tmp_path, loops=GOOD.replace("    name: loop\n", "")))
    assert found == ["course/loops.yaml:4: concept loop: 'name' is missing"]


def test_an_anchor_used_again_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace("parents: [loop]", "parents: &p [loop]").replace("concepts: [range]", "concepts: *p")
    assert "course/loops.yaml:20: this part is used again by an alias (*name); write it out instead" in problems(
        write(tmp_path, loops=text)
    )


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            "{id: one, name: x, definition: x}",
            "course/x.yaml:5: concept one: the id is used twice, first at course/x.yaml:4",
        ),
        (
            "{id: One, name: x, definition: x}",
            "concept One: id 'One' has to be lower-case words, digits and single hyphens",
        ),
        ("{id: two, nmae: x, name: x, definition: x}", "course/x.yaml:5: concept two: unknown key 'nmae'"),
        ("{name: x, definition: x}", "course/x.yaml:5: concept number 2: 'id' is missing"),
    ],
)
def test_entries_of_their_own(tmp_path: Path, entry: str, expected: str) -> None:
    head = "topic: x\ntitle: X\nconcepts:\n  - {id: one, name: one, definition: x}\n  - "
    (found,) = [line for line in problems(write(tmp_path, x=f"{head}{entry}\n")) if "several concepts" not in line]
    assert expected in found


def test_two_files_with_the_same_topic(tmp_path: Path) -> None:
    again = "topic: loops\ntitle: Loops\nconcepts: []\n"
    assert problems(write(tmp_path, loops=GOOD, z=again)) == [
        "course/z.yaml:1: topic 'loops' is already the topic of another file"
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "course/x.yaml:1: the file has to hold the keys topic, title, concepts and misconceptions"),
        (b"- 1\n", "course/x.yaml:1: the file has to hold the keys"),
        (b"topic: x\ntitle: \xff\n", "course/x.yaml:2: the file is not UTF-8 text"),
        (b"topic: x\ntitle: X\nconcepts: 3\n", "course/x.yaml:3: concepts has to be a list"),
        (b"topic: x\ntitle: X\n? [a]\n: 1\n", "course/x.yaml:3: a key has to be a word"),
        (b"topic: x\ntitle: X\n---\ntopic: y\n", "course/x.yaml:3: not valid YAML"),
        (b"topic: x\ntitle: !!int abc\n", "course/x.yaml:2: 'abc' cannot be read"),
    ],
)
def test_files_that_are_no_curriculum(tmp_path: Path, content: bytes, expected: str) -> None:
    assert problems(write(tmp_path, x=content))[0].startswith(expected)


def test_folders_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(CurriculumError, match="there is no such folder"):
        load_curriculum(tmp_path / "missing")
    with pytest.raises(CurriculumError, match=r"holds no \.yaml files"):
        load_curriculum(write(tmp_path))


async def test_settings_can_name_a_folder_of_their_own(tmp_path: Path) -> None:
    folder = write(tmp_path, loops=GOOD)
    store = open_graph(Settings(curriculum=folder))
    assert store.name == "course"
    assert await store.concept("range") is not None


async def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    folder = write(tmp_path, loops=GOOD)
    before = load_curriculum(folder)
    write(tmp_path, loops=GOOD.replace("Numbers in a row.", "Whole numbers in a row."))
    after = load_curriculum(folder)
    assert after.concepts[1].definition == "Whole numbers in a row."
    assert after.version != before.version
