"""Made items hold what they claim, hit what is wanted, and are never the same."""

from __future__ import annotations

import ast

import pytest

from gradatim.errors import InputError
from gradatim.kg import ConceptGraph
from gradatim.languages import speaking
from gradatim.tools.items import Item, ItemKind
from gradatim.tools.items.checking import problems_of
from gradatim.tools.items.duplicates import Fingerprints
from gradatim.tools.items.kinds import assembled
from gradatim.tools.items.maker import Maker
from gradatim.tools.items.target import Target
from gradatim.tools.sandbox import ForkServerSandbox

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("kind", ["write", "fix", "predict", "parsons", "choice"])
async def test_an_item_holds(
    kind: ItemKind, made: dict[ItemKind, Item], sandbox: ForkServerSandbox, graph: ConceptGraph
) -> None:
    item = made[kind]
    assert item.kind == kind
    assert item.status == "draft"
    assert await problems_of(sandbox, item, graph) == []
    assert len({wrong.misconception for wrong in item.wrong}) >= 1
    assert len(item.wrong) >= 2
    assert Item.model_validate_json(item.model_dump_json()) == item
    assert item.difficulty.error
    assert item.difficulty.source == "features"


async def test_kinds_have_what_they_need(made: dict[ItemKind, Item]) -> None:
    assert made["write"].program is None
    assert any(case.hidden for case in made["write"].task.tests)
    shown = [case for case in made["fix"].task.tests if not case.hidden]
    assert made["fix"].program == made["fix"].wrong[0].code
    assert shown
    assert made["predict"].program
    assert made["predict"].answer not in made["predict"].prompt
    rights = [option for option in made["choice"].options if option.right]
    assert [option.text for option in rights] == [made["choice"].answer]
    assert all(option.misconception and option.feedback for option in made["choice"].options if not option.right)
    own = [block for block in made["parsons"].blocks if block.misconception is None]
    assert ast.dump(ast.parse(assembled(own))) == ast.dump(ast.parse(made["parsons"].answer))


async def test_wanted_difficulty_and_concept_are_hit(sandbox: ForkServerSandbox, graph: ConceptGraph) -> None:
    maker = Maker(sandbox, graph)
    target = Target(0.8, {"recursion": 1.0}, frozenset({"recursion"}))
    item = (await maker.make(target, ("predict",), seed=1)).item
    assert "recursion" in item.concepts
    assert abs(item.difficulty.value - 0.8) < 0.5


async def test_harder_is_asked_for_and_comes(sandbox: ForkServerSandbox, graph: ConceptGraph) -> None:
    maker = Maker(sandbox, graph)
    easy, hard = [(await maker.make(Target(theta), ("write",), seed=4)).item for theta in (-1.0, 1.4)]
    assert easy.difficulty.value + 1.0 < hard.difficulty.value


async def test_the_same_seed_gives_the_same_item(sandbox: ForkServerSandbox, graph: ConceptGraph) -> None:
    one, other = [(await Maker(sandbox, graph).make(Target(0.0), ("write",), seed="x")).item for _ in range(2)]
    assert one == other


async def test_nothing_is_made_twice(sandbox: ForkServerSandbox, graph: ConceptGraph) -> None:
    known = Fingerprints()
    first = await Maker(sandbox, graph, known=known).make(Target(0.0), ("predict",), seed=5)
    second = await Maker(sandbox, graph, known=known).make(Target(0.0), ("predict",), seed=5)
    assert first.item.id != second.item.id
    assert known.clash(first.fingerprint)
    assert known.clash(second.fingerprint)


async def test_a_concept_that_no_template_is_about_is_refused(sandbox: ForkServerSandbox, graph: ConceptGraph) -> None:
    maker = Maker(sandbox, graph)
    with pytest.raises(InputError, match="no template is about"):
        await maker.make(Target(0.0, needed=frozenset({"garbage-collection"})))
    with pytest.raises(InputError, match="no concept"):
        await maker.make(Target(0.0, needed=frozenset({"nonsense"})))


async def test_items_speak_chinese(sandbox: ForkServerSandbox, graph: ConceptGraph) -> None:
    with speaking("zh"):
        item = (await Maker(sandbox, graph).make(Target(0.0), ("write",), seed=2)).item
    assert item.language == "zh"
    assert "编写函数" in item.prompt
    assert await problems_of(sandbox, item, graph) == []


def _changed(item: Item, **update: object) -> Item:
    return item.model_copy(update=update)


async def test_the_checker_finds_what_is_wrong(
    made: dict[ItemKind, Item], sandbox: ForkServerSandbox, graph: ConceptGraph
) -> None:
    write, predict, choice, parsons = (made[kind] for kind in ("write", "predict", "choice", "parsons"))
    reference = write.task.reference or ""
    right = write.wrong[0].model_copy(update={"code": reference})
    cases: list[tuple[Item, str]] = [
        (_changed(write, task=write.task.model_copy(update={"reference": "def f(): pass"})), "task.reference"),
        (_changed(write, task=write.task.model_copy(update={"reference": None})), "task.reference"),
        (_changed(write, wrong=(right, *write.wrong[1:])), "wrong[0]"),
        (_changed(write, wrong=write.wrong[:1]), "wrong: 1"),
        (_changed(write, answer=write.wrong[0].code), "answer"),
        (_changed(write, concepts=("no-such-concept",)), "concepts"),
        (_changed(predict, answer="nothing"), "answer"),
        (_changed(choice, options=(*choice.options, choice.options[0])), "options"),
        (_changed(choice, options=tuple(one.model_copy(update={"right": True}) for one in choice.options)), "options"),
        (_changed(parsons, blocks=parsons.blocks[::-1]), "blocks"),
    ]
    for item, field in cases:
        found = await problems_of(sandbox, item, graph)
        assert any(problem.startswith(field) for problem in found), (field, found)
