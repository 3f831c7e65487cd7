"""ClickUp's manners on the wire: a personal token stands alone, one limit a minute that each answer tells, errors with a code."""

import math
import time
from collections.abc import Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from pydantic import SecretStr

from connector.adapters.clickup.settings import ClickUpSettings
from connector.adapters.clickup.words import TITLE
from connector.http import Answer, Client, Fixed, Limit, Limiter, Patience, Told, Vendor
from connector.http.answer import read_body

MINUTE = 60.0
LEAST = Limit(100, MINUTE)
"""The limit of the plans below Business Plus; every answer tells the true one."""
_PERSONAL = "pk_"
_UNAUTHORIZED = frozenset({"OAUTH_023", "OAUTH_026", "OAUTH_027", *(f"OAUTH_{number:03}" for number in range(29, 46))})
"""The codes that say of a good token that it may not see something, under a status that means a bad one elsewhere."""
_NOT_YOURS = "not authorized"


def read_answer(status: int, headers: Mapping[str, str], text: str) -> Answer:
    """Return what came over the wire as an answer, a good token's refusal under the status that means it."""
    body = read_body(text)
    said = body or {}
    is_known = str(said.get("ECODE")) in _UNAUTHORIZED or _NOT_YOURS in str(said.get("err")).casefold()
    if status == HTTPStatus.UNAUTHORIZED and is_known:
        status = HTTPStatus.FORBIDDEN
    return Answer(status, headers, body)


def _reason(answer: Answer) -> str:
    body = answer.body or {}
    said, code = body.get("err") or body.get("error") or body.get("message") or "no reason given", body.get("ECODE")
    return f"{said} ({code})" if code else str(said)


def _told(answer: Answer) -> Told:
    limit, left = (answer.headers.get(f"x-ratelimit-{name}", "") for name in ("limit", "remaining"))
    if not limit.isdecimal() or not int(limit):
        return Told()
    return Told(Limit(int(limit), MINUTE), int(left) if left.isdecimal() else None)


def _wait(answer: Answer) -> float:
    """Return the seconds until the limit is full again; a minute where the answer does not tell."""
    until = answer.headers.get("x-ratelimit-reset", "")
    if not until.isdecimal():
        return MINUTE
    return min(max(math.ceil(int(until) - _now(answer)), 1), MINUTE)


def _now(answer: Answer) -> float:
    """Return the answer's own time, because clocks differ."""
    try:
        return parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
    except ValueError:
        return time.time()


VENDOR = Vendor(TITLE, wait=_wait, told=_told, reason=_reason, read=read_answer)


def client_of(settings: ClickUpSettings) -> Client:
    """Make the Workspace's client."""
    is_personal = settings.token.get_secret_value().startswith(_PERSONAL)
    return Client(
        f"{settings.base_url.rstrip('/')}/api/v2",
        bearer=Fixed(SecretStr(settings.token.get_secret_value())),
        vendor=replace(VENDOR, scheme="" if is_personal else VENDOR.scheme),
        limiter=Limiter({"all": LEAST}, headroom=settings.headroom),
        patience=Patience(timeout=settings.timeout_seconds, budget=settings.patience_seconds),
    )
