"""Nutshell's manners on the wire: Basic sign-in, four shapes of errors, and a pace that is ours because it names none."""

import base64
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from http import HTTPStatus

from pydantic import SecretStr

from connector.adapters.nutshell.settings import NutshellSettings
from connector.adapters.nutshell.words import TITLE
from connector.http import Answer, Body, Client, Fixed, Limit, Limiter, Patience, Vendor

IN_FLIGHT = 2
"""How many requests are under way at once."""
_PAGE_TITLE = re.compile(r"<title>\s*(.*?)\s*</title>", re.IGNORECASE | re.DOTALL)


def read_answer(status: int, headers: Mapping[str, str], text: str) -> Answer:
    """Return what came over the wire as an answer, see `Vendor`."""
    return Answer(status, headers, body_in(status, text))


def body_in(status: int, text: str) -> Body | None:
    """Return an answer as an object: a bare list below `data`, a refusal in another shape below `message`; None where it is unreadable."""
    if not text.strip():
        return {}
    try:
        found = json.loads(text, parse_float=Decimal)
    except ValueError:
        page = _PAGE_TITLE.search(text)
        return {"message": page[1]} if page and status >= HTTPStatus.BAD_REQUEST else None
    if isinstance(found, list):
        return {"data": found}
    if isinstance(found, str):
        return {"message": found} if status >= HTTPStatus.BAD_REQUEST else None
    return found if isinstance(found, dict) else None


def _reason(answer: Answer) -> str:
    body = answer.body or {}
    errors = body.get("errors")
    said = [_said(error) for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    why = "; ".join(dict.fromkeys(filter(None, said))) or str(body.get("message") or "no reason given")
    number = answer.headers.get("x-nutshell-request-id")
    return f"{why} (request id {number})" if number else why


def _said(error: Body) -> str:
    return ": ".join(str(error[name]) for name in ("title", "detail") if error.get(name))


VENDOR = Vendor(TITLE, reason=_reason, scheme="Basic", read=read_answer)


def client_of(settings: NutshellSettings) -> Client:
    """Make the account's client."""
    pair = f"{settings.user}:{settings.api_key.get_secret_value()}"
    return Client(
        settings.base_url,
        bearer=Fixed(SecretStr(base64.b64encode(pair.encode()).decode())),
        vendor=VENDOR,
        limiter=Limiter({"all": Limit(settings.requests_per_second, 1.0)}, headroom=0, at_once=IN_FLIGHT),
        patience=Patience(timeout=settings.timeout_seconds, budget=settings.patience_seconds),
    )
