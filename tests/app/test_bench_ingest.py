"""`gradatim bench ingest` on a few rows."""

from __future__ import annotations

import json

from tests.app.conftest import Invoke


def test_the_figures(invoke: Invoke) -> None:
    result = invoke("bench", "ingest", "--sample", "500", "--json")
    assert result.exit_code == 0
    figures = json.loads(result.stdout.splitlines()[-1])
    assert figures["rows"] == 500
    assert (figures["stored"], figures["duplicates"], figures["quarantined"]) == (490, 10, 0)
    assert figures["again_stored"] == 0
    for name in ("events_per_second", "xapi_events_per_second", "parse_gradebook_events_per_second", "peak_mb"):
        assert figures[name] > 0
    assert figures["peak_growth"] > 0
