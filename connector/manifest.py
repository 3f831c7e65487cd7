"""The manifest: what this add-on is, reads, needs and writes, derived from the declarations so that it cannot drift from them."""

import json
from importlib.metadata import metadata
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from connector import kpis
from connector.adapters import ADAPTERS
from connector.feeds import FEEDS
from connector.kpis import board as kpi_board
from connector.kpis import fields as kpi_fields
from connector.model import Entity
from connector.settings import AccountSettings, ProcessSettings, settings_of

MANIFEST_VERSION = 1


def manifest_text() -> str:
    """Return manifest.json as it should be."""
    return json.dumps(manifest(), indent=2, ensure_ascii=False) + "\n"


def manifest() -> dict[str, Any]:
    """Return everything that someone who decides about installing this wants to know."""
    package = metadata("crm-kpi-connector")
    return {
        "manifest_version": MANIFEST_VERSION,
        "name": package["Name"],
        "version": package["Version"],
        "description": package["Summary"],
        "license": package["License-Expression"],
        "adapters": [_adapter(name) for name in sorted(ADAPTERS)],
        "feeds": [_feed(name) for name in sorted(FEEDS)],
        "settings": [*_settings(ProcessSettings, "process"), *_settings(AccountSettings, "account")],
        "fields": [_field(spec) for spec in kpi_fields.specs().values()],
        "board_fields": [_field(spec) for spec in kpi_board.specs(Entity.COMPANIES).values()],
        "goals": sorted({kpi for entry in ADAPTERS.values() for kpi in entry.goals}),
        "kpis": [_kpi(kpi) for kpi in kpis.KPIS.values()],
    }


def _adapter(name: str) -> dict[str, Any]:
    entry = ADAPTERS[name]
    return {
        "name": name,
        "title": entry.title,
        "docs": entry.docs,
        "scopes": list(entry.scopes),
        "capabilities": {
            "streams": [str(stream) for stream in entry.streams],
            "fields": [str(entity) for entity in entry.fields],
            "goals": list(entry.goals),
        },
        "settings": list(_settings(entry.settings, "account", name)),
    }


def _feed(name: str) -> dict[str, Any]:
    entry = FEEDS[name]
    return {"name": name, "title": entry.title, "docs": entry.docs, "settings": list(_settings(entry.settings, "account", name))}


def _settings(model: type[BaseModel], level: str, *path: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "type": _type(info.annotation),
            "default": _default(info.get_default(call_default_factory=True, validated_data={})),
            "required": info.is_required(),
            "secret": secret,
            "level": level,
            "description": info.description or "",
        }
        for name, info, secret in settings_of(model, *path)
    ]


_NUMBERS = {"bool": "yes or no", "int": "whole number", "float": "number", "Decimal": "number"}
_TYPES = {"SecretStr": "secret", "Path": "path", **_NUMBERS, "str": "text"}


def _type(annotation: object) -> str:
    """Name a setting's type in words; what may also be absent is named by what it is when it is there."""
    text = str(getattr(annotation, "__name__", annotation)) if isinstance(annotation, type) else str(annotation)
    if "tuple" in text:
        return "list"
    if "dict" in text:
        return "weights by name"
    return next(words for name, words in _TYPES.items() if name in text)


def _default(value: object) -> object:
    if value is PydanticUndefined or value is None:
        return None
    if isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, (tuple, dict)):
        return list(value)
    return str(value)


def _field(spec: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"object": spec.entity, "name": spec.name, "label": spec.label, "kind": spec.kind, "means": spec.means, "version": spec.version}


def _kpi(kpi: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "key": kpi.key,
        "label": kpi.label,
        "unit": kpi.unit,
        "better": kpi.better,
        "by": [str(dimension) for dimension in kpi.by],
        "means": kpi.means,
        "source": kpi.source,
        "version": kpi.version,
    }
