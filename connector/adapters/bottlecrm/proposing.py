"""Proposes which pipelines count: by their names, and by how many deals they have. Nothing here writes."""

from collections.abc import Sequence

from connector.adapters.bottlecrm.objects import Objects
from connector.adapters.bottlecrm.settings import BottleCrmSettings
from connector.adapters.bottlecrm.words import LISTS, PIPELINES
from connector.adapters.business import is_no_business
from connector.errors import AccessRefused
from connector.http import Body, Refused
from connector.model import Proposal, Stream

MOST = 8
"""How many pipelines are counted, each by one page of one deal."""


class Proposing:
    """Looks at one organisation."""

    def __init__(self, objects: Objects, settings: BottleCrmSettings) -> None:
        self._objects = objects
        self._settings = settings

    async def proposals(self) -> Sequence[Proposal]:
        """Propose which pipelines count, see `Adapter`; what kind of business a deal is, it tells itself."""
        try:
            found: list[Body] = (await self._objects.client.get(PIPELINES)).get("pipelines") or []
            names = {str(row["id"]): str(row.get("name") or row["id"]) for row in found if row.get("id")}
            seen = tuple([(f"{key} ({name})", await self._count(key)) for key, name in list(names.items())[:MOST]])
        except (AccessRefused, Refused):
            # What the token may not see, `check` has said already.
            return ()
        return [self._pipelines(names, seen), *self._lost(names)]

    async def _count(self, pipeline: str) -> int:
        listing = LISTS[Stream.DEALS]
        return (await self._objects.slice(listing, 0, 1, {"pipeline": pipeline}))[0][1]

    @staticmethod
    def _pipelines(names: dict[str, str], seen: tuple[tuple[str, int | None], ...]) -> Proposal:
        out = [key for key, name in names.items() if is_no_business(name)]
        chosen = tuple(key for key in names if key not in out)
        if not out or not chosen:
            return Proposal("pipelines", None, "All pipelines count, with so many deals each.", seen)
        said = f"{' and '.join(names[key] for key in out)} does not look like business; the figures are deals."
        return Proposal("pipelines", chosen, said, seen)

    def _lost(self, names: dict[str, str]) -> list[Proposal]:
        """Say which pipelines that are set the organisation does not have."""
        named = {"pipelines": self._settings.pipelines or (), "pipelines_left_out": self._settings.pipelines_left_out}
        return [
            Proposal(setting, None, f"The organisation has no pipeline {key}, which is set.")
            for setting, keys in named.items()
            for key in keys
            if key not in names
        ]
