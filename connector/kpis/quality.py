"""How complete the records are and what is wrong with them: each rule with what it finds, and two KPIs over all of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from connector.kpis.metric import BASE, Better, Columns, Dimension, Kpi, Rows, Unit, count, one, ratio
from connector.model import Stream


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule: what is wrong with the records it finds, how to repair them, and the streams without which nobody can tell.

    The engine finds the records, see `connector/engine/sql/quality.sql`.
    """

    key: str
    means: str
    repair: str
    reads: tuple[Stream, ...] = BASE


_FAULTS = (
    Fault("closed_without_date", "A deal was won, lost or cancelled, and nobody knows when.", "Set the day of the close."),
    Fault("closed_before_created", "A deal was closed before it was created.", "Correct one of the two days."),
    Fault("won_without_amount", "A won deal has no amount.", "Set the amount; 0 where it really brought nothing."),
    Fault(
        "missing_rate",
        "An amount is in another currency, and there is no exchange rate for its day.",
        "Set the rate in the CRM, or import fx_rates.",
    ),
    Fault("unknown_stage", "A deal is in a stage that no pipeline has.", "Move it to a stage that there is, or import stages."),
    Fault("overdue_close_date", "An open deal was expected to close before today.", "Close it, or set the day that is expected now."),
    Fault(
        "company_gone",
        "A deal or a contact belongs to a company that is not there.",
        "Link it to a company that there is.",
        (*BASE, Stream.COMPANIES),
    ),
    Fault("owner_gone", "A deal belongs to a user who is not there.", "Give it to somebody who is.", (*BASE, Stream.USERS)),
    Fault("deal_gone", "A line item belongs to no deal.", "Link it to a deal, or delete it.", (*BASE, Stream.LINE_ITEMS)),
    Fault(
        "probable_duplicate",
        "Several companies of one country have the same name, small differences in writing aside.",
        "Merge them, or tell them apart by name.",
        (Stream.COMPANIES,),
    ),
    Fault(
        "answered_before_created",
        "A request for service was answered or resolved before it was created.",
        "Correct one of the days.",
        (Stream.TICKETS,),
    ),
    Fault(
        "unreadable_value",
        "A field holds something that cannot be read, such as words where a number belongs, and counts as empty.",
        "Correct the field in the CRM.",
        (),
    ),
)
FAULTS: Mapping[str, Fault] = {fault.key: fault for fault in _FAULTS}
"""Every rule by its key."""

REQUIRED = ("an owner", "an amount", "a day of the close, expected or real", "a company or contact", "a source")
"""What a deal needs so that it counts everywhere; `deals.present` says how many of these it has."""


def _required(deals: Columns) -> Columns:
    return one(deals).cast("int64") * len(REQUIRED)


KPIS = (
    Kpi(
        key="data_completeness",
        label="Data completeness",
        unit=Unit.RATE,
        better=Better.UP,
        means="How much of what every deal needs is filled in.",
        formula_words=f"Of deals created in the period: what is there of {', '.join(REQUIRED)} / {len(REQUIRED)} for each deal.",
        source="N",
        formula=ratio(Rows(of="deals", at="created"), lambda deals: deals.present, _required),
        by=(Dimension.OWNER, Dimension.TEAM, Dimension.PIPELINE, Dimension.SEGMENT),
    ),
    Kpi(
        key="data_faults",
        label="Data faults",
        unit=Unit.COUNT,
        better=Better.DOWN,
        means="How many faults there are in the records, by rule and responsible owner.",
        formula_words="Faults there are at the moment of the measurement, by the day their record was created; a record may have several.",
        source="N",
        formula=count(Rows(of="faults", at="created")),
        by=(Dimension.OWNER, Dimension.TEAM, Dimension.RULE),
    ),
)
