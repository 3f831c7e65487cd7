"""Proposes what the questions of surveys ask for and what makes a ticket a complaint, by scales and by words in six languages."""

import re
from collections.abc import Mapping, Sequence

from connector.adapters.odoo.asking import SETTING, TOLD, TYPES, Asked, asked
from connector.adapters.odoo.helpdesk import desk_of
from connector.adapters.odoo.parse import name
from connector.adapters.odoo.rpc import Rpc
from connector.adapters.odoo.settings import OdooSettings
from connector.errors import AccessRefused
from connector.http import Refused
from connector.model import Proposal, SurveyKind

_MOST = 20
"""How many questions are told at most."""
# English, Swedish, Finnish, Ukrainian, Portuguese and Polish words for the same things.
_WORDS: Mapping[SurveyKind, tuple[tuple[int, ...], re.Pattern[str]]] = {
    kind: (scales, re.compile(words, re.IGNORECASE))
    for kind, scales, words in (
        (SurveyKind.NPS, (10,), r"recommend|rekommend|suositt|suosittel|рекоменд|порад|recomend|polec"),
        (SurveyKind.CES, (7,), r"effort|eas[yi]|ansträng|enkel|lätt|helppo|vaivat|зусил|легк|esforço|fácil|wysił|łatw"),
        (SurveyKind.CSAT, (5, 10), r"satisf|happy|nöjd|tyytyv|задовол|zadowol"),
    )
}
_COMPLAINT = re.compile(r"complain|klagomål|reklam|valitus|скарг|рекламац|reclama|skarg", re.IGNORECASE)


class Proposing:
    """Looks at the questions and the tickets of one database."""

    def __init__(self, rpc: Rpc, settings: OdooSettings) -> None:
        self._rpc = rpc
        self._settings = settings

    async def proposals(self) -> Sequence[Proposal]:
        """Propose which questions ask for what and what makes a complaint, see `Adapter`.

        Without the app, or the right to it, there is nothing to propose; `check` has said so already.
        """
        found: list[Proposal] = []
        for look in (self._questions, self._complaints):
            try:
                found += await look()
            except (AccessRefused, Refused):
                continue
        return found

    async def _questions(self) -> list[Proposal]:
        found = await asked(self._rpc, [["question_type", "in", [*TYPES]]])
        seen = tuple((f"{one.row['id']} ({name(one.row['survey_id'])}: {one.title})", None) for one in found[:_MOST])
        if now := self._settings.survey_questions:
            return [Proposal(SETTING, now, "It is set.", seen)]
        meant = tuple(f"{one.row['id']}={kind}" for one in found if (kind := kind_of(one)) and one.row["question_type"] not in TOLD)
        because = "By their words and their highest answers." if meant else "No question has the words and the scale of one of them."
        return [Proposal(SETTING, meant or None, because, seen)] if found else []

    async def _complaints(self) -> list[Proposal]:
        desk = await desk_of(self._rpc)
        models = [desk.models[what] for what in ("type", "category", "tags") if what in desk.models]
        names = {str(row["name"]): None for model in models for row in await self._rpc.rows(model, [], ["name"])}
        seen = tuple((one, None) for one in [*names][:_MOST])
        if now := self._settings.complaint_values:
            return [Proposal("complaint_values", now, "It is set.", seen)]
        meant = tuple(one for one in names if _COMPLAINT.search(one))
        because = "By their names." if meant else "No type, category or tag is called so."
        return [Proposal("complaint_values", meant or None, because, seen)] if names else []


def kind_of(one: Asked) -> SurveyKind | None:
    """Return what a question asks for by its words, where its scale is one on which that is asked."""
    return next((kind for kind, (scales, words) in _WORDS.items() if one.most in scales and words.search(one.title)), None)
