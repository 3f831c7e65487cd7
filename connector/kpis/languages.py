"""Our fields in the languages of the catalogue: label, meaning and the few words around them; names never change."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from connector.kpis import board
from connector.model import Entity, FieldSpec, Wording
from connector.period import Grain

ENGLISH = "en"
PREFIX = "KPI: "
_PERIODS = (Grain.MONTH, Grain.QUARTER)


@cache
def _translations() -> Mapping[str, Any]:
    return tomllib.loads(files("connector.kpis").joinpath("translations.toml").read_text(encoding="utf-8"))


def languages() -> tuple[str, ...]:
    """Return the languages that fields can be named in, English first."""
    return tuple(_translations()["words"])


def in_language(spec: FieldSpec, language: str) -> FieldSpec:
    """Return a field with its label and meaning in a language; in English where nobody has translated it."""
    label, means = _told(spec, language)
    words = _translations()["words"]
    own = words[language]
    labels = frozenset(_told(spec, one)[0] for one in languages())
    groups = frozenset(one["group"] for one in words.values())
    return replace(spec, label=label, means=means, wording=Wording(own["group"], own["yes"], own["no"], labels, groups))


def _told(spec: FieldSpec, language: str) -> tuple[str, str]:
    """Return a field's label and meaning: its own, else those of the field without its period, else the English ones."""
    words, fields = _translations()["words"][language], _translations()["fields"]
    start, keys = _sought(spec, words)
    for key in keys:
        if language in fields.get(key, {}):
            label, means = fields[key][language]
            return start + label, means
        period = next((one for one in _PERIODS if key.endswith(f"_{one}")), None)
        base = fields.get(key.removesuffix(f"_{period}"), {})
        if period and language in base:
            (label, means), (this, to_date) = base[language], words[period]
            return f"{start}{label} {this}", f"{means}, {to_date}."
    return spec.label, spec.means


def _sought(spec: FieldSpec, words: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Return how a label begins, and under which names a field is looked up; a board shows what user records show."""
    if spec.name.startswith(board.PREFIX):
        return words["board"], (spec.name, f"{Entity.USERS}.kpi_{spec.name.removeprefix(board.PREFIX)}")
    return PREFIX, (f"{spec.entity}.{spec.name}", spec.name)
