"""Encryption at rest: nothing readable, nothing without the key, and an existing store encrypted in place."""

from __future__ import annotations

import base64
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from gradatim.errors import SettingsError, StorageError
from gradatim.memory.storage import encrypting
from gradatim.memory.storage.decisions import DecisionRecord
from gradatim.memory.storage.encryption import SALT_FILE, AESCipher, open_cipher
from gradatim.memory.storage.opening import open_database, open_decisions, open_log
from gradatim.settings import Settings
from tests.memory.material import event

KEY = SecretStr(base64.b64encode(bytes(range(32))).decode())
OTHER = SecretStr(base64.urlsafe_b64encode(bytes(range(1, 33))).decode())
SECRET = "xylophone-7421"


@pytest.fixture(params=["sqlite", "postgres"])
def plain(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    database = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    return Settings(data_dir=tmp_path, database=database)


@pytest.fixture
def keyed(plain: Settings) -> Settings:
    return plain.model_copy(update={"memory_key": KEY})


def decision(**fields: Any) -> DecisionRecord:
    return DecisionRecord.model_validate(
        {
            "id": "run1", "learner_id": "anna", "task_id": "loops", "at": "2026-01-01T00:00:00Z", "kind": "approve",
            "reviewer": "grace", "author": "model:m", "value": 0.5, "features": {}, "draft": SECRET, **fields,
        }
    )  # fmt: skip


# The cipher


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_opens_in_its_context_only(text: bytes, context: str) -> None:
    cipher = AESCipher(bytes(32))
    sealed = cipher.seal(text, context)
    assert cipher.open(sealed, context) == text
    assert cipher.seal(text, context) != sealed
    for key, body, place in (
        (bytes(32), sealed, context + "x"),
        (bytes(31) + b"\x01", sealed, context),
        (bytes(32), sealed[:-1] + bytes([sealed[-1] ^ 1]), context),
        (bytes(32), sealed[:10], context),
        (bytes(32), b"{}", context),
        (bytes(32), b"", context),
    ):
        with pytest.raises(StorageError):
            AESCipher(key).open(body, place)


def test_a_passphrase_gives_a_key_with_the_salt_beside_the_data(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", memory_key=SecretStr("correct horse battery"))
    ciphers: list[Any] = []
    threads = [threading.Thread(target=lambda: ciphers.append(open_cipher(settings))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sealed = ciphers[0].seal(b"text", "here")
    assert {cipher.open(sealed, "here") for cipher in ciphers} == {b"text"}
    salt = tmp_path / "data" / SALT_FILE
    assert [path.name for path in salt.parent.iterdir()] == [SALT_FILE]
    assert salt.stat().st_mode & 0o077 == 0
    elsewhere = settings.model_copy(update={"data_dir": tmp_path / "other"})
    cipher = open_cipher(elsewhere)
    assert cipher is not None
    with pytest.raises(StorageError):
        cipher.open(sealed, "here")
    salt.write_bytes(b"short")
    with pytest.raises(StorageError, match="salt"):
        open_cipher(settings)


def test_keys_that_cannot_be_used(tmp_path: Path) -> None:
    assert open_cipher(Settings(data_dir=tmp_path)) is None
    assert not list(tmp_path.iterdir())
    for bad in ("", "too short", base64.b64encode(bytes(4)).decode()):
        with pytest.raises(SettingsError, match="passphrase"):
            open_cipher(Settings(data_dir=tmp_path, memory_key=SecretStr(bad)))


# Stores


async def test_nothing_of_what_was_said_is_readable(keyed: Settings) -> None:
    async with open_log(keyed) as log:
        await log.record(event(1, (SECRET, True), payload={"code": SECRET}, task_id=SECRET))
        await log.ingest(event(number, (SECRET, True), payload={"code": SECRET}) for number in range(2, 300))
        await log.state("anna")
        store = open_decisions(keyed)
        await store.add(decision())
        assert await store.find("run1") == decision()
        assert await store.decisions("anna") == (decision(),)
        assert not await store.add(decision())
        with pytest.raises(StorageError, match="run1"):
            await store.add(decision(value=0.6))
        await store.aclose()
        assert await log.traces([SECRET.encode()]) == []
        assert await log.traces([b"anna"])  # whose it is can be looked up
        assert await log.append([event(1, (SECRET, True), payload={"code": SECRET}, task_id=SECRET)]) == 0
        with pytest.raises(StorageError, match="e0001"):
            await log.append([event(1)])
        await log.forget("anna")
        assert await log.traces([b"anna"]) == []


@pytest.mark.parametrize("wrong", [None, OTHER], ids=["no key", "another key"])
async def test_without_its_key_a_store_stays_closed(keyed: Settings, wrong: SecretStr | None) -> None:
    async with open_log(keyed) as log:
        await log.record(event(1, ("loops", True)))
    other = keyed.model_copy(update={"memory_key": wrong})
    log, store = open_log(other), open_decisions(other)
    for attempt in (log.record(event(2)), store.add(decision())):
        with pytest.raises(StorageError, match="key") as caught:
            await attempt
        assert "GRADATIM_MEMORY_KEY" in str(caught.value.remedy)
    await log.aclose()
    await store.aclose()
    async with open_log(keyed) as log:
        assert (await log.state("anna")).events == 1


async def test_a_key_on_a_store_that_is_not_encrypted(plain: Settings, keyed: Settings) -> None:
    async with open_log(plain) as log:
        await log.record(event(1))
    with pytest.raises(StorageError, match="not encrypted") as caught:
        await opened(keyed)
    assert "learner encrypt" in str(caught.value.remedy)
    async with open_log(plain) as log:
        assert (await log.state("anna")).events == 1


async def opened(settings: Settings) -> None:
    async with open_log(settings):
        pass


async def filled(settings: Settings) -> Any:
    async with open_log(settings) as log:
        await log.ingest(event(number, ("loops", number % 3 > 0), payload={"code": SECRET}) for number in range(1, 700))
        await log.record(event(800, ("loops", True)))
        store = open_decisions(settings)
        await store.add(decision())
        await store.aclose()
        return await log.state("anna")


async def test_a_store_is_encrypted_in_place(plain: Settings, keyed: Settings) -> None:
    before = await filled(plain)
    left_open = open_log(plain)
    await left_open.open()
    cipher = open_cipher(keyed)
    assert cipher is not None
    database = open_database(keyed)
    assert encrypting.begin(database, cipher) is encrypting.Begun.NOW
    assert encrypting.encrypt_bodies(database, cipher) > 700
    assert encrypting.encrypt_bodies(database, cipher) == 0
    encrypting.finish(database)
    assert encrypting.begin(database, cipher) is encrypting.Begun.ALREADY
    database.close()
    with pytest.raises(StorageError, match="being encrypted"):  # what would be written would be readable
        await left_open.record(event(900))
    await left_open.aclose()
    async with open_log(keyed) as log:
        after = await log.state("anna")
        assert (after.events, after.mastery) == (before.events, before.mastery)
        assert len(await log.events("anna")) == 700
        (change,) = await log.record(event(800, ("loops", True)))
        assert change.after == before.mastery[0].probability
        assert await log.traces([SECRET.encode()]) == []
        await log.record(event(901, ("loops", True)))


async def test_an_interrupted_encryption_goes_on(
    plain: Settings, keyed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await filled(plain)
    cipher, other = open_cipher(keyed), open_cipher(keyed.model_copy(update={"memory_key": OTHER}))
    assert cipher is not None
    assert other is not None
    monkeypatch.setattr(encrypting, "BATCH", 100)

    def interrupted(rows: int) -> None:
        raise KeyboardInterrupt

    database = open_database(keyed)
    encrypting.begin(database, cipher)
    with pytest.raises(KeyboardInterrupt):
        encrypting.encrypt_bodies(database, cipher, interrupted)
    database.close()
    for settings in (plain, keyed):
        with pytest.raises(StorageError, match="interrupted"):
            await opened(settings)
    database = open_database(keyed)
    with pytest.raises(StorageError, match="another key"):
        encrypting.begin(database, other)
    assert encrypting.begin(database, cipher) is encrypting.Begun.RESUMED
    assert 600 < encrypting.encrypt_bodies(database, cipher) < 700
    encrypting.finish(database)
    database.close()
    async with open_log(keyed) as log:
        assert (await log.state("anna")).mastery == before.mastery
        assert await log.traces([SECRET.encode()]) == []
