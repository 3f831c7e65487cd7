"""The KPIs of one account: those that the program declares, and those that an admin added to them."""

from collections.abc import Iterable, Iterator, Mapping

from connector.kpis.metric import Kpi


class Catalogue(Mapping[str, Kpi]):
    """KPIs by their keys, in order; it never changes, and is equal to itself alone.

    `own` are the keys of those that an admin declared.
    """

    def __init__(self, kpis: Iterable[Kpi], own: Iterable[Kpi] = ()) -> None:
        added = tuple(own)
        self.own = tuple(kpi.key for kpi in added)
        self._kpis = {kpi.key: kpi for kpi in (*kpis, *added)}

    def __getitem__(self, key: str) -> Kpi:
        return self._kpis[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kpis)

    def __len__(self) -> int:
        return len(self._kpis)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def with_own(self, own: Iterable[Kpi]) -> "Catalogue":
        """Return a catalogue that has these, too."""
        return Catalogue(self.values(), own)
