"""Texts of the protocol: documents, rubric and form, in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

import yaml

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@cache
def packaged(name: str) -> str:
    """The text of a file beside this one."""
    return (files(__name__) / name).read_text("utf-8")


@cache
def rubric_texts(language: Language) -> Mapping[str, Mapping[str, Any]]:
    """Dimension → `name`, `question`, `look`, `levels` (level → anchor) and `beside`."""
    return yaml.load(packaged(f"rubric.{language}.yaml"), Loader=yaml.CSafeLoader)


@cache
def form_words() -> Mapping[str, Mapping[str, str]]:
    """Language → words of the form."""
    return yaml.load(packaged("form.yaml"), Loader=yaml.CSafeLoader)


@cache
def power_texts() -> Mapping[str, str]:
    """Language → note on what a number of works can show."""
    return yaml.load(packaged("power.yaml"), Loader=yaml.CSafeLoader)


def filled(template: str, fields: Mapping[str, str]) -> str:
    """A template with its `{name}` fields filled, in one pass: what is filled in is never read as a template."""
    return re.sub(r"\{(\w+)\}", lambda found: fields.get(found[1], found[0]), template)
