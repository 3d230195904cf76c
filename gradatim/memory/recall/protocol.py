"""What every recall promises, wherever its vectors lie."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from gradatim.domain import Recollection
from gradatim.memory.protocol import STATE, LearnerFeatures, RecollectionKind, SimilarLearner


class Recall(Protocol):
    """Earlier errors and feedback found by their meaning, and learners found by their features.

    What is found is ranked by exact cosines in double precision. Every method raises `InputError` for what cannot be
    stored or asked, and `StorageError` when the storage cannot be used; it then names the folder or the server.
    """

    async def remember(self, recollections: Sequence[Recollection]) -> None:
        """Store items; the same learner and id again replaces.

        Raises:
            InputError: An item has an unusable id or instant, or a blank text.
            StorageError: The storage cannot be used; a part may be stored, and the call can be repeated.
        """
        ...

    async def recall(
        self,
        learner_id: str,
        text: str,
        *,
        concepts: Collection[str] = (),
        kinds: Collection[RecollectionKind] = (),
        since: str | None = None,
        limit: int = 5,
    ) -> list[Recollection]:
        """This learner's items that resemble a text, most similar first; of equals, by id.

        Args:
            learner_id: Whose; nobody else's are ever returned.
            text: What they should resemble; a blank text resembles nothing.
            concepts: Only those about at least one of these concepts, when given.
            kinds: Only those of these kinds, when given.
            since: Only those of this instant or later, when given.
            limit: At most so many.
        """
        ...

    async def remember_features(self, features: Sequence[LearnerFeatures]) -> None:
        """Store features; the same learner and space again replaces.

        Raises:
            InputError: A value is not finite, there are none, or there are not as many as others of the space have.
        """
        ...

    async def similar_learners(
        self, values: Sequence[float], *, space: str = STATE, without: Collection[str] = (), limit: int = 10
    ) -> list[SimilarLearner]:
        """Learners whose features resemble some numbers, most similar first; of equals, by id.

        Args:
            values: As many as the features of the space have.
            space: Which features are compared.
            without: Learners to leave out, above all the one who asks.
            limit: At most so many.
        """
        ...

    async def forget(self, learner_id: str) -> None:
        """Delete a learner's items and features; the call can be repeated."""
        ...

    async def refresh(self) -> None:
        """Convert everything for the present embedder and cipher now, and clean the storage of what was there before.

        Otherwise it happens bit by bit, when items are next needed. Meant for the day on which a key is set.
        """
        ...

    async def traces(self, needles: Sequence[bytes]) -> list[str]:
        """Where any of these byte strings still occur in what is stored; empty when nowhere."""
        ...

    async def aclose(self) -> None:
        """Release files, connections and threads; may be called again."""
        ...
