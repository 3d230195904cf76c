"""Phrases are found in the language spoken; a language is a folder of files."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradatim.errors import InputError
from gradatim.languages import available, has, language, phrase, rendered, say, speaking, spoken, variants
from gradatim.languages.completeness import gaps
from gradatim.languages.language import FOLDERS


def invent(folder: Path, monkeypatch: pytest.MonkeyPatch, *, falls_back: bool, **sections: str) -> None:
    """A tiny language `qq` in a folder of its own."""
    own = folder / "qq"
    own.mkdir(parents=True)
    header = f"name: Quonk\nenglish: Quonk\nfalls_back: {str(falls_back).lower()}\n"
    (own / "language.yaml").write_text(header, encoding="utf-8")
    for name, text in sections.items():
        (own / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv(FOLDERS, str(folder))


def test_a_phrase_is_said_in_the_language_spoken() -> None:
    assert say("realiser.at_line", line=4) == "line 4"
    with speaking("zh"):
        assert spoken() == "zh"
        assert say("realiser.at_line", line=4) == "第 4 行"
        with speaking(None):
            assert spoken() == "zh"
        with speaking("en"):
            assert spoken() == "en"
    assert spoken() == "en"


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match=r"no phrase 'realiser\.nowhere'"):
        phrase("realiser.nowhere")
    with pytest.raises(KeyError, match=r"no list of phrases 'realiser\.points'"):
        variants("realiser.points")
    with pytest.raises(KeyError):
        say("realiser.points", line=1)
    with pytest.raises(InputError, match="no language 'xx'") as caught:
        language("xx")
    assert "en, zh" in str(caught.value.remedy)
    assert not has("nothing.at.all")


def test_a_third_language_is_a_folder_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    invent(
        tmp_path,
        monkeypatch,
        falls_back=True,
        realiser='at_line: "quonk {line}"\n',
        evidence='signs:\n  failing: "Quonk: {tests}!"\nwords:\n  test: "t-{test}"\n',
        curriculum="concepts: {range: quonkrange}\n",
    )
    assert available() == ("en", "qq", "zh")
    with speaking("qq"):
        assert say("realiser.at_line", line=4) == "quonk 4"
        assert say("realiser.differs").startswith("The program runs"), "what it lacks is said in English"
        assert (
            rendered("Failing: test t2. The result is wrong in test t2.") == "Quonk: t-t2! The result is wrong in t-t2."
        )
        assert rendered("Mastery of range is estimated at 0.30 from 4 observations.").startswith(
            "Mastery of quonkrange"
        )
    found = gaps("qq", concepts=("range", "loop"), prompts=("system",))
    assert "realiser.differs" in found.missing
    assert found.labels == ("concepts.loop",)
    assert found.prompts == ("system",)
    assert not found.complete
    assert not found.reads


def test_without_a_fall_back_a_missing_phrase_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    invent(tmp_path, monkeypatch, falls_back=False, realiser='at_line: "quonk {line}"\n')
    with speaking("qq"), pytest.raises(KeyError):
        say("realiser.differs")


def test_uneven_phrases_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    invent(tmp_path, monkeypatch, falls_back=True, realiser='at_line: "quonk {row}"\nmore: "x"\n')
    found = gaps("qq")
    assert "realiser.at_line: line, row" in found.uneven
    assert "realiser.more" in found.unknown


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"- a\n- b\n", "not a mapping"),
        (b"a: [1, 2\n", "cannot be read"),
        (b"words: {no: nope}\n", "no text: False"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"a: '" + b"x" * 4_000_001 + b"'\n", "too large"),
    ],
)
def test_a_broken_file_is_named(content: bytes, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    invent(tmp_path, monkeypatch, falls_back=True)
    (tmp_path / "qq" / "realiser.yaml").write_bytes(content)
    with speaking("qq"), pytest.raises(InputError, match=message) as caught:
        say("realiser.at_line", line=1)
    assert "realiser.yaml" in str(caught.value.place)


def test_a_language_has_to_say_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    invent(tmp_path, monkeypatch, falls_back=True)
    (tmp_path / "qq" / "language.yaml").write_text("english: Quonk\n")
    with pytest.raises(InputError, match="needs 'name'"):
        language("qq")
