"""Answers to surveys, on the scales that the KPIs count by."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from connector.adapters.hubspot.surveys import survey_of
from connector.model import Survey, SurveyKind
from tests.adapters.hubspot.rows import row_of


def survey(kind: str, value: str | None, group: str | None = None, *, is_seven_easy: bool = True, **more: Any) -> Survey:  # noqa: ANN401
    """Read one answer."""
    properties = {"hs_survey_type": kind, "hs_value": value, "hs_response_group": group, "hs_createdate": "2017-03-01T14:00:00Z"}
    (found,) = survey_of(row_of(properties | more, {"contacts": ["11"], "tickets": ["41"]}), is_seven_easy=is_seven_easy)
    return found


def test_an_answer_knows_who_gave_it_when_and_about_what():
    """Contact, ticket, survey and moment come through; an answer was never sent as far as HubSpot tells."""
    found = survey("NPS", "9", "PROMOTER", hs_survey_name="After delivery", hs_submission_timestamp="2017-03-02T10:00:00Z")
    assert (found.kind, found.contact, found.ticket, found.touchpoint) == (SurveyKind.NPS, "11", "41", "After delivery")
    assert (found.answered_at, found.sent_at) == (datetime(2017, 3, 2, 10, tzinfo=UTC), None)
    assert survey("NPS", "9", hs_survey_id="3").touchpoint == "3"
    assert survey("NPS", "9").answered_at == datetime(2017, 3, 1, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "group", "score"),
    [
        ("10", "PROMOTER", 10),
        ("0", "DETRACTOR", 0),
        ("7.0", None, 7),
        ("11", None, None),
        ("7.5", None, None),
        (None, "PROMOTER", 9),
        ("very", "PASSIVE", 7),
        ("", "DETRACTOR", 6),
        (None, None, None),
    ],
)
def test_recommendation(value: str | None, group: str | None, score: int | None):
    """A whole number from 0 to 10 is the score; where there is none, the group still tells promoters from detractors."""
    found = survey("NPS", value, group)
    assert (found.score, found.scale) == (score, 10)


@pytest.mark.parametrize(("value", "easy", "hard"), [("7", 1, 7), ("1", 7, 1), ("4", 4, 4), ("0", None, None), ("8", None, None)])
def test_effort_is_turned_round(value: str, easy: int | None, hard: int | None):
    """1 means no effort: where 7 means very easy the score is turned round, and what was answered is kept."""
    found = survey("CES", value)
    assert (found.score, found.scale, found.raw_score) == (easy, 7, Decimal(value))
    assert survey("CES", value, is_seven_easy=False).score == hard


@pytest.mark.parametrize(
    ("value", "group", "score"),
    [
        ("2", "PROMOTER", 5),
        ("1", "PASSIVE", 3),
        ("0", "DETRACTOR", 1),
        ("0", None, 1),
        ("2", "DETRACTOR", 2),
        ("1", "DETRACTOR", 1),
        ("5", "PROMOTER", 5),
        ("4", "PROMOTER", 4),
        ("3", "PASSIVE", 3),
        ("4", None, 4),
        ("2", None, None),
        ("4", "DETRACTOR", None),
        ("9", "PROMOTER", None),
        (None, "PROMOTER", None),
    ],
)
def test_satisfaction(value: str | None, group: str | None, score: int | None):
    """Three faces (0 to 2) and five stars are told apart by the group of the answer; what may be either has no score."""
    found = survey("CSAT", value, group)
    assert (found.score, found.scale) == (score, None if score is None else 5)
    assert found.raw_score == (None if value is None else Decimal(value))


@pytest.mark.parametrize("kind", ["CUSTOM", "", None])
def test_other_surveys_are_left_out(kind: str | None):
    """A survey that asks something else is no record of ours, and no fault."""
    assert list(survey_of(row_of({"hs_survey_type": kind, "hs_value": "5"}), is_seven_easy=True)) == []
