"""Rating forms of one rater: a page that works offline, and a CSV file for a spreadsheet.

The page holds programs of strangers. They are data in it (JSON with every `<` escaped) and reach the screen as text
only; its content security policy allows its own script and style and no request to anywhere.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
from collections.abc import Collection, Mapping

from gradatim.domain import stable_id
from gradatim.evals.protocol.blinding import Blinded
from gradatim.evals.protocol.study import Study
from gradatim.evals.protocol.texts import LANGUAGES, filled, form_words, packaged, rubric_texts

BESIDE = ("seconds", "comment")


def csv_form(study: Study, rater: str) -> str:
    """An empty form: one row a work, in the rater's order, one column a dimension."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("submission", "rater", "phase", "position", *study.dimensions, *BESIDE))
    for position, code in enumerate(study.raters[rater], 1):
        empty = [""] * (len(study.dimensions) + len(BESIDE))
        writer.writerow((code, rater, study.works[code].phase, position, *empty))
    return "\ufeff" + text.getvalue()


def html_form(study: Study, rater: str, works: Mapping[str, Blinded]) -> str:
    """The page of a rater.

    Args:
        study: Says which works in which order.
        rater: Whose page it is.
        works: Code → what is seen of the work.
    """
    data = {
        "study": stable_id("study", study.title, study.data, str(study.seed), *study.works),
        "title": study.title,
        "rater": rater,
        "dimensions": study.dimensions,
        "levels": list(study.levels),
        "words": form_words(),
        "rubric": {language: rubric_texts(language) for language in LANGUAGES},
        "works": [
            {
                "code": code,
                "phase": study.works[code].phase,
                "title": works[code].title,
                "statement": works[code].statement,
                "concepts": works[code].concepts,
                "program": works[code].code,
            }
            for code in study.raters[rater]
        ],
    }
    style, script = packaged("form.css"), packaged("form.js")
    return filled(
        packaged("form.html"),
        {
            "title": _escaped(f"{study.title} · {rater}"),
            "style": style,
            "script": script,
            "style_digest": _digest(style),
            "script_digest": _digest(script),
            "data": _embedded(data),
        },
    )


def without_works(page: str, codes: Collection[str]) -> str:
    """A page of `html_form` without some works; any other page stays as it is."""
    found = re.search(r'(<script type="application/json" id="study">)(.*?)(</script>)', page, re.S)
    if found is None:
        return page
    data = json.loads(found[2])
    data["works"] = [work for work in data["works"] if work["code"] not in codes]
    return page[: found.start(2)] + _embedded(data) + page[found.end(2) :]


def _embedded(data: object) -> str:
    """JSON that can stand in a script element: no text in it can end the element or begin another."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return "".join(sign if not 0xD800 <= ord(sign) <= 0xDFFF else f"\\u{ord(sign):04x}" for sign in text)


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
