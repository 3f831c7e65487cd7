"""Google's manners: how its refusals read, what they ask for, and how long to wait."""

from collections.abc import Iterator, Mapping

from connector.http import Answer, Limit, Limiter, Patience, Vendor

TITLE = "Google Analytics"
_WAIT = 5.0
"""A quota of requests at once is free again in a moment; one of the hour or the day is not, and patience is short."""


def patience() -> Patience:
    """Return how long a report is waited for.

    Short of repetitions, because ten server errors in an hour make a property refuse everything until the hour is over.
    """
    return Patience(timeout=120.0, budget=15.0)


def limiter() -> Limiter:
    """Return a pace far below the ten requests at once that a property takes."""
    return Limiter({"all": Limit(5, 1)})


def vendor(property_id: str, email: str) -> Vendor:
    """Return the manners that one service account meets at one property."""

    def needs(answer: Answer) -> tuple[str, ...]:
        project = _disabled_in(answer)
        if project:
            return (f"the Google Analytics Data API switched on in {project}",)
        return (f"the role Viewer on property {property_id} for {email}",)

    return Vendor(TITLE, wait=_wait, is_expired=lambda _: True, needs=needs, reason=_reason)


def _wait(answer: Answer) -> float:
    text = answer.headers.get("retry-after", "")
    return float(text) if text.isdigit() else _WAIT


def _error(answer: Answer) -> Mapping[str, object]:
    found = (answer.body or {}).get("error")
    return found if isinstance(found, dict) else {}


def _reason(answer: Answer) -> str:
    return str(_error(answer).get("message") or "no reason given").rstrip(".")


def _disabled_in(answer: Answer) -> str | None:
    """Return the project in which the API is not switched on, where that is the reason."""
    for detail in _details(answer):
        metadata = detail.get("metadata")
        if detail.get("reason") == "SERVICE_DISABLED" and isinstance(metadata, dict):
            return str(metadata.get("consumer", "the service account's project"))
    return None


def _details(answer: Answer) -> Iterator[Mapping[str, object]]:
    details = _error(answer).get("details")
    yield from (one for one in details if isinstance(one, dict)) if isinstance(details, list) else ()
