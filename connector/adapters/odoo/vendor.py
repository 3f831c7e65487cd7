"""Odoo's manners on the wire: its errors mostly come as good answers, and only their names tell what they mean."""

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from connector.adapters.odoo.words import TITLE
from connector.http import Answer, Body, Limit, Limiter, Vendor

_PASSING = (
    # Of psycopg2, which has a name for each of PostgreSQL's states: lost connections, want of resources, locks, and what an operator does.
    *("OperationalError", "InternalError", "InterfaceError", "PoolError"),
    *("ConnectionException", "ConnectionDoesNotExist", "ConnectionFailure"),
    *("SqlclientUnableToEstablishSqlconnection", "SqlserverRejectedEstablishmentOfSqlconnection", "TransactionResolutionUnknown"),
    *("InsufficientResources", "DiskFull", "OutOfMemory", "TooManyConnections", "ConfigurationLimitExceeded"),
    *("ObjectInUse", "LockNotAvailable"),
    *("OperatorIntervention", "QueryCanceled", "QueryCanceledError", "AdminShutdown", "CrashShutdown", "CannotConnectNow", "IoError"),
    *("TransactionRollback", "TransactionRollbackError", "SerializationFailure", "DeadlockDetected", "StatementCompletionUnknown"),
    *("ReadOnlySqlTransaction", "InFailedSqlTransaction", "IdleInTransactionSessionTimeout"),
    # Of Python and of its web servers.
    *("MemoryError", "TimeoutError", "ServiceUnavailable", "BadGateway", "GatewayTimeout"),
)
"""Breakdowns that pass."""
_STATUSES: Mapping[str, HTTPStatus] = {
    "AccessDenied": HTTPStatus.UNAUTHORIZED,
    "SessionExpiredException": HTTPStatus.UNAUTHORIZED,
    "Unauthorized": HTTPStatus.UNAUTHORIZED,
    "AccessError": HTTPStatus.FORBIDDEN,
    "Forbidden": HTTPStatus.FORBIDDEN,
    "MissingError": HTTPStatus.NOT_FOUND,
    "NotFound": HTTPStatus.NOT_FOUND,
    "TooManyRequests": HTTPStatus.TOO_MANY_REQUESTS,
    **dict.fromkeys(_PASSING, HTTPStatus.SERVICE_UNAVAILABLE),
}
"""What an error means by the last part of its name; every other one is a no that repeating does not change."""
_UNREADABLE = object()
_NO_DATABASE = "does not exist"


def limiter(headroom: float, per_second: int) -> Limiter:
    """Make the account's limiter; Odoo itself knows no limit, but every request is work for a server that people use."""
    return Limiter({"all": Limit(per_second, 1.0)}, headroom=headroom)


def read(status: int, headers: Mapping[str, str], text: str) -> Answer:
    """Read an answer of JSON-RPC: what was asked for as `result`, or an error under the status that it means; all else is no answer."""
    found = _json(text)
    if not isinstance(found, dict) or not ("id" in found or status >= HTTPStatus.BAD_REQUEST):
        return Answer(status, headers, None)
    error = found.get("error")
    if isinstance(error, dict):
        return _refusal(headers, error.get("data") or error)
    return Answer(status, headers, found if "result" in found or status >= HTTPStatus.BAD_REQUEST else None)


def read_json2(status: int, headers: Mapping[str, str], text: str) -> Answer:
    """Read an answer of JSON-2 in the form of JSON-RPC; the version is asked by JSON-RPC there, too."""
    found = _json(text)
    if isinstance(found, dict) and "jsonrpc" in found:
        return read(status, headers, text)
    if status >= HTTPStatus.BAD_REQUEST:
        is_named = isinstance(found, dict) and bool(found.get("name"))
        return _refusal(headers, found, status) if is_named else Answer(status, headers, found if isinstance(found, dict) else None)
    return Answer(status, headers, None if found is _UNREADABLE else {"result": found})


def _json(text: str) -> Any:  # noqa: ANN401 - whatever was sent
    try:
        return json.loads(text, parse_float=Decimal)
    except ValueError:
        return _UNREADABLE


def _refusal(headers: Mapping[str, str], error: Body, status: int = HTTPStatus.BAD_REQUEST) -> Answer:
    name = str(error.get("name", "")).rpartition(".")[2]
    # JSON-2 says 500 to every error of the program; the other breakdowns are the server's own.
    meant = _STATUSES.get(name, HTTPStatus.BAD_REQUEST if status == HTTPStatus.INTERNAL_SERVER_ERROR else status)
    if meant is HTTPStatus.SERVICE_UNAVAILABLE and _NO_DATABASE in str(error.get("message")):
        meant = HTTPStatus.NOT_FOUND
    return Answer(meant, headers, error)


def _reason(answer: Answer) -> str:
    """Return the first paragraph of a message; those about rights go on with whom to ask."""
    said = str((answer.body or {}).get("message") or "no reason given").strip()
    return " ".join(said.partition("\n\n")[0].split())


VENDOR = Vendor(TITLE, reason=_reason, read=read)
VENDORS: Mapping[str, Vendor] = {"jsonrpc": VENDOR, "json2": replace(VENDOR, read=read_json2)}
"""The manners by the way of talking."""
