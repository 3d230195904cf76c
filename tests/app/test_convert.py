"""`gradatim model convert chatglm3` and `gradatim model verify`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.app.conftest import Invoke
from tests.serving.conversion.pieces import train_pieces
from tests.serving.conversion.tiny import TinyCheckpoint, make_checkpoint


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_pieces(tmp_path_factory.mktemp("pieces"))


@pytest.fixture
def checkpoint(tokenizer: Path, workspace: Path) -> TinyCheckpoint:
    return make_checkpoint(workspace / "source", vocab=2048, tokenizer=tokenizer)


def test_convert_and_verify(invoke: Invoke, checkpoint: TinyCheckpoint) -> None:
    result = invoke("model", "convert", "chatglm3", "source", "made", "--shard-size", "0.001", "--dtype", "bfloat16")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == "made holds the converted model: 25 tensors, 0.00 GB in 2 files\n"
    assert "writing weights (2 MB)" in result.stderr
    assert "reading back" in result.stderr
    result = invoke("model", "verify", "made", "--source", "source")
    assert result.stdout == "25 tensors, 0.00 GB: all as written and equal to the source\n"
    data = json.loads(invoke("model", "verify", "made", "--json").stdout)
    assert (data["differences"], data["against_source"], data["layout"]) == ([], False, "glm")
    again = json.loads(
        invoke(
            *("model", "convert", "chatglm3", "source", "made", "--shard-size", "0.001"),
            *("--dtype", "bfloat16", "--json"),
        ).stdout
    )
    assert (again["resumed_shards"], len(again["shards"]), again["tensors"]) == (2, 2, 25)


def test_what_differs_is_listed_and_told_by_the_exit_code(invoke: Invoke, checkpoint: TinyCheckpoint) -> None:
    assert invoke("model", "convert", "chatglm3", "source", "made", "--layout", "chatglm").exit_code == 0
    path = Path("made/model-00001-of-00001.safetensors")
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    result = invoke("model", "verify", "made")
    assert result.exit_code == 3
    assert result.stdout == f"{path.name}: the numbers of transformer.output_layer.weight have changed\n"
    result = invoke("model", "verify", "made", "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["tensors"] == 17
    result = invoke("model", "convert", "chatglm3", "source", "made", "--layout", "chatglm")
    assert (result.exit_code, "remedy: give --force" in result.stderr) == (3, True)
    assert invoke("model", "convert", "chatglm3", "source", "made", "--layout", "chatglm", "--force").exit_code == 0
    assert invoke("model", "verify", "made").exit_code == 0


def test_a_tokenizer_from_elsewhere(invoke: Invoke, tokenizer: Path, checkpoint: TinyCheckpoint) -> None:
    (checkpoint.folder / "tokenizer.model").unlink()
    result = invoke("model", "convert", "chatglm3", "source", "made")
    assert result.exit_code == 2
    assert "source/tokenizer.model: the SentencePiece model is missing" in result.stderr
    assert invoke("model", "convert", "chatglm3", "source", "made", "--tokenizer", str(tokenizer)).exit_code == 0


@pytest.mark.parametrize("kind", ["missing", "file", "empty folder", "binary config"])
def test_sources_that_are_none(kind: str, invoke: Invoke, workspace: Path) -> None:
    source = workspace / "source"
    if kind == "file":
        source.write_text("x")
    elif kind != "missing":
        source.mkdir()
    if kind == "binary config":
        (source / "config.json").write_bytes(b"\xff\xfe\x00")
    for arguments in (("model", "convert", "chatglm3", "source", "made"), ("model", "verify", "source")):
        result = invoke(*arguments, "--json")
        assert result.exit_code == 2
        assert json.loads(result.stdout)["error"]["remedy"]
    assert not (workspace / "made").exists()


def test_a_target_that_is_not_ours(invoke: Invoke, checkpoint: TinyCheckpoint, workspace: Path) -> None:
    (workspace / "made").mkdir()
    (workspace / "made" / "thesis.tex").write_text("x")
    for option in ((), ("--force",)):
        result = invoke("model", "convert", "chatglm3", "source", "made", *option)
        assert (result.exit_code, "this folder is not empty" in result.stderr) == (2, True)
    (workspace / "file").write_text("x")
    assert invoke("model", "convert", "chatglm3", "source", "file").exit_code == 2
    assert invoke("model", "convert", "chatglm3", "source", "source/inside").exit_code == 2


def test_an_unknown_family(invoke: Invoke) -> None:
    result = invoke("model", "convert", "llama", "a", "b")
    assert result.exit_code == 2
