"""Proposes what an account's own pipelines mean: by their names, and by how many leads they have. Nothing here writes."""

from collections.abc import Sequence

from connector.adapters.business import KINDS, is_no_business, kind_of
from connector.adapters.nutshell.mapping import Mapped
from connector.adapters.nutshell.objects import Objects
from connector.adapters.nutshell.words import LEADS
from connector.errors import AccessRefused
from connector.http import Body, Refused
from connector.model import Proposal

MOST = 8
"""How many pipelines are counted, each by one page of one lead."""
_RETIRED = 3


class Proposing:
    """Looks at one account."""

    def __init__(self, objects: Objects, settings: Mapped) -> None:
        self._objects = objects
        self._settings = settings

    async def proposals(self) -> Sequence[Proposal]:
        """Propose a mapping, see `Adapter`."""
        try:
            rows = [row for row in await self._objects.all("stagesets") if row.get("id")][:MOST]
        except (AccessRefused, Refused):
            # What the key may not see, `check` has said already.
            return ()
        names = {str(row["id"]): str(row.get("name") or row["id"]) for row in rows}
        seen = tuple([(f"{key} ({name})", await self._count(key)) for key, name in names.items()])
        return [*self._pipelines(rows, names, seen), *self._kinds(names, seen), *self._lost(names)]

    async def _count(self, pipeline: str) -> int | None:
        try:
            return await self._objects.count(LEADS, {"filter[stageset]": pipeline})
        except (AccessRefused, Refused):
            return None

    def _pipelines(self, rows: Sequence[Body], names: dict[str, str], seen: tuple[tuple[str, int | None], ...]) -> list[Proposal]:
        retired = {str(row["id"]) for row in rows if row.get("status") == _RETIRED}
        out = [key for key, name in names.items() if is_no_business(name) and key not in retired]
        chosen = tuple(key for key in names if key not in out)
        if not out or not chosen:
            return [Proposal("pipelines", None, "All pipelines count, with so many leads each.", seen)]
        said = f"{' and '.join(names[key] for key in out)} does not look like business; the figures are leads."
        return [Proposal("pipelines", chosen, said, seen)]

    def _kinds(self, names: dict[str, str], seen: tuple[tuple[str, int | None], ...]) -> list[Proposal]:
        """Propose kinds only where a name speaks of one, for what is named otherwise is new business anyway."""
        meant = {key: kind for key, name in names.items() if (kind := kind_of(name)) != KINDS[0]}
        if not meant:
            return []
        pairs = tuple(f"{key}={kind}" for key, kind in meant.items())
        return [Proposal("pipeline_kinds", pairs, "Pipelines whose names speak of existing customers, with so many leads each.", seen)]

    def _lost(self, names: dict[str, str]) -> list[Proposal]:
        """Say which pipelines that are set the account does not have."""
        named: dict[str, Sequence[str]] = {
            "pipelines": self._settings.pipelines or (),
            "pipelines_left_out": self._settings.pipelines_left_out,
            "pipeline_kinds": [pair.rsplit("=", 1)[0] for pair in self._settings.pipeline_kinds],
        }
        return [
            Proposal(setting, None, f"The account has no pipeline {key}, which is set.")
            for setting, keys in named.items()
            for key in keys
            if key not in names and len(names) < MOST
        ]
