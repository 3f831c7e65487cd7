"""Our fields in the languages of the catalogue: label, meaning and the few words around them; names never change."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from connector.model import FieldSpec, Wording
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
    """Return a field's label and meaning."""
    fields = _translations()["fields"]
    exact = fields.get(f"{spec.entity}.{spec.name}") or fields.get(spec.name) or {}
    if language in exact:
        return PREFIX + exact[language][0], exact[language][1]
    for period in _PERIODS:
        base = fields.get(f"{spec.entity}.{spec.name.removesuffix(f'_{period}')}", {})
        if spec.name.endswith(f"_{period}") and language in base:
            label, means = _translations()["words"][language][period]
            return f"{PREFIX}{base[language][0]} {label}", f"{base[language][1]}, {means}."
    return spec.label, spec.means
