"""The marker of short answers: rules, likeness and the concept graph; no language model takes part."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from gradatim.agents.classroom.shortanswer.marking import Answer, judge
from gradatim.agents.classroom.shortanswer.question import Criterion, ShortAnswerMarks, ShortAnswerQuestion, WrongFact
from gradatim.agents.classroom.shortanswer.reading import LONGEST, Statement, Words
from gradatim.agents.state import Plain, State, degraded, read
from gradatim.domain import ConceptRelationClaim
from gradatim.errors import InputError, ModelError
from gradatim.kg import ConceptStore
from gradatim.serving.embeddings import Embedder, default_embedder
from gradatim.tools.claims import claims_of
from gradatim.tools.claims.relations import check_relation

_CONCEPT = "@"


class ShortAnswerMarker:
    """Marks an answer criterion by criterion; each judgement cites the learner's words.

    The answer is only ever read by rules: nothing that stands in it can change how it is marked. Points are given for
    what is certainly said; what comes near is uncertain and left to a person.

    Args:
        store: Names of concepts, and the relations that an answer states are looked up there.
        embedder: Finds sentences that may say the same in other words; the packaged one when not given.
    """

    name = "mark_short_answer"

    def __init__(self, store: ConceptStore, embedder: Embedder | None = None) -> None:
        self.store = store
        self.embedder = embedder

    async def mark(self, question: ShortAnswerQuestion, text: str) -> ShortAnswerMarks:
        """The marks of one answer.

        Raises:
            InputError: A criterion names a concept that the graph does not have.
            ModelError: There is no embedding model.
        """
        answer = Answer.of(text, question.question)
        stated, wrong = await self._facts(question, answer.single)
        likeness = await self._likeness(question, answer.single)
        answer = replace(answer, likeness=likeness, stated=stated)
        groups = {criterion.id: await self._groups(criterion) for criterion in question.criteria}
        everything = [group for several in groups.values() for group in several]
        judgements = tuple(judge(item, groups[item.id], answer, everything) for item in question.criteria)
        points = sum(item.points for item in judgements)
        open_ = sum(item.out_of for item in judgements if item.verdict == "uncertain")
        return ShortAnswerMarks(
            question=question.id,
            points=points,
            most=points + open_,
            out_of=sum(criterion.points for criterion in question.criteria),
            uncertain=bool(open_) or len(text) > LONGEST,
            judgements=judgements,
            wrong_facts=wrong,
        )

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        question, text = read(state, "question", ShortAnswerQuestion), str(state.get("answer") or "")
        try:
            return {"marks": (await self.mark(question, text)).plain()}
        except ModelError as error:
            plain = ShortAnswerMarker(self.store, _Blind())
            update = degraded(self.name, error, "sentences in other words are not found; keywords and the graph alone")
            return {"marks": (await plain.mark(question, text)).plain()} | update

    async def _groups(self, criterion: Criterion) -> list[Words]:
        return [
            Words(tuple([word for item in group for word in await self._named(item)])) for group in criterion.keywords
        ]

    async def _named(self, word: str) -> tuple[str, ...]:
        """The word, or the names of the concept that it stands for."""
        if not word.startswith(_CONCEPT):
            return (word,)
        concept = await self.store.find(word.removeprefix(_CONCEPT))
        if concept is None:
            raise InputError(
                f"the concept graph {self.store.name} does not know {word.removeprefix(_CONCEPT)!r}",
                place=f"keyword {word!r}",
                remedy="correct it, or write the word without @",
            )
        return (concept.name, *concept.aliases)

    async def _facts(
        self, question: ShortAnswerQuestion, single: Iterable[Statement]
    ) -> tuple[dict[str, tuple[Statement, bool]], tuple[WrongFact, ...]]:
        """Facts that criteria ask for, as sentences state them: which they meet or miss, and which are false.

        Other relations are not looked at: "recursion needs a base case" says nothing about what is learnt first.
        """
        stated: dict[str, tuple[Statement, bool]] = {}
        wrong: list[WrongFact] = []
        wanted = [(criterion, await self._ends(criterion)) for criterion in question.criteria if criterion.fact]
        for statement in single:
            for claim in claims_of(statement.quote, "explanation", ""):
                if not isinstance(claim, ConceptRelationClaim):
                    continue
                ends = await self._ids(claim.source, claim.target)
                for criterion, asked in wanted:
                    if criterion.fact is None or claim.relation != criterion.fact.relation or None in ends:
                        continue
                    if ends not in (asked, asked[::-1]):
                        continue
                    check = await check_relation(claim, self.store)
                    if check.verdict == "refuted":
                        wrong.append(WrongFact(quote=statement.quote, truth=check.detail))
                    if ends == asked and check.verdict == "supported":
                        stated[criterion.id] = (statement, True)
                    elif ends == asked[::-1] and check.verdict == "refuted":
                        stated.setdefault(criterion.id, (statement, False))
        return stated, tuple(dict.fromkeys(wrong))

    async def _ends(self, criterion: Criterion) -> tuple[str | None, str | None]:
        fact = criterion.fact
        if fact is None:
            return (None, None)
        ends = await self._ids(fact.source, fact.target)
        missing = next((name for name, end in zip((fact.source, fact.target), ends, strict=True) if end is None), None)
        if missing is not None:
            raise InputError(
                f"the concept graph {self.store.name} does not know {missing!r}",
                place=f"criterion {criterion.id!r}",
                remedy="correct its fact, or leave it out",
            )
        return ends

    async def _ids(self, source: str, target: str) -> tuple[str | None, str | None]:
        first, second = await self.store.find(source), await self.store.find(target)
        return (first.id if first else None, second.id if second else None)

    async def _likeness(
        self, question: ShortAnswerQuestion, single: tuple[Statement, ...]
    ) -> dict[tuple[str, int], float]:
        """How alike each sentence and each criterion are."""
        if not single:
            return {}
        wanted = [
            (criterion.id, text) for criterion in question.criteria for text in (criterion.text, *criterion.examples)
        ]
        embedder = self.embedder or await asyncio.to_thread(default_embedder)
        texts = [*(text for _, text in wanted), *(item.quote for item in single)]
        vectors = await asyncio.to_thread(embedder.embed, texts)
        found: dict[tuple[str, int], float] = {}
        for (name, _), vector in zip(wanted, vectors, strict=False):
            for statement, other in zip(single, vectors[len(wanted) :], strict=True):
                value = sum(one * two for one, two in zip(vector, other, strict=True))
                found[name, statement.start] = max(value, found.get((name, statement.start), -1.0))
        return found


class _Blind:
    """Stands in for an embedding model where there is none: nothing is alike."""

    name = "none"
    dimensions = 1

    def embed(self, texts: Any) -> list[list[float]]:
        return [[0.0] for _ in texts]
