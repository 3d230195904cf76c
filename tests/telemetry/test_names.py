"""The names that are written are those of the conventions."""

from __future__ import annotations

from typing import get_args

from opentelemetry.semconv._incubating.attributes import gen_ai_attributes as listed
from opentelemetry.semconv.attributes import error_attributes, server_attributes

from gradatim.telemetry import names


def test_every_name_of_the_conventions_is_in_the_installed_list() -> None:
    known = {value for key, value in vars(listed).items() if key.startswith("GEN_AI_") and isinstance(value, str)}
    used = {
        value
        for key, value in vars(names).items()
        if key.isupper() and isinstance(value, str) and value.startswith("gen_ai.") and value != names.EVALUATION
    }
    assert len(used) > 30
    assert used <= known
    assert names.ERROR == error_attributes.ERROR_TYPE
    assert (names.SERVER, names.PORT) == (server_attributes.SERVER_ADDRESS, server_attributes.SERVER_PORT)


def test_operations_are_those_of_the_conventions() -> None:
    known = {item.value for item in listed.GenAiOperationNameValues}
    assert set(get_args(names.Operation)) <= known


def test_our_own_names_say_whose_they_are() -> None:
    own = [value for key, value in vars(names).items() if key.isupper() and isinstance(value, str)]
    others = [name for name in own if not name.startswith(("gen_ai.", "gradatim", "error.", "server."))]
    assert not others
