"""What customers say when they are asked."""

from connector.kpis.metric import Better, Columns, Dimension, Formula, Kpi, Part, Rows, Rule, Unit, one, ratio
from connector.model import Stream

READS = (Stream.SURVEYS,)
BY = (Dimension.OWNER, Dimension.TEAM, Dimension.SEGMENT, Dimension.TOUCHPOINT)
_PROMOTER, _DETRACTOR = 9, 6
_SATISFIED = {5: 4, 10: 8}
"""From which score on an answer is a satisfied one, by the highest score of the scale."""


def _of(kind: str) -> Rule:
    return lambda surveys: (surveys.kind == kind) & surveys.is_answered & surveys.score.notnull()


def _lacks_scale(kind: str) -> Rule:
    return lambda surveys: (surveys.kind == kind) & surveys.is_answered & surveys.score.isnull()


def _promotion(surveys: Columns) -> Columns:
    """Return 100 for a promoter, -100 for a detractor, else 0."""
    return (surveys.score >= _PROMOTER).ifelse(100, (surveys.score <= _DETRACTOR).ifelse(-100, 0))


def _promotes_or_warns(surveys: Columns) -> Columns:
    return (surveys.score >= _PROMOTER) | (surveys.score <= _DETRACTOR)


def _promoter_score() -> Formula:
    adds = {"numerator": _promotion, "denominator": one, "n": one, "decided": _promotes_or_warns}
    return Formula(parts=(Part(rows=_answers("nps"), adds=adds, last_of="respondent"),), spread=lambda sums: sums.decided)


def _is_scaled(surveys: Columns) -> Columns:
    return _of("csat")(surveys) & surveys.scale.isin(list(_SATISFIED))


def _is_satisfied(surveys: Columns) -> Columns:
    five, ten = (surveys.scale == scale for scale in _SATISFIED)
    return (five & (surveys.score >= _SATISFIED[5])) | (ten & (surveys.score >= _SATISFIED[10]))


def _of_five(surveys: Columns) -> Columns:
    """Return the score on the scale from 1 to 5; the ends of the scale from 1 to 10 become its ends."""
    score = surveys.score.cast("float64")
    five, ten = _SATISFIED
    return (surveys.scale == ten).ifelse(1 + (score - 1) * (five - 1) / (ten - 1), score)


def _answers(kind: str) -> Rows:
    return Rows(of="surveys", at="answered", where=_of(kind), left_out={"nobody knows its scale": _lacks_scale(kind)})


SCALED = Rows(
    of="surveys",
    at="answered",
    where=_is_scaled,
    left_out={"nobody knows its scale": lambda surveys: (surveys.kind == "csat") & surveys.is_answered & ~_is_scaled(surveys)},
)

KPIS = (
    Kpi(
        key="net_promoter_score",
        label="Net promoter score",
        unit=Unit.SCORE,
        better=Better.UP,
        means="How much more likely customers are to recommend us than to warn of us, from -100 to 100.",
        formula_words=(
            "Share of promoters (9 and 10 of 0 to 10) less share of detractors (0 to 6), times 100; each respondent's last answer in the "
            "period counts."
        ),
        source="NC",
        formula=_promoter_score(),
        reads=READS,
        by=BY,
    ),
    Kpi(
        key="customer_effort_score",
        label="Customer effort score",
        unit=Unit.SCORE,
        better=Better.DOWN,
        means="How much effort things are for customers, from 1 (none) to 7.",
        formula_words="Mean of the answers in the period on the scale from 1, no effort, to 7.",
        source="NC",
        formula=ratio(_answers("ces"), lambda surveys: surveys.score, one),
        reads=READS,
        by=BY,
    ),
    Kpi(
        key="customer_satisfaction_score",
        label="Customer satisfaction score",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of answers that are satisfied ones.",
        formula_words="Answers of 4 or 5 of 5, or of 8 to 10 of 10 / all answers in the period on these scales.",
        source="UC",
        formula=ratio(SCALED, _is_satisfied, one),
        reads=READS,
        by=BY,
    ),
    Kpi(
        key="customer_satisfaction_mean",
        label="Mean satisfaction",
        unit=Unit.SCORE,
        better=Better.UP,
        means="How satisfied customers are on average, from 1 to 5.",
        formula_words="Mean of the answers in the period, those on a scale of 1 to 10 brought to one of 1 to 5.",
        source="UC",
        formula=ratio(SCALED, _of_five, one),
        reads=READS,
        by=BY,
    ),
    Kpi(
        key="survey_response_rate",
        label="Survey response rate",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of the surveys sent that were answered.",
        formula_words="Of the surveys sent in the period those answered so far / all; only where the sending is known.",
        source="+",
        formula=ratio(Rows(of="surveys", at="sent"), lambda surveys: surveys.is_answered, one),
        reads=READS,
        by=BY,
    ),
)
