"""Authors may take their works out, and nothing of them comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradatim.errors import InputError
from gradatim.evals.protocol import collect, read_study, withdraw
from tests.evals.protocol.conftest import Rated


def _texts(folder: Path) -> str:
    return "\n".join(path.read_text("utf-8-sig") for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_work_is_gone_from_key_forms_and_ratings(small: Rated) -> None:
    code, other = small.study.raters["A"][:2]
    sample = small.study.works[other].sample
    before = collect(small.study, small.folder)
    late = (small.folder / "ratings" / "A.csv").read_bytes()
    left, codes = withdraw(small.folder, [code, sample])
    assert codes == (code, other)
    assert read_study(small.folder) == left
    assert len(left.works) == len(small.study.works) - 2
    assert sample not in _texts(small.folder)
    for part in ("raters", "ratings"):
        assert code not in _texts(small.folder / part)
        assert other not in _texts(small.folder / part)
    kept = {key: level for key, level in before.scores.items() if key[1] not in codes}
    assert collect(left, small.folder).scores == kept
    # A rater who still has the old form sends it again.
    (small.folder / "ratings" / "A.csv").write_bytes(late)
    found = collect(left, small.folder)
    assert found.scores == kept
    assert not found.problems


def test_twice_or_unknown_is_told_and_changes_nothing(small: Rated) -> None:
    code = small.study.raters["A"][0]
    withdraw(small.folder, [code])
    before = _texts(small.folder)
    for names in ([code], ["W0"], [small.study.raters["A"][1], "W0"]):
        with pytest.raises(InputError, match="holds no work"):
            withdraw(small.folder, names)
    assert _texts(small.folder) == before


def test_a_file_that_cannot_be_changed_keeps_the_key(small: Rated) -> None:
    path = small.folder / "ratings" / "C.csv"
    path.write_bytes(path.read_bytes() + "Zoë".encode("cp1252"))
    code = small.study.raters["A"][0]
    with pytest.raises(InputError, match=r"C\.csv: cannot be changed") as caught:
        withdraw(small.folder, [code])
    assert "try again" in (caught.value.remedy or "")
    assert code in read_study(small.folder).works
    path.write_bytes(path.read_bytes().removesuffix("Zoë".encode("cp1252")))
    assert code not in withdraw(small.folder, [code])[0].works
