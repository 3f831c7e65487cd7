"""BottleCRM's manners on the wire: 403 for a bad token as for a missing scope, reasons in three shapes, and no limit but ours."""

import re
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from connector.adapters.bottlecrm.settings import BottleCrmSettings
from connector.adapters.bottlecrm.words import TITLE
from connector.http import Answer, Client, Fixed, Limit, Limiter, Patience, Vendor
from connector.http.answer import read_answer

IN_FLIGHT = 4
"""How many requests are under way at once."""
_NOBODY = re.compile(
    r"invalid token|token not valid|revoked or expired|is inactive|context is required|credentials were not", re.IGNORECASE
)
"""What a refusal says that is about who we are, and not about what we may."""
_OFF = "module_off"
"""Stands in every answer of a part of BottleCRM that the organisation has switched off."""
_SCOPE = re.compile(r"needs the (\S+) scope")


def read(status: int, headers: Mapping[str, str], text: str) -> Answer:
    """Return what came over the wire, with 401 for a token that is none and 403 for a part that is switched off, see `Vendor`.

    BottleCRM says 404 to all that is in such a part, which is not gone.
    """
    answer = read_answer(status, headers, text)
    if status == HTTPStatus.NOT_FOUND and (answer.body or {}).get("code") == _OFF:
        return replace(answer, status=HTTPStatus.FORBIDDEN)
    if status == HTTPStatus.FORBIDDEN and _NOBODY.search(str((answer.body or {}).get("detail"))):
        return replace(answer, status=HTTPStatus.UNAUTHORIZED)
    return answer


def _reason(answer: Answer) -> str:
    body = answer.body or {}
    found = body.get("errors") or body.get("detail") or body.get("message")
    return _said(found) if found else "no reason given"


def _said(found: object) -> str:
    if isinstance(found, dict):
        return "; ".join(f"{name}: {_said(one)}" for name, one in found.items())
    return "; ".join(map(_said, found)) if isinstance(found, list) else str(found)


def _needs(answer: Answer) -> tuple[str, ...]:
    found = _SCOPE.search(str((answer.body or {}).get("detail")))
    return (found[1],) if found else ()


VENDOR = Vendor(TITLE, reason=_reason, needs=_needs, read=read)


def client_of(settings: BottleCrmSettings) -> Client:
    """Make the organisation's client."""
    return Client(
        settings.url,
        bearer=Fixed(settings.token),
        vendor=VENDOR,
        limiter=Limiter({"all": Limit(settings.requests_per_second, 1.0)}, headroom=0, at_once=IN_FLIGHT),
        patience=Patience(timeout=settings.timeout_seconds, budget=settings.patience_seconds),
    )
