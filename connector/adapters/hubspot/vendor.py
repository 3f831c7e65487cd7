"""HubSpot's manners on the wire: its two limits, its policies, and what its error bodies say."""

import json
import re
from collections.abc import Iterator, Mapping

from connector.adapters.hubspot.words import TITLE
from connector.http import Answer, Limit, Limiter, Meaning, Told, Vendor

_WAITS: Mapping[str, float | None] = {"TEN_SECONDLY_ROLLING": 10.0, "SECONDLY": 1.5, "DAILY": None}
_JSON_START = re.compile(r"[\[{](?=[\s\"{])")
_NO_PROPERTY = "PROPERTY_DOESNT_EXIST"
_RULES = ("MISSING_CONDITIONAL_REQUIRED_PROPERTY", "MISSING_REQUIRED_PROPERTY")
_ACCOUNT_MOVES = 477
_BAD_TOKEN = 530
_TEN_SECONDS = 10.0


def limiter(headroom: float) -> Limiter:
    """Make the account's limiter; the general one begins at the lowest tier's figure and grows when answers tell more."""
    return Limiter({"general": Limit(100, _TEN_SECONDS), "search": Limit(5, 1.0)}, headroom=headroom)


def _lanes(_method: str, path: str) -> tuple[str, ...]:
    return ("search", "general") if path.endswith("/search") else ("general",)


def _wait(answer: Answer) -> float | None:
    policy = str((answer.body or {}).get("policyName", ""))
    if policy in _WAITS:
        return _WAITS[policy]
    after = answer.headers.get("retry-after", "")
    return float(after) if after.isdecimal() else _TEN_SECONDS


def _slows(answer: Answer, lanes: tuple[str, ...]) -> str:
    """Return the lane whose policy a 429 names: the search's own, or the one of everything."""
    return lanes[0] if (answer.body or {}).get("policyName") == "SECONDLY" else lanes[-1]


def _told(answer: Answer) -> Told:
    """Read the rate headers; search answers carry none, and OAuth apps are not told of the day."""
    most, interval = _number(answer, "max"), _number(answer, "interval-milliseconds")
    day, rest = _number(answer, "daily"), _number(answer, "daily-remaining")
    return Told(
        Limit(most, interval / 1000) if most and interval else None,
        _number(answer, "remaining"),
        (day, rest) if day and rest is not None else None,
    )


def _number(answer: Answer, name: str) -> int | None:
    text = answer.headers.get(f"x-hubspot-ratelimit-{name}", "")
    return int(text) if text.isdecimal() else None


def _is_expired(answer: Answer) -> bool:
    return (answer.body or {}).get("category") == "EXPIRED_AUTHENTICATION"


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
    told=_told,
    slows=_slows,
    is_expired=_is_expired,
    needs=_needs,
    reason=_reason,
    lanes=_lanes,
    meanings={_ACCOUNT_MOVES: Meaning.LATER, _BAD_TOKEN: Meaning.CREDENTIAL},
)
