from __future__ import annotations

from pathlib import Path

import yaml

FILE = Path(__file__).parents[3] / "docs" / "compose" / "neo4j.yaml"


def test_the_server_is_pinned_checked_and_keeps_its_data_and_its_password() -> None:
    compose = yaml.safe_load(FILE.read_text("utf-8"))
    (service,) = compose["services"].values()
    assert service["image"] == "neo4j:5.26"
    assert service["env_file"] == "neo4j.env"
    assert not any("AUTH" in name or "PASSWORD" in name for name in service["environment"])
    assert service["volumes"] == ["data:/data"]
    assert "data" in compose["volumes"]
    assert service["healthcheck"]["retries"] > 1
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
