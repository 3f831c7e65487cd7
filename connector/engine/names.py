"""What the members of a dimension are called."""

from collections.abc import Mapping
from dataclasses import dataclass

from connector.engine.cache import Cache
from connector.kpis import Dimension
from connector.model import Entity

NO_MEMBER = "(none)"
_NAMED = {
    Dimension.OWNER: Entity.USERS,
    Dimension.TEAM: Entity.TEAMS,
    Dimension.PIPELINE: Entity.PIPELINES,
    Dimension.PRODUCT: Entity.PRODUCTS,
    Dimension.STAGE: Entity.STAGES,
}


@dataclass(frozen=True, slots=True)
class Names:
    """The names of all members, by dimension and id."""

    known: Mapping[str, Mapping[str, str]]

    def name(self, dimension: str, member: str) -> str:
        """Return a member's name; one that the CRM no longer knows keeps its id, and rows without a member are `(none)`."""
        return self.known.get(dimension, {}).get(member) or member or NO_MEMBER


def names_of(cache: Cache) -> Names:
    """Read the names of all members."""
    return Names({dimension.value: _read(cache, entity) for dimension, entity in _NAMED.items()})


def _read(cache: Cache, entity: Entity) -> dict[str, str]:
    return dict(cache.connection.execute(f"select id, name from crm.{entity}").fetchall())  # noqa: S608 - a name of ours
