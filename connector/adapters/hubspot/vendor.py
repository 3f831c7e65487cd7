"""HubSpot's manners on the wire: its two limits, its policies, and what its error bodies say."""

import json
import re
from collections.abc import Iterator, Mapping

from connector.adapters.hubspot.words import TITLE
from connector.http import Answer, Limit, Limiter, Meaning, Vendor

_WAITS: Mapping[str, float | None] = {"TEN_SECONDLY_ROLLING": 10.0, "SECONDLY": 1.5, "DAILY": None}
_JSON_START = re.compile(r"[\[{](?=[\s\"{])")
_NO_PROPERTY = "PROPERTY_DOESNT_EXIST"
_RULES = ("MISSING_CONDITIONAL_REQUIRED_PROPERTY", "MISSING_REQUIRED_PROPERTY")
_ACCOUNT_MOVES = 477
_BAD_TOKEN = 530
_TEN_SECONDS = 10.0


def limiter(headroom: float) -> Limiter:
    """Make the account's limiter; the burst begins at the lowest tier's figure and grows when answers tell more."""
    return Limiter({"burst": Limit(100, _TEN_SECONDS), "search": Limit(5, 1.0)}, headroom=headroom)


def _lanes(_method: str, path: str) -> tuple[str, ...]:
    return ("search", "burst") if path.endswith("/search") else ("burst",)


def _wait(answer: Answer) -> float | None:
    policy = str((answer.body or {}).get("policyName", ""))
    if policy in _WAITS:
        return _WAITS[policy]
    after = answer.headers.get("retry-after", "")
    return float(after) if after.isdecimal() else _TEN_SECONDS


def _limit(answer: Answer) -> Limit | None:
    most, interval = (answer.headers.get(f"x-hubspot-ratelimit-{name}", "") for name in ("max", "interval-milliseconds"))
    if not (most.isdecimal() and interval.isdecimal() and int(most) and int(interval)):
        return None
    return Limit(int(most), int(interval) / 1000)


def details(body: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Yield an error and the errors within it, outer first; some stand as JSON inside the text of `message`."""
    yield body
    errors = body.get("errors")
    for error in [*_inside(str(body.get("message", ""))), *(errors if isinstance(errors, list) else ())]:
        if isinstance(error, dict):
            yield error


def _inside(message: str) -> list[object]:
    start = _JSON_START.search(message)
    if start is None:
        return []
    try:
        found = json.loads(message[start.start() :])
    except ValueError:
        return []
    return found if isinstance(found, list) else [found]


def _needs(answer: Answer) -> tuple[str, ...]:
    found: list[str] = []
    for error in details(answer.body or {}):
        context = error.get("context")
        scopes = context.get("requiredGranularScopes") if isinstance(context, dict) else None
        found += [str(scope) for scope in scopes or () if scope not in found]
    return tuple(found)


def reason(body: Mapping[str, object]) -> str:
    """Return why something was refused, each thing once."""
    said = [str(error["message"]) for error in details(body) if error.get("message")]
    plain = [_JSON_START.split(text)[0].rstrip(" :") for text in said]
    return "; ".join(dict.fromkeys(filter(None, plain))) or "no reason given"


def missing_properties(body: Mapping[str, object]) -> frozenset[str]:
    """Return the names of properties that a refused write was to set and that do not exist."""
    return frozenset(name for error in details(body) if _NO_PROPERTY in _codes(error) for name in _properties_of(error))


def required_properties(body: Mapping[str, object]) -> list[str]:
    """Return the names of properties that a rule of the account wants filled in before anything else of the record may change.

    Such rules are made by the account's admins, and hold for every way of writing.
    """
    broken = [error for error in details(body) if _codes(error) & set(_RULES)]
    names = list(dict.fromkeys(name for error in broken for name in _properties_of(error)))
    return names or (["a property"] if broken else [])


def _codes(error: Mapping[str, object]) -> set[str]:
    return {str(error[key]) for key in ("error", "code", "category", "subCategory") if error.get(key)}


def _properties_of(error: Mapping[str, object]) -> list[str]:
    """Return the properties that an error is about; it names them in one of several places."""
    if error.get("name"):
        return [str(error["name"])]
    context = error.get("context")
    held = [context.get(key) for key in ("propertyName", "propertyNames", "properties")] if isinstance(context, dict) else []
    found: object = next((names for names in held if names), [])
    return [str(name) for name in (found if isinstance(found, list) else [found])]


def _reason(answer: Answer) -> str:
    number = answer.headers.get("x-hubspot-correlation-id")
    return reason(answer.body or {}) + (f" (correlation id {number})" if number else "")


VENDOR = Vendor(
    TITLE,
    wait=_wait,
    limit=_limit,
    needs=_needs,
    reason=_reason,
    lanes=_lanes,
    meanings={_ACCOUNT_MOVES: Meaning.LATER, _BAD_TOKEN: Meaning.CREDENTIAL},
)
