"""Answers to surveys in our words: those to questions that ask for recommendation, effort or satisfaction, and what nobody answered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from connector.adapters.odoo.deals import Partners, whose
from connector.adapters.odoo.parse import dates_of, decimal, instant, link
from connector.adapters.odoo.passes import Kind
from connector.adapters.odoo.rpc import Row
from connector.model import Stream, Survey, SurveyKind

ANSWERS, SENT = "survey.user_input.line", "survey.user_input"
_DATES = ("create_date", "write_date")
_ANSWER = Kind(ANSWERS, ("user_input_id", "question_id", "suggested_answer_id", "skipped", "answer_type", *_DATES))
_INPUT = Kind(SENT, ("partner_id", "create_uid", *_DATES))
KINDS: Mapping[Stream, tuple[Kind, ...]] = {Stream.SURVEYS: (_ANSWER, _INPUT)}
"""What is read of answers; which of them, and from which columns, the questions say."""
_CHOSEN = "suggestion"
_LIKELY, _EFFORT = 10, 7
_SCALES = (5, 10)
"""The scales of satisfaction that are known, by their highest score."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that asks for one of our kinds; `most` is its highest answer, where that is known, and `choices` what each stands for."""

    id: int
    survey: int
    touchpoint: str | None
    kind: SurveyKind
    most: int | None = None
    choices: Mapping[str, Decimal | None] = field(default_factory=dict)


def kinds_of(questions: Sequence[Question], values: Sequence[str]) -> list[Kind]:
    """Return what is read: the answers of whoever is through, whose `values` are numbers, and for each question who was only asked.

    Comments beside a choice are lines of their own, and are not read.
    """
    types = [_CHOSEN, *(one.removeprefix("value_") for one in values)]
    done = (["user_input_id.state", "=", "done"], ["user_input_id.test_entry", "=", False])
    told = ("|", ["skipped", "=", True], ["answer_type", "in", types])
    asked = (["question_id", "in", [one.id for one in questions]], *done, *told)
    return [replace(_ANSWER, fields=(*_ANSWER.fields, *values), domain=asked), *(_sent(one) for one in questions)]


def _sent(question: Question) -> Kind:
    """Return how those are found who were asked a question and are not through; who only came along by a public link was sent nothing."""
    who = (["survey_id", "=", question.survey], ["state", "!=", "done"], ["test_entry", "=", False], ["create_uid.share", "=", False])
    return replace(_INPUT, domain=who, prefix=f"sent:{question.id}:")


@dataclass(frozen=True, slots=True)
class Around:
    """What answers hang on: who answered, by the id of the whole, partners, our own users' partners, and the questions."""

    inputs: Mapping[str, Row]
    partners: Partners
    staff: Mapping[str, str]
    questions: Mapping[str, Question]
    is_seven_easy: bool


def surveys_of(row: Row, kind: Kind, near: Around) -> Iterator[Survey]:
    """Read an answer, or that somebody was asked; what was neither sent nor answered is left out."""
    is_answer = kind.model == ANSWERS
    key = link(row["question_id"]) if is_answer else kind.prefix.split(":")[1]
    question, whole = near.questions[key or ""], near.inputs.get(link(row["user_input_id"]) or "", {}) if is_answer else row
    raw = _raw(row, question) if is_answer else None
    sent_at = instant(whole.get("create_date")) if _was_sent(whole, near) else None
    answered_at = instant(row["create_date"]) if is_answer and not row["skipped"] else None
    if not (sent_at or answered_at):
        return
    company, contact = whose(whole, near.partners)
    score, scale = scored(question, raw, is_seven_easy=near.is_seven_easy)
    yield Survey(
        id=f"{kind.prefix}{row['id']}",
        kind=question.kind,
        raw_score=raw,
        score=score,
        scale=scale,
        contact=contact,
        company=company,
        touchpoint=question.touchpoint,
        sent_at=sent_at,
        answered_at=answered_at,
        **dates_of(row),
    )


def _was_sent(whole: Row, near: Around) -> bool:
    """Whether one of us asked somebody else: Odoo makes the same record when a person comes by a link."""
    sender = near.staff.get(link(whole.get("create_uid")) or "")
    return sender is not None and sender != link(whole.get("partner_id"))


def _raw(row: Row, question: Question) -> Decimal | None:
    if row["skipped"]:
        return None
    if row["answer_type"] == _CHOSEN:
        return question.choices.get(link(row["suggested_answer_id"]) or "")
    return decimal(row.get(f"value_{row['answer_type']}"))


def scored(question: Question, value: Decimal | None, *, is_seven_easy: bool) -> tuple[Decimal | None, int | None]:
    """Return an answer on the standard scale of its kind, and that scale; on one that nobody knows it has no score."""
    if question.kind is SurveyKind.CSAT:
        scale = question.most if question.most in _SCALES else None
        return (value if scale and _is_within(value, 1, scale) else None), scale
    low, high = (0, _LIKELY) if question.kind is SurveyKind.NPS else (1, _EFFORT)
    if value is None or question.most not in (None, high) or not _is_within(value, low, high):
        return None, high
    return (_EFFORT + 1 - value if question.kind is SurveyKind.CES and is_seven_easy else value), high


def _is_within(value: Decimal | None, low: int, high: int) -> bool:
    return value is not None and low <= value <= high and value == int(value)
