"""What tests of stores on a server need."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator

import pytest


@pytest.fixture
def leaky_driver() -> Iterator[None]:
    """For tests in which connecting fails: the driver leaves the socket of such an attempt to the garbage collector."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "unclosed (<socket|transport)", ResourceWarning)
        yield
        gc.collect()
