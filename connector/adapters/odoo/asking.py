"""Which questions of Odoo's surveys ask for what: by the settings, and where the question's own type says it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from connector.adapters.odoo.parse import link, name, text
from connector.adapters.odoo.rpc import Domain, Row, Rpc
from connector.adapters.odoo.settings import OdooSettings
from connector.adapters.odoo.surveys import ANSWERS, Question
from connector.adapters.odoo.words import TITLE, named
from connector.errors import LeftOut
from connector.model import SurveyKind

QUESTIONS, CHOICES = "survey.question", "survey.question.answer"
SETTING = "survey_questions"
TOLD = {"nps_rate": SurveyKind.NPS}
"""Types of questions, of apps that add some, which say by themselves what is asked."""
_BOUNDS: Mapping[str, int] = {"nps_rate": 10, "star_rate": 5}
"""The highest answer of types that have but one scale."""
_LIMITS: Mapping[str, tuple[str, ...]] = {
    "numerical_box": ("validation_required", "validation_max_float_value"),
    "scale": ("scale_max",),
}
"""The fields that tell the highest answer of other types; the first of two says whether the second holds."""
_CHOOSING, _MATRIX = "simple_choice", "matrix"
TYPES = (*_LIMITS, *_BOUNDS, _CHOOSING)
"""The types of questions whose answers may be scores."""
_NUMBERS = ("integer", "float")
_LEADING = re.compile(r"\s*(\d{1,3})\b")
_NOBODY = (
    f"No question of {TITLE}'s surveys is known to ask for recommendation, effort or satisfaction; {named(SETTING)} names those that do, "
    "and `crm-kpi check` proposes some."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as Odoo has it, with its highest answer and what its choices stand for."""

    row: Row
    most: int | None
    choices: Mapping[str, Decimal | None]

    @property
    def title(self) -> str:
        """What is asked."""
        return text(self.row["title"]) or str(self.row["id"])


async def numbers_of(rpc: Rpc) -> list[str]:
    """Return the columns in which this version keeps answers that are numbers."""
    there = await rpc.columns(ANSWERS)
    return sorted(name for name, row in there.items() if name.startswith("value_") and row["type"] in _NUMBERS)


async def asked(rpc: Rpc, domain: Domain) -> list[Asked]:
    """Return the questions that fit, with their choices."""
    there = await rpc.columns(QUESTIONS)
    limits = [name for names in _LIMITS.values() for name in names if name in there]
    rows = await rpc.rows(QUESTIONS, [["is_page", "=", False], *domain], ["title", "survey_id", "question_type", *limits])
    wanted = [row["id"] for row in rows if row["question_type"] == _CHOOSING]
    fields = ["question_id", "value", "answer_score"]
    found: dict[str, list[Row]] = {}
    for one in await rpc.rows(CHOICES, [["question_id", "in", wanted]], fields) if wanted else []:
        found.setdefault(link(one["question_id"]) or "", []).append(one)
    return [_asked(row, choices_of(found.get(str(row["id"]), []))) for row in rows]


def _asked(row: Row, choices: Mapping[str, Decimal | None]) -> Asked:
    kind = str(row["question_type"])
    numbers = [one for one in choices.values() if one is not None]
    if kind == _CHOOSING:
        return Asked(row, int(max(numbers)) if numbers else None, choices)
    if kind in _BOUNDS:
        return Asked(row, _BOUNDS[kind], choices)
    limits = [row.get(name) or 0 for name in _LIMITS.get(kind, ())]
    return Asked(row, int(limits[-1]) if limits and all(limits) else None, choices)


def choices_of(rows: Sequence[Row]) -> dict[str, Decimal | None]:
    """Return what each choice stands for: the number that its text begins with, else the points that people gave it in Odoo."""
    told = {str(row["id"]): _LEADING.match(str(row["value"] or "")) for row in rows}
    if all(told.values()):
        return {key: Decimal(found[1]) for key, found in told.items() if found}
    points = {str(row["id"]): Decimal(str(row["answer_score"] or 0)) for row in rows}
    return dict(points) if any(points.values()) else dict.fromkeys(points)


class Asking:
    """The questions of one database that count."""

    def __init__(self, rpc: Rpc, settings: OdooSettings) -> None:
        self._rpc = rpc
        self._meant = dict(one.rpartition("=")[::2] for one in settings.survey_questions)

    async def questions(self) -> list[Question]:
        """Return them.

        Raises:
            LeftOut: there is none, or one that the settings name is not there.
        """
        ids = [int(one) for one in self._meant if one.isdecimal()]
        ours = ["|", "|", ["id", "in", ids], ["title", "in", [*self._meant]], ["question_type", "in", [*TOLD]]]
        found = await asked(self._rpc, ours)
        for wanted in self._meant:
            meant = [one for one in found if wanted in (str(one.row["id"]), one.title)]
            if not meant:
                raise LeftOut(f"{named(SETTING)} names the question {wanted!r}, which {TITLE} does not have.", (named(SETTING),))
            if any(one.row["question_type"] == _MATRIX for one in meant):
                raise LeftOut(f"{named(SETTING)} names the question {wanted!r}, a matrix, which asks several at once.", (named(SETTING),))
        if not found:
            raise LeftOut(_NOBODY, (named(SETTING),))
        return [self._question(one) for one in found]

    def _question(self, one: Asked) -> Question:
        told = self._meant.get(str(one.row["id"])) or self._meant.get(one.title) or TOLD[one.row["question_type"]].value
        kind, _, scale = told.partition(":")
        most = int(scale) if scale else one.most
        return Question(
            int(one.row["id"]), int(link(one.row["survey_id"]) or 0), name(one.row["survey_id"]), SurveyKind(kind), most, one.choices
        )
