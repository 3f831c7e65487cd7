"""The custom fields that a rep sees in the CRM: how they are named, what they hold, and what they are measured from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from connector.kpis.metric import BASE
from connector.kpis.more_fields import MORE
from connector.model import Entity, FieldKind, FieldSpec, Stream
from connector.period import Grain

CENT = Decimal("0.01")
HALF_DAY = Decimal("0.5")
TENTH = Decimal("0.1")
TWENTIETH = Decimal("0.05")
PERMILLE = Decimal("0.001")
STEPS: Mapping[FieldKind, Decimal] = {FieldKind.MONEY: CENT, FieldKind.PERCENT: Decimal("0.0001"), FieldKind.NUMBER: TENTH}
"""To how many decimals a field of each kind is rounded."""

READS: Mapping[Entity, tuple[Stream, ...]] = {
    Entity.DEALS: BASE,
    Entity.COMPANIES: (*BASE, Stream.COMPANIES),
    Entity.CONTACTS: (*BASE, Stream.CONTACTS),
    Entity.USERS: (*BASE, Stream.USERS),
}
"""The streams that the fields of an entity are measured from."""

_UPDATED = "When the KPI fields of this record last changed."
UPDATED_AT: Mapping[Entity, FieldSpec] = {
    entity: FieldSpec(entity, "kpi_updated_at", "KPI: Updated", FieldKind.DATETIME, _UPDATED) for entity in READS
}
"""The field that says when a record's other fields last changed; it is written only beside another change."""

DEAL_FIELDS = (
    FieldSpec(
        Entity.DEALS, "kpi_stage_entered_on", "KPI: In stage since", FieldKind.DATE, "The day on which the deal entered the stage it is in."
    ),
    FieldSpec(
        Entity.DEALS,
        "kpi_stage_benchmark_days",
        "KPI: Usual days in stage",
        FieldKind.NUMBER,
        "How many days half of all deals stay in this stage at most. Empty for closed deals.",
        HALF_DAY,
    ),
    FieldSpec(
        Entity.DEALS,
        "kpi_is_stalled",
        "KPI: Stalled",
        FieldKind.BOOL,
        "Whether the deal has been in its stage much longer than usual, or without activity for long. Empty for closed deals.",
    ),
    FieldSpec(Entity.DEALS, "kpi_stalled_reason", "KPI: Why stalled", FieldKind.TEXT, "Why the deal is stalled; empty if it is not."),
    FieldSpec(
        Entity.DEALS,
        "kpi_expected_value",
        "KPI: Expected value",
        FieldKind.MONEY,
        "The amount of the deal times its chance to be won. Empty for closed deals.",
        CENT,
    ),
    FieldSpec(
        Entity.DEALS,
        "kpi_win_chance",
        "KPI: Win chance",
        FieldKind.PERCENT,
        "The share of earlier deals in this stage that were won, to the nearest 5 %. Empty for closed deals and with little history.",
        TWENTIETH,
    ),
    FieldSpec(
        Entity.DEALS,
        "kpi_close_overdue",
        "KPI: Close overdue",
        FieldKind.BOOL,
        "Whether the expected close date of the open deal has passed. Empty for closed deals.",
    ),
    FieldSpec(
        Entity.DEALS,
        "kpi_times_postponed",
        "KPI: Times postponed",
        FieldKind.NUMBER,
        "How often the expected close date was moved to a later day. Empty for closed deals.",
    ),
)
STALLED = tuple(spec for spec in DEAL_FIELDS if spec.name in {"kpi_is_stalled", "kpi_stalled_reason"})
"""What hangs on activities, too, where the settings say after how many days without one a deal is stalled."""
COMPANY_FIELDS = (
    FieldSpec(
        Entity.COMPANIES, "kpi_lifetime_value", "KPI: Lifetime value", FieldKind.MONEY, "What all deals won with the company brought.", CENT
    ),
    FieldSpec(Entity.COMPANIES, "kpi_orders", "KPI: Orders", FieldKind.NUMBER, "Deals won with the company, renewals left out."),
    FieldSpec(Entity.COMPANIES, "kpi_last_order_on", "KPI: Last order", FieldKind.DATE, "The day of the company's last order."),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A KPI of one owner shown on their user record.

    `grain` is the period to date, None for a level; `is_gap` shows target less value. What does not hang `on_deals` alone is brought by a
    whole measurement, not by one of a few records.
    """

    kpi: str
    name: str
    label: str
    kind: FieldKind
    means: str
    step: Decimal
    grain: Grain | None = None
    is_gap: bool = False
    zero_when_none: bool = True
    on_deals: bool = True

    @property
    def spec(self) -> FieldSpec:
        """The field that shows it."""
        period = f", {self.grain} to date" if self.grain else ""
        name = f"{self.name}_{self.grain}" if self.grain else self.name
        label = f"KPI: {self.label} this {self.grain}" if self.grain else f"KPI: {self.label}"
        return FieldSpec(Entity.USERS, name, label, self.kind, f"{self.means}{period}.", self.step)


def _shown() -> Iterator[Shown]:
    for grain in (Grain.MONTH, Grain.QUARTER):
        yield Shown(
            "win_rate",
            "kpi_win_rate",
            "Win rate",
            FieldKind.PERCENT,
            "Share of the decided deals that were won",
            PERMILLE,
            grain,
            zero_when_none=False,
        )
        yield Shown("revenue_won", "kpi_revenue_won", "Revenue won", FieldKind.MONEY, "What the deals won are worth", CENT, grain)
        yield Shown(
            "average_deal_size",
            "kpi_average_deal_size",
            "Average deal size",
            FieldKind.MONEY,
            "What a won deal is worth on average",
            CENT,
            grain,
            zero_when_none=False,
        )
        yield Shown(
            "time_to_close",
            "kpi_time_to_close",
            "Days to close",
            FieldKind.NUMBER,
            "Mean days from creation until a deal is won",
            TENTH,
            grain,
            zero_when_none=False,
        )
        yield Shown(
            "forecast_revenue",
            "kpi_forecast",
            "Forecast",
            FieldKind.MONEY,
            "What is won and what open deals promise",
            CENT,
            grain,
        )
        yield Shown(
            "revenue_won",
            "kpi_gap_to_target",
            "Gap to target",
            FieldKind.MONEY,
            "Revenue target less revenue won, negative when exceeded, empty without a target",
            CENT,
            grain,
            is_gap=True,
        )
        yield Shown(
            "lead_response_time",
            "kpi_lead_response",
            "Hours to answer leads",
            FieldKind.NUMBER,
            "Mean hours from a lead's creation until somebody turns to it",
            TENTH,
            grain,
            zero_when_none=False,
            on_deals=False,
        )
    yield Shown("pipeline_value", "kpi_open_pipeline", "Open pipeline", FieldKind.MONEY, "What the open deals are worth", CENT)
    yield Shown(
        "overdue_followups",
        "kpi_overdue_followups",
        "Overdue follow-ups",
        FieldKind.NUMBER,
        "Tasks that are past their time and not done",
        Decimal(1),
        on_deals=False,
    )


SHOWN = tuple(_shown())
"""What a user record shows."""


def specs() -> Mapping[str, FieldSpec]:
    """Return every field of ours, keyed `entity.name`."""
    more = [field.spec for fields in MORE.values() for field in fields]
    every = (*DEAL_FIELDS, *COMPANY_FIELDS, *more, *(shown.spec for shown in SHOWN), *UPDATED_AT.values())
    return {f"{spec.entity}.{spec.name}": spec for spec in every}
