from __future__ import annotations

import json

from tests.app.conftest import Invoke


def test_update_propagation_and_what_is_inferred(invoke: Invoke) -> None:
    result = invoke("bench", "online", "--json", "--sample", "12")
    assert result.exit_code == 0, result.stderr
    figures = json.loads(result.stdout.splitlines()[-1])
    assert all(not isinstance(value, dict | list) for value in figures.values())
    assert (figures["generated_concepts"], figures["events"], figures["stored_events"]) == (850, 12, 12)
    for name in ("generated", "packaged"):
        assert 0 < figures[f"{name}_update_p50_us"] <= figures[f"{name}_update_p99_us"]
        assert figures[f"{name}_propagation_p50_us"] < figures[f"{name}_update_p50_us"]
    assert figures["stored_record_p50_us"] < figures["stored_update_p99_us"]
    for kind in ("beginners", "patchy", "advanced"):
        assert figures[f"inferred_{kind}_log_loss"] < figures[f"prior_{kind}_log_loss"]
        assert figures[f"inferred_{kind}_auc"] > 0.6
