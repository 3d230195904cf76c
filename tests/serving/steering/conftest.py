from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def torch() -> Any:
    return pytest.importorskip("torch", reason="torch is not installed here; `make test-serving` has it")
