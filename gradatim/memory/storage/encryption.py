"""Encryption at rest: AES-256-GCM for what the memory says about learners, under one key for all stores.

What is encrypted is bound to its place: the *context* (table and id) is authenticated with it, so that a sealed text
that was moved to another row does not open there. Ids, instants and kinds are looked up and stay readable.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from gradatim.errors import SettingsError, StorageError
from gradatim.memory.secretfile import secret_in

if TYPE_CHECKING:
    from gradatim.settings import Settings

KEY_BYTES = 32
NONCE_BYTES = 12
SALT_BYTES = 16
SALT_FILE = "memory-key.salt"
"""Beside the data; without it a passphrase gives another key."""
MIN_PASSPHRASE = 12
"""Characters."""
SEALED = b"\x01"
"""First byte of everything sealed; JSON text never begins with it."""


class Cipher(Protocol):
    """Turns bytes into sealed bytes and back."""

    def seal(self, plain: bytes, context: str) -> bytes:
        """Encrypt, bound to a context such as `events/e1`; the same bytes give another result each time."""
        ...

    def open(self, sealed: bytes, context: str) -> bytes:
        """Decrypt what `seal` gave for this context.

        Raises:
            StorageError: It was sealed with another key or for another context, or was changed, or is not sealed.
        """
        ...


class AESCipher:
    """AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits in front of each text.

    One key may seal 2³² texts before two nonces are likely enough to be equal to matter (SP 800-38D, 8.3).

    Args:
        key: 32 bytes.

    Raises:
        StorageError: The package `cryptography` is not installed.
    """

    def __init__(self, key: bytes) -> None:
        try:
            from cryptography.exceptions import InvalidTag
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        except ImportError as error:
            raise StorageError(
                "encryption needs the package cryptography",
                place="setting memory_key",
                remedy="pip install 'gradatim[encryption]'",
            ) from error
        self._aead = AESGCM(key)
        self._wrong = InvalidTag

    def seal(self, plain: bytes, context: str) -> bytes:
        """Encrypt, bound to a context."""
        nonce = os.urandom(NONCE_BYTES)
        return SEALED + nonce + self._aead.encrypt(nonce, plain, context.encode("utf-8"))

    def open(self, sealed: bytes, context: str) -> bytes:
        """Decrypt what `seal` gave for this context."""
        if sealed[:1] != SEALED or len(sealed) <= NONCE_BYTES + 1:
            raise StorageError(
                "what should be encrypted is not", place=context, remedy="encrypt the store: gradatim learner encrypt"
            )
        try:
            return self._aead.decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], context.encode("utf-8"))
        except self._wrong as error:
            raise StorageError(
                "cannot be decrypted: the key is another, or the data were changed",
                place=context,
                remedy="set GRADATIM_MEMORY_KEY to the key that the store was encrypted with",
            ) from error


def open_cipher(settings: Settings) -> Cipher | None:
    """The cipher of these settings; `None` where no key is set.

    Raises:
        SettingsError: The key cannot be used.
        StorageError: The salt of a passphrase can be neither read nor written.
    """
    if settings.memory_key is None:
        return None
    secret = settings.memory_key.get_secret_value()
    raw = _raw_key(secret)
    if raw is None:
        if len(secret) < MIN_PASSPHRASE:
            raise SettingsError(
                f"a passphrase needs at least {MIN_PASSPHRASE} characters",
                place="setting memory_key",
                remedy="give a longer one, or 32 random bytes in base64 (openssl rand -base64 32)",
            )
        salt = secret_in(
            settings.data_dir / SALT_FILE,
            SALT_BYTES,
            "the salt of the passphrase",
            unusable="make the folder writable, or give the key itself in base64",
            restore="restore the file from a backup: without it the passphrase gives another key",
        )
        raw = _derived(secret, salt)
    return AESCipher(raw)


def _raw_key(secret: str) -> bytes | None:
    """The key where it was given in base64 (plain or for URLs)."""
    try:
        raw = base64.b64decode(secret.strip().replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == KEY_BYTES else None


@lru_cache(maxsize=4)
def _derived(passphrase: str, salt: bytes) -> bytes:
    """scrypt (RFC 7914) with 64 MiB: about a fifth of a second, once in a process."""
    return hashlib.scrypt(
        passphrase.encode("utf-8", "surrogatepass"), salt=salt, n=2**16, r=8, p=1, maxmem=2**27, dklen=KEY_BYTES
    )
