"""`gradatim learner encrypt`: encrypt what is remembered, where it was begun without a key."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from gradatim.app.console import emit, out, plural, progress
from gradatim.app.options import data_dir_option, json_option
from gradatim.errors import SettingsError
from gradatim.memory.storage.encrypting import Begun, begin, encrypt_bodies, finish
from gradatim.memory.storage.encryption import Cipher, open_cipher
from gradatim.memory.storage.opening import open_database
from gradatim.settings import Settings, load_settings


@click.command()
@data_dir_option
@json_option
def encrypt(data_dir: Path | None, as_json: bool) -> None:
    """Encrypt the learner memory, decisions, recollections and records of assessments with the setting memory_key.

    For a memory that was begun without a key; make a backup first, and end other runs of gradatim. When it is
    interrupted, run it again. Exit codes: 0 everything is encrypted.
    """
    settings = load_settings(data_dir=data_dir)
    cipher = open_cipher(settings)
    if cipher is None:
        raise SettingsError(
            "there is no key to encrypt with",
            place="setting memory_key",
            remedy="set GRADATIM_MEMORY_KEY to 32 random bytes in base64 (openssl rand -base64 32) or to a passphrase",
        )
    begun, bodies, records = _encrypt(settings, cipher)
    if as_json:
        emit({"begun": begun.value, "encrypted_rows": bodies, "encrypted_records": records})
    elif begun is Begun.ALREADY and not records:
        out("everything is encrypted already")
    else:
        out(f"encrypted {plural(bodies, 'row')} of the memory and {plural(records, 'record')} of assessments")
        out("keep the key: without it nobody can read this any more; backups from before are not encrypted")


def _encrypt(settings: Settings, cipher: Cipher) -> tuple[Begun, int, int]:
    from gradatim.graphs.encrypting import encrypt_records

    database = open_database(settings)
    try:
        begun = begin(database, cipher)
        bodies = 0
        if begun is not Begun.ALREADY:
            with progress() as shown:
                task = None if shown is None else shown.add_task("encrypting", total=None)

                def tell(rows: int) -> None:
                    if shown is not None and task is not None:
                        shown.advance(task, rows)

                bodies = encrypt_bodies(database, cipher, tell)
        records = encrypt_records(settings, cipher)
        asyncio.run(_recollections(settings, cipher))
        if begun is not Begun.ALREADY:
            finish(database)
        return begun, bodies, records
    finally:
        database.close()


async def _recollections(settings: Settings, cipher: Cipher) -> None:
    """Recollections are converted by the recall itself."""
    from gradatim.memory.recall import open_recall
    from gradatim.memory.recall.vector import VectorRecall
    from gradatim.serving.embeddings import default_embedder

    recall = open_recall(settings, default_embedder, cipher)
    try:
        if isinstance(recall, VectorRecall):
            await recall.refresh()
    finally:
        await recall.aclose()
