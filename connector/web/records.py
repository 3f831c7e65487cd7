"""What we measured of one record, for a card that the CRM shows beside it; answered only to the CRM itself."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connector.app import App
from connector.kpis import fields as kpi_fields
from connector.model import Entity, FieldKind, FieldSpec, FieldValue
from connector.settings import AccountConfig
from connector.web.callers import caller_of, incoming

PATH = "/api/records/{entity}/{record}/kpis"
Answered = Mapping[str, object]
_UNSIGNED = "This address answers only what the CRM's own app asks, signed with the secret that its account's settings hold."
_PREFIX = "KPI: "
_EMPTY = "–"


def record_route(app: App, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Route:
    """Make the route that answers our fields of one record: 401 to anybody but the CRM, 404 where nothing is measured."""

    async def answer(request: Request) -> Response:
        asked = await incoming(request, app.settings.process.public_url)
        config = await run_in_threadpool(caller_of, app, asked, now())
        if config is None:
            return JSONResponse({"error": _UNSIGNED}, 401)
        entity, record = (request.path_params[name] for name in ("entity", "record"))
        found = await run_in_threadpool(record_kpis, app, config, entity, record)
        if found is None:
            return JSONResponse({"error": f"Nothing is measured of {entity} {record} yet."}, 404)
        return JSONResponse(found)

    return Route(PATH, answer, methods=["GET"])


def record_kpis(app: App, config: AccountConfig, entity: str, record: str) -> Answered | None:
    """Return what our fields should hold on one record, with what explains it; None where nothing is measured of it."""
    specs = {key: spec for key, spec in kpi_fields.specs().items() if spec.entity == entity}
    account = app.store.accounts.get(config.name)
    if not specs or account is None:
        return None
    values = {value.spec.name: value for value in app.store.values.of_record(config.name, Entity(entity), record, specs=specs)}
    if not values:
        return None
    missing = app.store.values.unavailable(config.name)
    currency = account.tenant.currency
    rows = [row for key, spec in specs.items() if (row := _row(spec, values.get(spec.name), missing.get(key), currency))]
    return {"entity": entity, "record": record, "currency": currency, "timezone": account.tenant.timezone, "kpis": rows}


def _row(spec: FieldSpec, value: FieldValue | None, missing: str | None, currency: str) -> Answered | None:
    if value is None and missing is None:
        return None
    told = value.value if value else None
    return {
        "field": spec.name,
        "label": spec.label.removeprefix(_PREFIX),
        "value": told,
        "text": _text(spec.kind, told, currency),
        "kind": spec.kind,
        "unit": {FieldKind.MONEY: currency, FieldKind.PERCENT: "%"}.get(spec.kind, ""),
        "as_of": value.as_of.isoformat() if value and value.as_of else None,
        "evidence": evidence(spec, value),
        "unavailable": missing if value is None else None,
    }


def evidence(spec: FieldSpec, value: FieldValue | None) -> str:
    """Return the sentence that says what a value means and what it was made from."""
    told = {} if value is None else {name: one for name, one in value.evidence.items() if one is not None}
    figures = ", ".join(f"{'records' if name == 'n' else name}: {one}" for name, one in told.items())
    return f"{spec.means.rstrip('.')} ({figures})." if figures else spec.means


def _text(kind: FieldKind, value: str | None, currency: str) -> str:
    if value is None:
        return _EMPTY
    forms: Mapping[FieldKind, Callable[[str], str]] = {
        FieldKind.BOOL: lambda text: "Yes" if text == "true" else "No",
        FieldKind.MONEY: lambda text: f"{Decimal(text):,.2f} {currency}",
        FieldKind.PERCENT: lambda text: f"{Decimal(text):.1%}",
        FieldKind.NUMBER: lambda text: f"{Decimal(text):,f}",
    }
    return forms.get(kind, str)(value)
