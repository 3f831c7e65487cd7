"""A team's target as the sum of its members', each for the time in the team."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from connector.period import Calendar, Grain, Period
from connector.targets.members import Members
from connector.targets.splitting import CENT, tiles


@dataclass(frozen=True, slots=True)
class Sums:
    """Adds up members' targets. `targets` are those of owners by KPI, owner and period's name."""

    targets: Mapping[tuple[str, str, str], Decimal]
    members: Members
    calendar: Calendar

    def of(self, kpi: str, team: str, period: Period) -> tuple[tuple[tuple[Period, Decimal], ...], list[str]]:
        """Return a team's target part by part, and the names of those in the team who have no target to add."""
        parts: dict[Period, Decimal] = {}
        without = []
        for user in self.members.workdays.users_of(team, period):
            found = self._finest(kpi, user, period)
            if not found:
                without.append(self.members.owner.get(user, user))
            for part, target in found:
                parts[part] = parts.get(part, Decimal(0)) + self._due_share(user, team, part) * target
        return tuple((part, target.quantize(CENT)) for part, target in sorted(parts.items())), without

    def _finest(self, kpi: str, user: str, period: Period) -> list[tuple[Period, Decimal]]:
        """Return a user's targets by month, else by quarter, else by year, whichever cover the period."""
        for grain in (Grain.MONTH, Grain.QUARTER, Grain.YEAR):
            parts = tiles(grain, period, self.calendar)
            found = [(part, self.targets[key]) for part in parts if (key := (kpi, user, part.name)) in self.targets]
            if found and len(found) == len(parts):
                return found
        return []

    def _due_share(self, user: str, team: str, part: Period) -> Decimal:
        within, every = self.members.workdays.share_in(user, team, part)
        return Decimal(within) / every if every else Decimal(0)
