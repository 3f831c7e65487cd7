"""Feedback submissions as surveys, their scores on our scales."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from connector.adapters.hubspot.objects import Row
from connector.adapters.hubspot.parse import decimal, instant, text, value_of
from connector.adapters.hubspot.records import dates_of, first_link, properties_of
from connector.http import Body
from connector.model import Survey, SurveyKind

_KINDS: Mapping[str, SurveyKind] = {kind.value.upper(): kind for kind in SurveyKind}
_GROUPS: Mapping[str | None, Decimal] = {"PROMOTER": Decimal(9), "PASSIVE": Decimal(7), "DETRACTOR": Decimal(6)}
"""Where only the group of an answer is told, the score of that group that lies nearest to the next one."""
_FACES: Mapping[Decimal, tuple[str, Decimal]] = {
    Decimal(0): ("DETRACTOR", Decimal(1)),
    Decimal(1): ("PASSIVE", Decimal(3)),
    Decimal(2): ("PROMOTER", Decimal(5)),
}
"""Satisfaction asked by three faces: each one's group, and what it is from 1 to 5."""
_STARS: Mapping[str, range] = {"DETRACTOR": range(1, 3), "PASSIVE": range(3, 4), "PROMOTER": range(4, 6)}
"""Satisfaction asked by 1 to 5: what belongs to each group."""
_LIKELY, _EFFORT, _STAR = 10, 7, 5
_Scored = tuple[Decimal | None, int | None]


def survey_of(row: Row, *, is_seven_easy: bool) -> Iterable[Survey]:
    """Read an answer; one to a survey that is none of our kinds is left out. `is_seven_easy` says what a high effort score means.

    Raises:
        Unreadable: nothing tells when it came.
    """
    raw = properties_of(row)
    kind = _KINDS.get(str(raw.get("hs_survey_type") or "").upper())
    if kind is None:
        return
    value = value_of(raw, "hs_value", decimal)
    score, scale = _scored(kind, value, raw, is_seven_easy=is_seven_easy)
    dates = dates_of(row)
    yield Survey(
        id=str(row["id"]),
        kind=kind,
        raw_score=value,
        score=score,
        scale=scale,
        contact=first_link(row, "contacts"),
        ticket=first_link(row, "tickets"),
        touchpoint=text(raw.get("hs_survey_name")) or text(raw.get("hs_survey_id")),
        answered_at=value_of(raw, "hs_submission_timestamp", instant) or value_of(raw, "hs_createdate", instant) or dates["created_at"],
        **dates,
    )


def _scored(kind: SurveyKind, value: Decimal | None, raw: Body, *, is_seven_easy: bool) -> _Scored:
    group = text(raw.get("hs_response_group"))
    if kind is SurveyKind.NPS:
        return (value if _is_within(value, 0, _LIKELY) else _GROUPS.get(group)), _LIKELY
    if kind is SurveyKind.CSAT:
        return _satisfaction(value, group)
    if value is None or not _is_within(value, 1, _EFFORT):
        return None, _EFFORT
    return (_EFFORT + 1 - value if is_seven_easy else value), _EFFORT


def _satisfaction(value: Decimal | None, group: str | None) -> _Scored:
    """Tell the scales apart by the group that HubSpot puts an answer into; what fits none of them has no score."""
    if value is None:
        return None, None
    if value in _FACES and (group == _FACES[value][0] or value == 0):
        return _FACES[value][1], _STAR
    known = _STARS.get(group or "", range(3, 6))
    return (value, _STAR) if value in known else (None, None)


def _is_within(value: Decimal | None, low: int, high: int) -> bool:
    return value is not None and low <= value <= high and value == int(value)
