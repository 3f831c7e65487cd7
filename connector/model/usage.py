"""What talking to a CRM has cost: the requests of one process, and the account's allowance of the day."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(slots=True)
class Usage:
    """What was sent and waited for since the connection was made.

    `lanes` counts requests by the limit they fell under, the narrowest first named, and those for tokens as `tokens`; `slowed` answers
    asked us to slow down (429); `waited` is how many seconds the next request in line stood ready and had to wait for its turn.
    `day_used` of `day_limit` requests of the account's day were used when the CRM last told, by whomever; None where it never did.
    """

    lanes: Counter[str] = field(default_factory=Counter)
    slowed: int = 0
    waited: float = 0.0
    day_limit: int | None = None
    day_used: int | None = None

    @property
    def calls(self) -> int:
        """How many requests were sent, repetitions included."""
        return self.lanes.total()

    def less(self, before: "Usage") -> "Usage":
        """Return what came after `before`; less nothing, a copy as of now."""
        lanes = Counter({lane: number - before.lanes[lane] for lane, number in self.lanes.items() if number != before.lanes[lane]})
        return replace(self, lanes=lanes, slowed=self.slowed - before.slowed, waited=self.waited - before.waited)

    def summary(self) -> Mapping[str, object]:
        """Return the figures as they are kept in a run's record; what was never told is left out."""
        told = {"day_used": self.day_used, "day_limit": self.day_limit} if self.day_limit is not None else {}
        return {"calls": self.calls, "lanes": dict(self.lanes), "slowed": self.slowed, "waited_seconds": round(self.waited, 1), **told}
