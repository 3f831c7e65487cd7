"""What a measurement is asked for: the moment, the calendar, the choices and the targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from connector.kpis import KPIS, Catalogue, Kpi, Need
from connector.kpis.metric import ACTIVITIES
from connector.model import Policies, Stream, Target
from connector.period import Calendar

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of one measurement: everything that happened before `as_of` counts.

    `ready` maps a stream to None where it is whole, else to the reason why nothing may be measured from it; a stream it does not name is
    whole. `lacking` names needs that nothing meets, with what would. `kpis` are all that the
    account has.
    """

    calendar: Calendar
    as_of: datetime
    policies: Policies = field(default_factory=Policies)
    targets: Sequence[Target] = ()
    ready: Mapping[Stream, str | None] = field(default_factory=dict)
    lacking: Mapping[Need, str] = field(default_factory=dict)
    kpis: Catalogue = KPIS

    @property
    def last_day(self) -> date:
        """The local day of the last instant that counts."""
        return self.calendar.day_of(self.as_of - INSTANT)

    def missing(self, reads: Sequence[Stream]) -> str | None:
        """Return why these streams cannot all be read, or None if they can."""
        return next((reason for stream in reads if (reason := self.ready.get(stream))), None)

    def silence(self) -> str | None:
        """Return why silence cannot be judged although the settings ask for it, or None."""
        return self.missing(ACTIVITIES) if self.policies.stalled_days else None

    def hindrance(self, kpi: Kpi) -> str | None:
        """Return why a KPI cannot be measured, or None if it can."""
        lacking = next((self.lacking[need] for need in kpi.needs if need in self.lacking), None)
        silence = self.silence() if Need.SILENCE in kpi.needs else None
        return self.missing(kpi.reads) or silence or lacking
