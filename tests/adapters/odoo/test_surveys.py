"""What answers to Odoo's surveys mean in our words."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from connector.adapters.odoo import Odoo, OdooSettings
from connector.adapters.odoo.asking import choices_of
from connector.adapters.odoo.surveys import Around, Question, kinds_of, scored, surveys_of
from connector.errors import AccessRefused
from connector.model import Stream, Survey, SurveyKind
from tests.adapters.boxes import read_all
from tests.adapters.odoo.stand import SETTINGS, Stand

NPS, CES, CSAT = SurveyKind.NPS, SurveyKind.CES, SurveyKind.CSAT
ASKED = datetime(2017, 5, 1, 10, tzinfo=UTC)
TOLD = datetime(2017, 5, 2, 10, tzinfo=UTC)
LIKELY = Question(12, 1, "After delivery", NPS, 10)
HAPPY = Question(13, 1, "After delivery", CSAT, 5, {"51": Decimal(1), "55": Decimal(5)})
NEAR = Around(
    inputs={
        "7": {"id": 7, "partner_id": [31, "Ann"], "create_uid": [2, "Bob"], "create_date": "2017-05-01 10:00:00"},
        "8": {"id": 8, "partner_id": [30, "Acme"], "create_uid": [4, "Public"], "create_date": "2017-05-01 10:00:00"},
        "9": {"id": 9, "partner_id": [3, "Bob"], "create_uid": [2, "Bob"], "create_date": "2017-05-01 10:00:00"},
    },
    partners={
        "30": {"id": 30, "is_company": True, "commercial_partner_id": [30, "Acme"]},
        "31": {"id": 31, "is_company": False, "commercial_partner_id": [30, "Acme"]},
    },
    staff={"2": "3"},
    questions={"12": LIKELY, "13": HAPPY},
    is_seven_easy=True,
)
ANSWERS, SENT, SENT_HAPPY = kinds_of([LIKELY, HAPPY], ["value_numerical_box"])


def line(**more: object) -> dict[str, Any]:
    """Build an answer."""
    usual = {"id": 5, "user_input_id": [7, "After delivery"], "question_id": [12, "How likely"], "suggested_answer_id": False}
    dates = {"create_date": "2017-05-02 10:00:00", "write_date": "2017-05-02 10:00:00"}
    return {**usual, "skipped": False, "answer_type": "numerical_box", "value_numerical_box": 9.0, **dates, **more}


@pytest.mark.parametrize(
    ("question", "value", "expected"),
    [
        (Question(1, 1, None, NPS, 10), 0, (0, 10)),
        (Question(1, 1, None, NPS), 10, (10, 10)),
        (Question(1, 1, None, NPS), 11, (None, 10)),
        (Question(1, 1, None, NPS, 5), 5, (None, 10)),
        (Question(1, 1, None, CES, 7), 7, (1, 7)),
        (Question(1, 1, None, CES), 2, (6, 7)),
        (Question(1, 1, None, CES, 5), 5, (None, 7)),
        (Question(1, 1, None, CSAT, 5), 4, (4, 5)),
        (Question(1, 1, None, CSAT, 10), 8, (8, 10)),
        (Question(1, 1, None, CSAT, 10), 0, (None, 10)),
        (Question(1, 1, None, CSAT, 3), 3, (None, None)),
        (Question(1, 1, None, CSAT), 3, (None, None)),
    ],
)
def test_scores_stand_on_the_scale_of_their_kind(question: Question, value: int, expected: tuple[int | None, int | None]):
    """An answer on a scale that is not the one of its kind has no score, so that nobody counts a four of five as one of ten."""
    assert scored(question, Decimal(value), is_seven_easy=True) == expected


def test_effort_need_not_be_turned_round():
    """Where 7 means hard already, it stays."""
    assert scored(Question(1, 1, None, CES, 7), Decimal(7), is_seven_easy=False) == (7, 7)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("0", 0), ("10 - Certainly", 0)], [0, 10]),
        ([("Bad", 1), ("Good", 5)], [1, 5]),
        ([("Bad", 0), ("4 Good", 0)], [None, None]),
        ([], []),
    ],
)
def test_a_choice_stands_for_its_number_or_its_points(rows: list[tuple[str, int]], expected: list[int | None]):
    """The number with which all texts begin counts, else the points that people gave; words alone say nothing."""
    found = choices_of([{"id": key, "value": value, "answer_score": points} for key, (value, points) in enumerate(rows)])

    assert list(found.values()) == expected


def test_an_answer_belongs_to_whom_it_was_sent():
    """It has the person, the company, the survey's name, when it was sent and when it was answered."""
    [found] = surveys_of(line(), ANSWERS, NEAR)

    assert (found.kind, found.raw_score, found.score, found.scale) == (NPS, 9, 9, 10)
    assert (found.contact, found.company, found.touchpoint) == ("31", "30", "After delivery")
    assert (found.sent_at, found.answered_at) == (ASKED, TOLD)


@pytest.mark.parametrize("whole", ["8", "9"])
def test_who_came_by_a_link_was_sent_nothing(whole: str):
    """Odoo makes the same record for a stranger and for one of us who answers; neither was asked."""
    [found] = surveys_of(line(user_input_id=[int(whole), "x"]), ANSWERS, NEAR)

    assert (found.sent_at, found.answered_at) == (None, TOLD)


def test_a_choice_counts_as_what_it_stands_for():
    """The answer to a question of choices is the chosen one's number."""
    [found] = surveys_of(line(question_id=[13, "x"], answer_type="suggestion", suggested_answer_id=[55, "Good"]), ANSWERS, NEAR)

    assert (found.kind, found.score, found.scale) == (CSAT, 5, 5)


def test_who_leaves_a_question_out_has_not_answered_it():
    """What was sent and left out counts as sent; what was not sent either is nothing."""
    left_out = {"skipped": True, "answer_type": False, "value_numerical_box": 0.0}

    assert [(one.sent_at, one.answered_at, one.score) for one in surveys_of(line(**left_out), ANSWERS, NEAR)] == [(ASKED, None, None)]
    assert list(surveys_of(line(**left_out, user_input_id=[8, "x"]), ANSWERS, NEAR)) == []


def test_each_question_of_a_survey_waits_for_its_answer():
    """Who was asked two questions and is not through owes two answers."""
    row = {**NEAR.inputs["7"], "write_date": "2017-05-01 10:00:00"}
    found = [one for kind in (SENT, SENT_HAPPY) for one in surveys_of(row, kind, NEAR)]

    assert [(one.id, one.kind, one.sent_at, one.answered_at) for one in found] == [
        ("sent:12:7", NPS, ASKED, None),
        ("sent:13:7", CSAT, ASKED, None),
    ]


class Surveys:
    """The app Surveys of an Odoo with one survey of two questions, one of them sent to Ann; `lines` are what she said."""

    def __init__(self, stand: Stand) -> None:
        self.lines: list[dict[str, Any]] = []
        numbers = {"validation_required": True, "validation_max_float_value": 10.0}
        self.questions = [
            {"id": 12, "title": "Would you recommend us?", "survey_id": [1, "Delivery"], "question_type": "numerical_box", **numbers},
            {"id": 13, "title": "How satisfied are you?", "survey_id": [1, "Delivery"], "question_type": "simple_choice"},
        ]
        choices = [{"id": 50 + one, "question_id": [13, "x"], "value": f"{one}", "answer_score": 0.0} for one in range(1, 6)]
        fields = {
            "survey.question": {"validation_required": {"type": "boolean"}, "validation_max_float_value": {"type": "float"}},
            "survey.user_input.line": {"value_numerical_box": {"type": "float"}, "value_char_box": {"type": "char"}},
        }
        partners = [{"id": 31, "is_company": False, "commercial_partner_id": [30, "Acme"]}]
        for model, rows in {
            "survey.question.answer": choices,
            "res.partner": partners,
            "res.users": [{"id": 2, "partner_id": [3, "B"]}],
        }.items():
            stand.says[model, "search_read"] = lambda *_, rows=rows, **__: rows
        for model in ("survey.user_input.line", "survey.user_input"):
            stand.says[model, "search_count"] = lambda *_, **__: 0
            stand.says[model, "search"] = lambda domain, model=model, **_: [row["id"] for row in self._rows(model, domain)]
            stand.says[model, "search_read"] = lambda domain, model=model, **_: self._rows(model, domain)
        for model, there in fields.items():
            stand.says[model, "fields_get"] = lambda *_, there=there, **__: there
        stand.says["survey.question", "search_read"] = self._asked

    def _asked(self, domain: list[Any], **_: object) -> list[dict[str, Any]]:
        named = {term[0]: term[2] for term in domain if isinstance(term, list)}
        if "title" not in named:
            return self.questions
        return [row for row in self.questions if row["id"] in named["id"] or row["title"] in named["title"]]

    def _rows(self, model: str, domain: list[Any]) -> list[dict[str, Any]]:
        after = next((term[2] for term in domain if term[:2] == ["id", ">"]), 0)
        whole = {**NEAR.inputs["7"], "write_date": "2017-05-01 10:00:00"}
        of_all = any(term[:2] == ["id", "in"] for term in domain)
        wholes = [whole] if of_all or not self.lines else []
        return [row for row in (self.lines if model.endswith("line") else wholes) if row["id"] > after]


async def brought(odoo: Odoo, since: str | None = None) -> tuple[list[Survey], list[str], str]:
    """Read surveys, and return them, what is gone, and where to go on."""
    pages = await read_all(odoo, Stream.SURVEYS, since)
    return [one for page in pages for one in page.records], [key for page in pages for key in page.gone], pages[-1].cursor  # type: ignore[misc]


def connected(*questions: str) -> Odoo:
    """Connect with these questions set."""
    return Odoo(SETTINGS.model_copy(update={"survey_questions": questions}))


async def test_what_was_sent_becomes_an_answer(stand: Stand):
    """An answer takes the place of the waiting one, whichever day its line is of; the wording names a question as its id does."""
    surveys, odoo = Surveys(stand), connected("Would you recommend us?=nps")
    first, _, cursor = await brought(odoo)
    surveys.lines = [line()]
    second, gone, cursor = await brought(odoo, cursor)
    again, nothing, _ = await brought(odoo, cursor)
    await odoo.close()

    assert [(one.id, one.answered_at) for one in first] == [("sent:12:7", None)]
    assert {(one.id, one.score) for one in second} == {("5", 9)}
    assert (gone, nothing) == (["sent:12:7"], [])
    assert {one.id for one in again} <= {"5"}


async def test_other_settings_read_everything_again(stand: Stand):
    """What a question asks for may be changed in the settings; no answer keeps its old meaning."""
    surveys = Surveys(stand)
    surveys.lines = [line()]
    before, after = connected("12=nps"), connected("12=csat")
    _, _, cursor = await brought(before)
    found = [page for page in await read_all(after, Stream.SURVEYS, cursor) if page.records]
    for one in (before, after):
        await one.close()

    assert [(page.is_full, [one.kind for one in page.records if isinstance(one, Survey)]) for page in found] == [(True, [CSAT])]


@pytest.mark.parametrize(("named", "why"), [((), "names those that do"), (("14=nps",), "'14', which Odoo does not have")])
async def test_without_questions_there_are_no_surveys(stand: Stand, named: tuple[str, ...], why: str):
    """Nobody guesses what a question asks for; the reason names the setting."""
    Surveys(stand)
    odoo = connected(*named)
    with pytest.raises(AccessRefused, match=why) as refused:
        await brought(odoo)
    await odoo.close()

    assert refused.value.needs == ("CRM_KPI_ODOO__SURVEY_QUESTIONS",)


async def test_a_matrix_is_refused(stand: Stand):
    """Its rows are questions of their own under one id, and would each count as an answer to it."""
    surveys, odoo = Surveys(stand), connected("15=csat")
    surveys.questions.append({"id": 15, "title": "How was each?", "survey_id": [1, "Delivery"], "question_type": "matrix"})
    with pytest.raises(AccessRefused, match="'15', a matrix"):
        await brought(odoo)
    await odoo.close()


async def test_a_database_without_the_app_says_so(stand: Stand, odoo: Odoo):
    """Where Surveys is not installed there is nothing to read or to propose."""
    stand.says["crm.lead", "search_read"] = lambda *_, **__: []
    with pytest.raises(AccessRefused, match="they need the app Surveys"):
        await brought(odoo)
    assert list(await odoo.proposals()) == []


async def test_questions_are_proposed_by_their_words_and_scales(stand: Stand):
    """Both must fit, and what is set is left."""
    surveys, odoo, set_ = Surveys(stand), connected(), connected("13=csat")
    surveys.questions.append({**surveys.questions[0], "id": 14, "title": "Recommended dose?", "validation_max_float_value": 500.0})
    [found], [kept] = await odoo.proposals(), await set_.proposals()
    for one in (odoo, set_):
        await one.close()

    assert (found.setting, found.value) == ("survey_questions", ("12=nps", "13=csat"))
    assert [what for what, _ in found.seen][2] == "14 (Delivery: Recommended dose?)"
    assert kept.value == ("13=csat",)


@pytest.mark.parametrize("wrong", ["12", "=nps", "12=NPS", "12=csat:7"])
def test_settings_of_questions_are_held_to_their_form(wrong: str):
    """A typo is refused before anything is read."""
    with pytest.raises(ValidationError, match="not of the form"):
        OdooSettings(**{**SETTINGS.model_dump(), "survey_questions": (wrong,)})
