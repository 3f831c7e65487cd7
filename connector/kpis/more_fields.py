"""Fields of companies and contacts that hang on more than deals; a whole measurement brings them, not one of a few records."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from connector.kpis.metric import ACTIVITIES, BASE, Need
from connector.model import Entity, FieldKind, FieldSpec, Stream

_ACTS = (Stream.CONTACTS, *ACTIVITIES)
_TICKETS, _SURVEYS = (Stream.TICKETS,), (Stream.SURVEYS,)
FIVE = Decimal(5)
CENT = Decimal("0.01")
HALF = Decimal("0.5")
PARTS = ("order", "engagement", "use", "satisfaction", "complaints", "contract")
"""What the health score of a company is made from; the settings weigh them."""
LEAD_PARTS = ("engagement", "size", "readiness")
"""What the lead score of a contact is made from; the settings weigh them."""
_ENGAGEMENT = (
    "Interactions of 90 days, from 0 to 100: a meeting 20, a message or call of theirs 10, a click 5, the rest 2, halved every 30 days."
)
_HEALTH = (
    "How well the customer is doing, from 0 to 100: the mean of last order, contact, use of the product, satisfaction, complaints and "
    "contract, as far as they are known."
)
_LEAD = (
    "How promising the lead is, from 0 to 100: the mean of engagement, company size and readiness, as far as they are known. Empty for "
    "customers."
)
_RISK = "How likely the customer is to leave: low, medium, high or lost."
_DUE = "Until when the oldest unanswered message should be answered."
_NPS = "The last answer to how likely they are to recommend us, from 0 to 10."


@dataclass(frozen=True, slots=True)
class Measured:
    """One such field, and what it hangs on besides the records it stands on.

    The engine's table has its value under its name without `kpi_`, and what stands behind it with `_why` added.
    """

    spec: FieldSpec
    reads: tuple[Stream, ...] = ()
    needs: tuple[Need, ...] = ()

    @property
    def column(self) -> str:
        """What the engine calls its value."""
        return self.spec.name.removeprefix("kpi_")


def _number(entity: Entity, name: str, label: str, means: str, *, step: Decimal = Decimal(0)) -> FieldSpec:
    return FieldSpec(entity, f"kpi_{name}", f"KPI: {label}", FieldKind.NUMBER, means, step)


def _other(entity: Entity, name: str, label: str, means: str, *, kind: FieldKind) -> FieldSpec:
    return FieldSpec(entity, f"kpi_{name}", f"KPI: {label}", kind, means, CENT if kind is FieldKind.MONEY else Decimal(0))


_CO, _PE = Entity.COMPANIES, Entity.CONTACTS
MORE: Mapping[Entity, tuple[Measured, ...]] = {
    Entity.COMPANIES: (
        Measured(_number(_CO, "engagement_score", "Engagement", _ENGAGEMENT, step=FIVE), _ACTS),
        Measured(_number(_CO, "health_score", "Health", _HEALTH, step=FIVE), BASE),
        Measured(
            _other(_CO, "churn_risk", "Churn risk", _RISK, kind=FieldKind.TEXT),
            BASE,
        ),
        Measured(_other(_CO, "churn_reason", "Why at risk", "What speaks most for the customer leaving.", kind=FieldKind.TEXT), BASE),
        Measured(
            _other(
                _CO,
                "predicted_lifetime_value",
                "Predicted lifetime value",
                "Orders of the last 365 days times the margin and the years that customers stay.",
                kind=FieldKind.MONEY,
            ),
            BASE,
            (Need.GROSS_MARGIN,),
        ),
        Measured(_number(_CO, "open_tickets", "Open tickets", "Requests for service that are not resolved."), _TICKETS),
        Measured(_number(_CO, "open_complaints", "Open complaints", "Complaints that are not resolved."), _TICKETS, (Need.COMPLAINTS,)),
        Measured(_number(_CO, "last_nps", "Last recommendation", _NPS), _SURVEYS),
        Measured(
            _other(_CO, "renewal_on", "Renewal", "The day on which the next contract ends that nobody has renewed.", kind=FieldKind.DATE),
            (),
            (Need.CONTRACTS,),
        ),
        Measured(
            _other(_CO, "renewal_amount", "Renewal amount", "What that contract is worth.", kind=FieldKind.MONEY), (), (Need.CONTRACTS,)
        ),
    ),
    Entity.CONTACTS: (
        Measured(_number(_PE, "engagement_score", "Engagement", _ENGAGEMENT, step=FIVE), _ACTS),
        Measured(_number(_PE, "lead_score", "Lead score", _LEAD, step=FIVE), BASE),
        Measured(
            _other(_PE, "last_contact_on", "Last contact", "The day on which we last met or wrote.", kind=FieldKind.DATE),
            _ACTS,
        ),
        Measured(
            _other(_PE, "reply_due_at", "Reply due", _DUE, kind=FieldKind.DATETIME),
            _ACTS,
        ),
        Measured(_number(_PE, "response_hours", "Hours to answer", "How long our answers took on average in 365 days.", step=HALF), _ACTS),
        Measured(_number(_PE, "last_nps", "Last recommendation", _NPS), _SURVEYS),
        Measured(_number(_PE, "last_csat", "Last satisfaction", "The last answer to how satisfied they are."), _SURVEYS),
        Measured(_number(_PE, "last_effort", "Last effort", "The last answer to how much effort it was, from 1 for none to 7."), _SURVEYS),
    ),
}
"""Every such field by the kind of record it stands on."""
