"""Lists what is wrong with the records, rule by rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.engine.cache import Cache
from connector.engine.facts import lay_out
from connector.engine.terms import Terms
from connector.kpis.quality import FAULTS
from connector.model import Entity, Policies, Stream
from connector.period import ALL_TIME, Calendar


@dataclass(frozen=True, slots=True)
class FaultyRecord:
    """One fault: the rule, the record by kind, id and name, and who is responsible for it; None where nobody is.

    `detail` says more where the rule alone does not tell what to repair.
    """

    rule: str
    entity: Entity
    id: str
    name: str | None
    owner: str | None
    detail: str | None = None


def faults(
    cache: Cache, *, calendar: Calendar, as_of: datetime, policies: Policies, ready: Mapping[Stream, str | None]
) -> Sequence[FaultyRecord]:
    """Return every fault there is at `as_of`, by rule in the catalogue's order, kind and id; rules that cannot be judged find nothing."""
    lay_out(cache, Terms(calendar=calendar, as_of=as_of, policies=policies, ready=ready), [()], [ALL_TIME], facts=["faults"])
    found = cache.connection.execute(
        "select f.rule, f.entity, f.id, coalesce(d.name, c.name) as name, coalesce(u.name, f.owner) as owner, "
        "case f.rule "
        "when 'missing_rate' then rtrim(rtrim(cast(d.amount as varchar), '0'), '.') || ' ' || d.currency "
        "when 'overdue_close_date' then cast(d.expected_close_on as varchar) "
        "else v.reasons end "
        "from faults_base as f "
        "left join crm.deals as d on d.id = f.id and f.entity = 'deals' "
        "left join crm.companies as c on c.id = f.id and f.entity = 'companies' "
        "left join crm.users as u on u.id = f.owner "
        "left join (select entity, record, string_agg(reason, ' ' order by reason) as reasons from crm.unread group by all) as v "
        "on f.rule = 'unreadable_value' and v.entity = f.entity and v.record = f.id order by f.entity, length(f.id), f.id"
    ).fetchall()
    rows = [FaultyRecord(rule, Entity(entity), record, name, owner, detail) for rule, entity, record, name, owner, detail in found]
    return sorted(rows, key=lambda row: list(FAULTS).index(row.rule))


def unjudged(ready: Mapping[Stream, str | None]) -> Mapping[str, str]:
    """Return the rules that cannot be judged, with the reason."""
    reasons = {key: next((why for stream in fault.reads if (why := ready.get(stream))), None) for key, fault in FAULTS.items()}
    return {key: reason for key, reason in reasons.items() if reason}
