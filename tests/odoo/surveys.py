"""A survey in Odoo after a delivery, with what customers answered to it; dated back, as everything else is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.odoo.people import People
from tests.odoo.server import Server

LIKELY, HAPPY = "How likely are you to recommend us?", "How satisfied are you with the delivery?"
SETTING = f"{LIKELY}=nps,{HAPPY}=csat"
ASKED, ANSWERED = "2017-11-01 09:00:00", "2017-11-02 09:00:00"
ANSWERS: Sequence[tuple[int, int | None]] = ((10, 5), (9, 4), (9, None), (8, 3), (7, 5), (3, 1), (0, 4))
"""What each customer said, from 0 to 10 and from 1 to 5 (None: left out), in the order of their companies; one more says nothing.

By hand: three promoters (10, 9, 9) less two detractors (3, 0) of seven are 1/7, so the net promoter score is 100/7 = 14.2857. Of six
answers to the other question four are satisfied ones (5, 4, 5, 4): 2/3. Eight people were asked two questions: 13 of 16 were answered.
"""
NET_PROMOTERS, SATISFIED, RESPONSES = (100, 7), (4, 6), (13, 16)


@dataclass(frozen=True)
class Surveyed:
    """One survey that people were asked to fill in, by a wizard as people do; somebody who tests it counts for nothing."""

    people: People
    survey: int
    questions: tuple[int, int]
    stars: Sequence[int]

    @classmethod
    def made_by(cls, people: People) -> "Surveyed":
        """Make it."""
        [survey] = people.make("survey.survey", [{"title": "After delivery", "state": "open", "access_mode": "token"}])
        scale = {"validation_required": True, "validation_min_float_value": 0, "validation_max_float_value": 10}
        rows = [{"title": LIKELY, "question_type": "numerical_box", **scale}, {"title": HAPPY, "question_type": "simple_choice"}]
        likely, happy = people.make("survey.question", [{**row, "survey_id": survey} for row in rows])
        words = ("1 - not at all", "2", "3", "4", "5 - very")
        stars = people.make("survey.question.answer", [{"question_id": happy, "value": word} for word in words])
        return cls(people, survey, (likely, happy), stars)

    @classmethod
    def found_by(cls, people: People) -> "Surveyed":
        """Find it again."""
        likely, happy = people.find("survey.question", ["title", "in", [LIKELY, HAPPY]], fields=["survey_id"])
        stars = people.find("survey.question.answer", ["question_id", "=", happy["id"]], fields=["value"])
        return cls(people, likely["survey_id"][0], (likely["id"], happy["id"]), [row["id"] for row in stars])

    def ask(self, customers: Sequence[int]) -> list[int]:
        """Ask customers, as the wizard does that sends the letters."""
        return self.people.make("survey.user_input", [{"survey_id": self.survey, "partner_id": one} for one in customers])

    def answer(self, whole: int, likely: int, happy: int | None) -> None:
        """Let one of them answer."""
        about = {"user_input_id": whole, "skipped": False}
        number = {**about, "question_id": self.questions[0], "answer_type": "numerical_box", "value_numerical_box": likely}
        chosen: dict[str, Any] = {**about, "question_id": self.questions[1]}
        if happy is None:
            chosen |= {"answer_type": False, "skipped": True}
        else:
            chosen |= {"answer_type": "suggestion", "suggested_answer_id": self.stars[happy - 1]}
        self.people.make("survey.user_input.line", [number, chosen])
        self.people.call("survey.user_input", "write", [whole], {"state": "done"})

    def date_back(self, server: Server, database: str) -> None:
        """Let everything have been asked and answered when it was."""
        with server.connect(database) as connection:
            connection.execute("UPDATE survey_user_input SET create_date = %s WHERE survey_id = %s", [ASKED, self.survey])
            connection.execute("UPDATE survey_user_input_line SET create_date = %s WHERE survey_id = %s", [ANSWERED, self.survey])


def survey_customers(people: People, server: Server, database: str, customers: Sequence[int]) -> None:
    """Ask some customers, let all but the last of them answer, and let one of us try it out."""
    surveyed = Surveyed.made_by(people)
    wholes = surveyed.ask(customers[: len(ANSWERS) + 1])
    for whole, (likely, happy) in zip(wholes, ANSWERS, strict=False):
        surveyed.answer(whole, likely, happy)
    [trial] = people.make("survey.user_input", [{"survey_id": surveyed.survey, "partner_id": customers[0], "test_entry": True}])
    surveyed.answer(trial, 0, 1)
    surveyed.date_back(server, database)
