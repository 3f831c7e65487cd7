"""Proposes what the questions of surveys ask for, by their scale and by words in six languages."""

import re
from collections.abc import Mapping, Sequence

from connector.adapters.odoo.asking import SETTING, TOLD, TYPES, Asked, asked
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


class Proposing:
    """Looks at the questions of one database."""

    def __init__(self, rpc: Rpc, settings: OdooSettings) -> None:
        self._rpc = rpc
        self._settings = settings

    async def proposals(self) -> Sequence[Proposal]:
        """Propose which questions ask for what, see `Adapter`."""
        try:
            found = await asked(self._rpc, [["question_type", "in", [*TYPES]]])
        except (AccessRefused, Refused):
            # Without the app, or the right to it, there is nothing to propose; `check` has said so already.
            return ()
        seen = tuple((f"{one.row['id']} ({name(one.row['survey_id'])}: {one.title})", None) for one in found[:_MOST])
        if now := self._settings.survey_questions:
            return (Proposal(SETTING, now, "It is set.", seen),)
        meant = tuple(f"{one.row['id']}={kind}" for one in found if (kind := kind_of(one)) and one.row["question_type"] not in TOLD)
        because = "By their words and their highest answers." if meant else "No question has the words and the scale of one of them."
        return (Proposal(SETTING, meant or None, because, seen),) if found else ()


def kind_of(one: Asked) -> SurveyKind | None:
    """Return what a question asks for by its words, where its scale is one on which that is asked."""
    return next((kind for kind, (scales, words) in _WORDS.items() if one.most in scales and words.search(one.title)), None)
