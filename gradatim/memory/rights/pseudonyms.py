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
import os
import re
import secrets
from pathlib import Path

from gradatim.domain import LearnerEvent
from gradatim.errors import SettingsError, StorageError
from gradatim.memory.inputs import checked_id
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
    return Pseudonyms(_file_key(key_path(settings)))


def known_as(settings: Settings, learner_id: str) -> str:
    """The id under which a learner is known behind the boundary: the id itself, or its pseudonym.

    Raises:
        InputError: It cannot name a learner.
    """
    pseudonyms = open_pseudonyms(settings)
    return checked_id(learner_id) if pseudonyms is None else pseudonyms.of(learner_id)


def _file_key(path: Path) -> bytes:
    try:
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    except OSError as error:
        raise StorageError(
            f"the key of pseudonyms cannot be used: {error.strerror}",
            place=str(path),
            remedy="make the data folder readable and writable for yourself",
        ) from error
    if len(key) != KEY_BYTES:
        raise StorageError(
            f"is no key of pseudonyms: it has {len(key)} bytes, not {KEY_BYTES}",
            place=str(path),
            remedy="put the key back from a backup; with a new one, earlier learners are not recognised",
        )
    return key


def _make(path: Path) -> None:
    """Write a new key; of two processes that do so at once, one wins and both use its key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return  # another process was first
    finally:
        draft.unlink(missing_ok=True)
