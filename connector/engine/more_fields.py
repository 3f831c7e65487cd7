"""Measures the fields of companies and contacts that hang on more than deals."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files
from typing import Any

from connector.engine.facts import Ground
from connector.engine.terms import Terms
from connector.kpis.fields import READS
from connector.kpis.more_fields import MORE, Measured
from connector.model import Entity, FieldSpec, Scalar

_TABLES = {Entity.COMPANIES: "company_more", Entity.CONTACTS: "contact_more"}


def hindrance(terms: Terms, entity: Entity, field: Measured) -> str | None:
    """Return why a field cannot be measured, or None if it can."""
    lacking = (terms.lacking[need] for need in field.needs if need in terms.lacking)
    return terms.missing((*READS[entity], *field.reads)) or next(lacking, None)


def more_fields(ground: Ground) -> Iterator[tuple[FieldSpec, str, Scalar, str]]:
    """Yield the field, the record, the value and what stands behind it; only of fields that can be measured."""
    ground.cache.connection.execute(files("connector.engine").joinpath("sql", "more_fields.sql").read_text(encoding="utf-8"))
    for entity, fields in MORE.items():
        able = [field for field in fields if not hindrance(ground.terms, entity, field)]
        columns = ", ".join(f"{field.column}, {field.column}_why" for field in able)
        found = ground.cache.rows(f"select id, {columns} from {_TABLES[entity]} order by id") if able else ()  # noqa: S608 - ours
        specs = [field.spec for field in able]
        for record, *figures in found:
            for spec, value, why in zip(specs, figures[::2], figures[1::2], strict=True):
                yield spec, record, _scalar(value), why


def _scalar(value: Any) -> Scalar:  # noqa: ANN401 - a cell of DuckDB
    if isinstance(value, float):
        return Decimal(repr(value))
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
