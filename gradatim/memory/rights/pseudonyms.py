"""Pseudonyms: names that only the holder of a key can lead back to a person.

With the setting `pseudonyms`, an id that a person gives at the boundary (`--learner`, a batch's rule, an import) is
replaced by a keyed digest of it before anything else sees it: HMAC-SHA-256 (Krawczyk, Bellare and Canetti, RFC 2104,
1997) of the id, its first 130 bits in base 32. The same id and key always give the same pseudonym, so that one
learner's events stay together; without the key nobody can tell whose they are, not even by trying names. Deleting the
key therefore makes everything that is stored anonymous for good.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from pathlib import Path

from gradatim.domain import LearnerEvent
from gradatim.errors import SettingsError
from gradatim.memory.inputs import checked_id
from gradatim.memory.secretfile import secret_in
from gradatim.settings import Settings

PREFIX = "learner-"
KEY_BYTES = 32
_LETTERS = 26
"""Letters of base 32 behind the prefix: 130 bits."""
_FORM = re.compile(rf"{PREFIX}[a-z2-7]{{{_LETTERS}}}")


class Pseudonyms:
    """Gives pseudonyms under one key.

    Args:
        key: At least 16 bytes that nobody can guess.

    Raises:
        SettingsError: The key is shorter.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise SettingsError(
                f"the key of pseudonyms has {len(key)} bytes, fewer than 16",
                place="setting pseudonym_key",
                remedy="give a longer one, or none: a random key is made then",
            )
        self._key = key

    def of(self, learner_id: str) -> str:
        """The pseudonym of an id; a pseudonym stays as it is, so that either can be given."""
        checked_id(learner_id)
        if is_pseudonym(learner_id):
            return learner_id
        digest = hmac.new(self._key, learner_id.encode("utf-8"), hashlib.sha256).digest()
        return PREFIX + base64.b32encode(digest).decode("ascii").lower()[:_LETTERS]

    def within(self, text: str, learner_id: str) -> str:
        """A text with the id replaced by its pseudonym wherever it stands as a word (names of files)."""
        return re.sub(rf"(?<!\w){re.escape(learner_id)}(?!\w)", self.of(learner_id), text)

    def event(self, event: LearnerEvent) -> LearnerEvent:
        """An event as the pseudonym's; an id of the event that holds the learner's is changed with it."""
        learner = event.learner_id
        return event.model_copy(update={"learner_id": self.of(learner), "id": self.within(event.id, learner)})


def is_pseudonym(value: str) -> bool:
    """Whether this has the form of a pseudonym."""
    return _FORM.fullmatch(value) is not None


def key_path(settings: Settings) -> Path:
    """The file of the key, where no setting gives one."""
    return settings.data_dir / "pseudonyms.key"


def open_pseudonyms(settings: Settings) -> Pseudonyms | None:
    """What the settings ask for; `None` where ids are kept as they are.

    The key is the setting `pseudonym_key`, or a file in the data folder that its owner alone can read, made with the
    first use.

    Raises:
        SettingsError: The key cannot be used.
        StorageError: The file cannot be read or made.
    """
    if not settings.pseudonyms:
        return None
    if settings.pseudonym_key is not None:
        return Pseudonyms(settings.pseudonym_key.get_secret_value().encode("utf-8"))
    return Pseudonyms(
        secret_in(
            key_path(settings),
            KEY_BYTES,
            "the key of pseudonyms",
            unusable="make the data folder readable and writable for yourself",
            restore="put the key back from a backup; with a new one, earlier learners are not recognised",
        )
    )


def known_as(settings: Settings, learner_id: str) -> str:
    """The id under which a learner is known behind the boundary: the id itself, or its pseudonym.

    Raises:
        InputError: It cannot name a learner.
    """
    pseudonyms = open_pseudonyms(settings)
    return checked_id(learner_id) if pseudonyms is None else pseudonyms.of(learner_id)
