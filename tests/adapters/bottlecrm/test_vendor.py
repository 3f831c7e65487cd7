"""BottleCRM's answers: what a 403 is about, and why something was refused."""

import json

import pytest

from connector.adapters.bottlecrm.vendor import VENDOR, read


def said(status: int, **body: object) -> tuple[int, str, tuple[str, ...]]:
    """Return the status that is meant, the reason and the scopes that an answer asks for."""
    answer = read(status, {}, json.dumps(body))
    return answer.status, VENDOR.reason(answer), VENDOR.needs(answer)


@pytest.mark.parametrize(
    "detail",
    [
        "Invalid token",
        "Token revoked or expired",
        "Token owner or org is inactive",
        "Given token not valid for any token type",
        "Organization context is required. Please login again.",
        "Authentication credentials were not provided.",
    ],
)
def test_a_token_that_is_none_is_told_from_a_right_that_is_missing(detail: str) -> None:
    """BottleCRM says 403 to both; these sentences are about who we are."""
    assert said(403, detail=detail) == (401, detail, ())


def test_a_missing_scope_is_named() -> None:
    """What the token lacks stands in the sentence."""
    detail = "This token is not scoped for read access to contacts. It needs the contacts:read scope."
    assert said(403, detail=detail) == (403, detail, ("contacts:read",))
    assert said(403, error=True, errors="Only admins can create goals.") == (403, "Only admins can create goals.", ())


def test_what_is_switched_off_is_not_gone() -> None:
    """Every route of a part that the organisation has switched off says 404, as if all its records had been deleted."""
    assert said(404, detail="Tickets are switched off.", code="module_off")[0] == 403
    assert said(404, detail="Not found.")[0] == 404


def test_reasons_come_in_three_shapes() -> None:
    """A sentence, sentences by field, and those of fields within fields."""
    assert said(404, error=True, errors="Goal not found.")[1] == "Goal not found."
    assert (
        said(400, errors={"amount": ["A won deal has to record what it was worth."]})[1]
        == "amount: A won deal has to record what it was worth."
    )
    assert said(400, errors={"custom_fields": {"kpi_x": "must be a number"}})[1] == "custom_fields: kpi_x: must be a number"
    assert said(500)[1] == "no reason given"
