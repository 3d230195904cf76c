from __future__ import annotations

import os
from pathlib import Path

import pytest

from gradatim.errors import InputError
from gradatim.kg.construction.documents import (
    Limits,
    ListedDocument,
    Skipped,
    list_documents,
    read_document,
    read_documents,
)


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"The text of {name}.", encoding="utf-8")


def names(*paths: str | Path) -> list[str]:
    return [item.name for item in list_documents(paths)]


def skipped(*paths: str | Path) -> dict[str, str]:
    return {item.name: item.reason for item in list_documents(paths) if isinstance(item, Skipped)}


def test_folders_are_searched_in_a_stable_order(tmp_path: Path) -> None:
    write(
        tmp_path, "week10.md", "week2.md", "Week1/b.HTML", "Week1/a.txt", "week2/x.rst", "week2b.md", "a/b/c/deep.qmd"
    )
    assert names(tmp_path) == [
        "a/b/c/deep.qmd",
        "Week1/a.txt",
        "Week1/b.HTML",
        "week2/x.rst",
        "week2.md",
        "week2b.md",
        "week10.md",
    ]


def test_hidden_and_unknown_files_are_left_out_of_folders(tmp_path: Path) -> None:
    write(tmp_path, "a.md", ".b.md", ".git/c.md", "d.docx", "e", ".md", "x/.ipynb_checkpoints/f.ipynb", "g.py")
    assert names(tmp_path) == ["a.md"]


def test_a_file_that_is_named_is_always_accounted_for(tmp_path: Path) -> None:
    write(tmp_path, "d.docx", ".b.md")
    assert names(tmp_path / ".b.md") == [str(tmp_path / ".b.md")]
    (why,) = skipped(tmp_path / "d.docx").values()
    assert why.startswith("the suffix is none of a known format (convert the file to one of .rst.txt, .rst")
    assert isinstance(read_document(tmp_path / "d.docx", isolated=False), Skipped)


def test_names_are_as_the_user_wrote_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "course/week1/a.md", "b.md")
    monkeypatch.chdir(tmp_path)
    assert names("course", "b.md") == ["week1/a.md", "b.md"]
    assert names("course/week1/../week1/a.md", "./b.md") == ["course/week1/../week1/a.md", "b.md"]


def test_documents_of_one_name_are_named_with_their_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "one/a.md", "two/a.md", "two/b.md")
    monkeypatch.chdir(tmp_path)
    assert names("one", "two") == ["one/a.md", "two/a.md", "b.md"]


def test_every_file_once(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "sub/b.md")
    (tmp_path / "link.md").symlink_to("a.md")
    (tmp_path / "z").symlink_to("sub")
    os.link(tmp_path / "a.md", tmp_path / "hard.md")
    assert names(tmp_path, tmp_path / "a.md", tmp_path / "sub", tmp_path) == ["a.md", "sub/b.md"]


def test_links_in_a_circle(tmp_path: Path) -> None:
    write(tmp_path, "a/b/c.md")
    (tmp_path / "a/b/up").symlink_to("..")
    (tmp_path / "a/self.md").symlink_to("self.md")
    (tmp_path / "a/there.md").symlink_to("back.md")
    (tmp_path / "a/back.md").symlink_to("there.md")
    assert names(tmp_path) == ["a/b/c.md", "a/back.md", "a/self.md", "a/there.md"]
    assert set(skipped(tmp_path).values()) == {"the link leads nowhere (mend or remove it)"}


def test_links_out_of_what_was_given_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path, "outside/secret.md", "outside/x/y.md", "course/a.md")
    (tmp_path / "course/file.md").symlink_to(tmp_path / "outside/secret.md")
    (tmp_path / "course/folder").symlink_to(tmp_path / "outside/x")
    assert names(tmp_path / "course") == ["a.md", "file.md", "folder"]
    assert all("leads out of what was given" in why for why in skipped(tmp_path / "course").values())
    assert names(tmp_path / "course", tmp_path / "outside") == ["a.md", "file.md", "folder/y.md"]
    assert skipped(tmp_path / "course", tmp_path / "outside") == {}


def test_a_folder_that_is_named_may_be_a_link(tmp_path: Path) -> None:
    write(tmp_path, "real/a.md")
    (tmp_path / "link").symlink_to("real")
    assert names(tmp_path / "link") == ["a.md"]


@pytest.mark.parametrize("name", ["missing.md", "missing", "broken.md", "nul\x00.md"])
def test_a_path_that_does_not_exist(tmp_path: Path, name: str) -> None:
    (tmp_path / "broken.md").symlink_to("nowhere.md")
    for call in (list_documents, read_documents):  # at once, not when the first document is taken
        with pytest.raises(InputError, match="there is no such file or folder") as caught:
            call([tmp_path, tmp_path / name])
        assert caught.value.place is not None
        assert caught.value.remedy is not None


def test_digests_without_parsing(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"abc")
    (listed,) = list_documents([tmp_path])
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert listed == ListedDocument("a.pdf", tmp_path / "a.pdf", digest)


def test_names_that_are_no_text(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/bad\xff.md", "wb") as file:
        file.write(b"Text.")
    (found,) = names(tmp_path)
    assert found == "bad\ufffd.md"
    (read,) = read_documents([tmp_path], isolated=False)
    assert read.name == found


def test_pipes_and_devices_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    assert skipped(tmp_path) == {"pipe.md": "this is a pipe, a device or the like (give a regular file)"}
    assert "known format" in skipped("/dev/zero")["/dev/zero"]
    assert isinstance(read_document("/dev/zero", "zero.txt", isolated=False), Skipped)


def test_empty_and_large_files(tmp_path: Path) -> None:
    (tmp_path / "empty.md").touch()
    write(tmp_path, "large.md")
    found = list_documents([tmp_path], limits=Limits(file_bytes=12))
    assert [item.reason for item in found if isinstance(item, Skipped)] == [
        "the file is empty",
        "the file is larger than 1.2e-05 MB "
        "(split it, take out pictures and the outputs of notebooks, or raise the limit)",
    ]


def test_a_file_may_vanish_or_be_closed_to_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.md", "b.md", "c.md", "d.md")
    documents = read_documents([tmp_path], isolated=False)
    (tmp_path / "a.md").unlink()
    really = os.open

    def closed(path: Path, *rest: int) -> int:
        if path.name == "b.md":
            raise PermissionError(13, "Permission denied")
        if path.name == "c.md":
            raise OSError(5, "Input/output error")
        return really(path, *rest)

    monkeypatch.setattr(os, "open", closed)
    reasons = [item.reason if isinstance(item, Skipped) else item.title for item in documents]
    assert reasons == [
        "the file was there a moment ago and is gone (leave it in place and try again)",
        "the file may not be read (change its permissions)",
        "the file cannot be read: Input/output error",
        "d",
    ]


def test_a_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a/x.md", "b/y.md")
    really = os.scandir

    def closed(path: Path) -> object:
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return really(path)

    monkeypatch.setattr(os, "scandir", closed)
    assert names(tmp_path) == ["a", "b/y.md"]
    assert skipped(tmp_path) == {"a": "the folder cannot be read: Permission denied (change its permissions)"}
