"""How the CRM itself is used: what it holds, who works in it, and who has learned to."""

from connector.kpis.loyalty import flag
from connector.kpis.metric import Better, Dimension, Formula, Kpi, Need, Part, Role, Rows, Unit, count, mean, one, ratio
from connector.model import Stream

BY = (Dimension.OWNER, Dimension.TEAM)
HELD = (Stream.DEALS, Stream.PIPELINES, Stream.COMPANIES, Stream.CONTACTS)
SEATS = Part(rows=Rows(of="seats"), adds={"n": one})
NO_LICENCE = "whoever did it had no licence then"
WORKED = Rows(of="user_days", at="used", where=flag("is_licensed"), left_out={NO_LICENCE: lambda days: ~days.is_licensed})
FEATURE = Rows(
    of="uses",
    at="used",
    where=lambda uses: uses.is_feature & uses.is_licensed,
    left_out={NO_LICENCE: lambda uses: uses.is_feature & ~uses.is_licensed},
)
_DID = "logged in, had to do with a customer or changed a record"


def _share_of_users(rows: Rows) -> Formula:
    """Divide the users who did something by those with a licence."""
    return Formula(
        parts=(Part(rows=rows, per_customer={"times": one}, each="user", adds={"active": lambda users: users.times > 0}), SEATS),
        numerator=lambda sums: sums.active,
        denominator=lambda sums: sums.n,
        is_share=True,
    )


KPIS = (
    Kpi(
        key="crm_records",
        label="Records in the CRM",
        unit=Unit.COUNT,
        better=Better.UP,
        means="How many records the CRM holds.",
        formula_words="Deals, companies, contacts, leads and tickets created by the period's end and still there.",
        source="U",
        formula=count(Rows(of="records", at="created", role=Role.THROUGH)),
        reads=HELD,
        by=(*BY, Dimension.KIND),
    ),
    Kpi(
        key="records_created",
        label="Records created",
        unit=Unit.COUNT,
        better=Better.UP,
        means="How many records were made in the period.",
        formula_words="Deals, companies, contacts, leads and tickets by the day they were created, those still there.",
        source="U",
        formula=count(
            Rows(
                of="records",
                at="created",
                where=flag("is_dated"),
                left_out={"nobody knows when it was created": lambda records: ~records.is_dated},
            )
        ),
        reads=HELD,
        by=(*BY, Dimension.KIND),
    ),
    Kpi(
        key="crm_logins",
        label="CRM logins",
        unit=Unit.COUNT,
        better=Better.UP,
        means="How often people logged in to the CRM in the period.",
        formula_words="Logins by their day.",
        source="C",
        formula=count(Rows(of="uses", at="used", where=flag("is_login"))),
        reads=(),
        needs=(Need.USAGE,),
        by=BY,
    ),
    Kpi(
        key="active_user_rate",
        version=2,
        label="Active user rate",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of the people with a licence who worked in the CRM in the period.",
        formula_words=f"Users with a licence who {_DID} in the period / all users with a licence in the period.",
        source="U",
        formula=_share_of_users(WORKED),
        reads=(Stream.USERS,),
        needs=(Need.WORK,),
        by=BY,
    ),
    Kpi(
        key="usage_frequency",
        version=2,
        label="Usage frequency",
        unit=Unit.DAYS_PER_WEEK,
        better=Better.UP,
        means="On how many days a week somebody with a licence works in the CRM.",
        formula_words=f"Days on which a user {_DID} / weeks for which users had a licence in the period, from the first such day on.",
        source="U",
        formula=Formula(
            parts=(Part(rows=WORKED, adds={"days": one}), Part(rows=Rows(of="seats"), adds={"weeks": lambda seats: seats.weeks, "n": one})),
            numerator=lambda sums: sums.days,
            denominator=lambda sums: sums.weeks,
        ),
        reads=(Stream.USERS,),
        needs=(Need.WORK,),
        by=BY,
    ),
    Kpi(
        key="feature_adoption_rate",
        version=2,
        label="Feature adoption rate",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of the people with a licence who used the feature that the settings name.",
        formula_words="Users with a licence who used the feature of CRM_KPI_CRM_FEATURE in the period / all with a licence in the period.",
        source="C",
        formula=_share_of_users(FEATURE),
        reads=(Stream.USERS,),
        needs=(Need.USAGE, Need.FEATURE),
        by=BY,
    ),
    Kpi(
        key="onboarding_time",
        label="Onboarding time",
        unit=Unit.DAYS,
        better=Better.DOWN,
        means="How long it takes until a new user works in the CRM as a matter of course.",
        formula_words="Mean days from a user's start to the third active day of their first week with three, those reached in the period.",
        source="C",
        formula=mean(Rows(of="onboardings", at="settled"), lambda onboardings: onboardings.onboarding_us),
        reads=(Stream.USERS,),
        by=BY,
    ),
    Kpi(
        key="training_completion_rate",
        label="Training completion rate",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of assigned courses that were completed and are still valid.",
        formula_words="Of the courses assigned in the period those completed so far and not expired / all.",
        source="U",
        formula=ratio(Rows(of="trainings", at="assigned"), flag("is_valid"), one),
        reads=(),
        needs=(Need.TRAININGS,),
        by=(*BY, Dimension.COURSE),
    ),
)
