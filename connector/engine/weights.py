"""Tells the engine what scores are made from: which streams are whole, and how much each part weighs."""

from decimal import Decimal

from connector.engine.cache import Cache
from connector.engine.columns import quoted
from connector.engine.terms import Terms
from connector.kpis.metric import ACTIVITIES
from connector.kpis.more_fields import LEAD_PARTS, PARTS
from connector.model import Stream


def set_weights(cache: Cache, terms: Terms, between: str) -> None:
    """Set the variables that the definitions of scores read; `between` parts the names of streams."""
    policies = terms.policies
    ready = [stream for stream in Stream if not terms.missing((stream,))]
    there = [*ready, *(["activities"] if all(stream in ready for stream in ACTIVITIES) else [])]
    weights = {f"health_{part}": policies.health_weights.get(part, Decimal(1)) for part in PARTS}
    weights |= {f"lead_{part}": policies.lead_weights.get(part, Decimal(1)) for part in LEAD_PARTS}
    cache.connection.execute(f"set variable ready = {quoted(between.join(there))}")
    for name, weight in weights.items():
        cache.connection.execute(f"set variable {name} = cast({quoted(str(weight))} as double)")
