"""The page of KPIs, docs/kpis.md: what each means, how it is made, what it stands on and where that comes from."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from connector.adapters import ADAPTERS, Entry
from connector.feeds import FEEDS
from connector.kpis import DIMENSION_READS, FAMILIES, Dimension, Kpi, Need, Unit
from connector.kpis.choices import settings_of_kpi
from connector.kpis.interval import is_share
from connector.kpis.metric import ACTIVITIES, Better, median_twin
from connector.model import Mark, Stream
from connector.settings import setting_name

PAGE = Path("docs/kpis.md")
ARTICLES: Mapping[str, str] = {
    "N": "Nutshell, on CRM metrics",
    "R": "Nutshell, on the return on a CRM",
    "U": "the Ukrainian article on how effective a CRM is",
    "C": "ClickUp, on CRM metrics",
    "+": "ours, in no article",
}
"""The articles that ask for a KPI, by the letter of `Kpi.source`."""
UNITS: Mapping[Unit, str] = {
    Unit.COUNT: "a count",
    Unit.MONEY: "money, in the account's own currency",
    Unit.RATE: "a share: 0.25 is 25 %",
    Unit.DAYS: "days of 24 hours on the local clock, with fractions",
    Unit.HOURS: "hours on the local clock, with fractions",
    Unit.MONEY_PER_DAY: "money a day, in the account's own currency",
    Unit.RATIO: "a ratio: 2 is twice as much",
    Unit.PER_CUSTOMER: "how many for each customer",
    Unit.PER_LEAD: "how many for each lead",
    Unit.DAYS_PER_WEEK: "days a week",
    Unit.SCORE: "a score, on the scale that the formula names",
}
NEEDS: Mapping[Need, str] = {
    Need.CAMPAIGN_COSTS: "`costs` that name a campaign",
    Need.CRM_SOURCES: "`CRM_KPI_CRM_SOURCES`, or campaigns",
    Need.CRM_REVENUE: "`touches`, or `CRM_KPI_CRM_REVENUE=all`",
    Need.GROSS_MARGIN: "`CRM_KPI_GROSS_MARGIN`",
    Need.FEATURE: "`CRM_KPI_CRM_FEATURE`",
    Need.STALLED_DAYS: "`CRM_KPI_STALLED_DAYS`",
    Need.SILENCE: "calls, e-mails and meetings, where `CRM_KPI_STALLED_DAYS` is set",
    Need.STALLING: "`stage_changes`, or `CRM_KPI_STALLED_DAYS`",
    Need.COMPLAINTS: "`tickets` that say whether they are complaints",
    Need.CHANCES: "`stages` or `deals` that say their `probability`",
    Need.WORK: "`usage`, `activities`, or `field_history` that says `by` whom",
    **{need: f"`costs` of the category {need.removeprefix('costs.')}" for need in Need if need.startswith("costs.")},
}
"""What has to be imported or set, where it is not simply a table of the need's own name."""
_WITH_DEALS = {Need.SILENCE, Need.STAYS, Need.STALLING}
"""What every CRM brings with its deals and activities."""
_INTRO = """# KPIs

Every KPI of the catalogue: what it means, how it is made, what it stands on and where that comes from. This page is written
by `make write` from the declarations in `connector/kpis`; `crm-kpi explain KEY` tells the same of one value, in numbers and records.

**For all of them.** A value is measured for the whole account and by each breakdown, for every month, quarter and year. Days are those
of `CRM_KPI_TIMEZONE`; quarters and years begin by `CRM_KPI_FISCAL_YEAR_START`. Where there is nothing to measure, a mean or a share is
empty, never 0; so are counts of logins, sessions and touches before the first one that is known. A KPI without one of its inputs is
*not available*, and says what is missing. Money in other currencies is converted by the CRM, else by the exchange rates known.
By source and by campaign a value is marked *not all placed* while contacts cannot be read: deals that name none themselves count without
one then. Deleted records count nowhere, nor does what is dated before 1970; merged ones count once.
By owner and by team, a closed deal counts for its owner at the close, or, where people share it, for each of them with their share of the
money; an open one counts for its present owner.
"""
_PARTS = """
## Where it comes from

What each stream is in a CRM. Every table can also be filled from files, whatever the CRM has: [Importing files](import.md).
"""


def reference_text() -> str:
    """Return docs/kpis.md as it should be."""
    return "\n".join([_INTRO, *_contents(), *(line for title in FAMILIES for line in _family(title)), _PARTS, *_origins()])


def write() -> None:
    """Write the page anew."""
    PAGE.write_text(reference_text(), encoding="utf-8")


def _contents() -> Iterator[str]:
    for title, family in FAMILIES.items():
        yield f"- [{title}](#{_anchor(title)}): {', '.join(f'[{kpi.label}](#{kpi.key})' for kpi in family.KPIS)}"
    yield f"- [Where it comes from](#{_anchor('Where it comes from')})"


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def _family(title: str) -> Iterator[str]:
    about = (FAMILIES[title].__doc__ or "").strip()
    yield f"\n## {title}\n\n{about}"
    for kpi in FAMILIES[title].KPIS:
        yield from _section(kpi)


def _section(kpi: Kpi) -> Iterator[str]:
    yield f"\n### {kpi.key}\n\n**{kpi.label}.** {kpi.means}\n"
    yield "| | |\n|---|---|"
    for name, told in _rows(kpi):
        if told:
            yield f"| {name} | {told.replace('|', '&#124;')} |"


def _rows(kpi: Kpi) -> Iterator[tuple[str, str]]:
    twin = median_twin(kpi)
    yield "Formula", kpi.formula_words
    yield "Unit", f"{UNITS[kpi.unit]}; {'more' if kpi.better is Better.UP else 'less'} is better"
    yield "Median", f"`{twin.key}`: {twin.means[0].lower()}{twin.means[1:]}" if twin else ""
    yield "Asked for by", "; ".join(ARTICLES[letter] for letter in kpi.source)
    yield "Broken down by", ", ".join(_breakdown(dimension) for dimension in kpi.by)
    yield "Reads", _listed(kpi.reads)
    yield "Must be supplied", "; ".join(_need(need) for need in kpi.needs)
    yield "Settings", ", ".join(f"`{setting_name((name,))}`" for name in settings_of_kpi(kpi))
    yield "Left out", "; ".join(dict.fromkeys(reason for part in kpi.formula.parts for reason in part.rows.left_out))
    yield "Beware", " ".join(_caveats(kpi))
    for entry in ADAPTERS.values():
        if entry.origins:
            yield entry.title, _in_crm(kpi, entry)
    for feed in FEEDS.values():
        yield feed.title, "; ".join(f"{NEEDS.get(need, f'`{need}`')}: {feed.supplies[need]}" for need in kpi.needs if need in feed.supplies)


def _breakdown(dimension: Dimension) -> str:
    reads = _listed(DIMENSION_READS.get(dimension, ()))
    return f"{dimension.replace('_', ' ')}{f' (reads {reads})' if reads else ''}"


def _listed(streams: Sequence[Stream]) -> str:
    return ", ".join(f"`{stream}`" for stream in streams)


def _need(need: Need) -> str:
    return NEEDS.get(need, f"`{need}`")


def _caveats(kpi: Kpi) -> Iterator[str]:
    if kpi.looks_ahead:
        yield "Also has a value for the next month, quarter and year."
    if kpi.formula.doubt is not None:
        why = {Mark.INCOMPLETE: "amounts have no exchange rate, which are left out", Mark.IMMATURE: "records are too young to be judged"}
        yield f"Marked {kpi.formula.mark} while some {why[kpi.formula.mark]}."
    if kpi.formula.sampled:
        yield f"Marked {Mark.SMALL} where it rests on fewer records than `CRM_KPI_MIN_SAMPLE`."
    if is_share(kpi) or kpi.formula.spread is not None:
        yield "Carries the interval in which it may really lie (95 %)."
    if kpi.formula.denominator is not None:
        yield "Empty where there is nothing to divide by."
    if kpi.version > 1:
        yield f"Its formula has changed; this is version {kpi.version}."


def _in_crm(kpi: Kpi, entry: Entry) -> str:
    names = {stream: origin.name for stream, origin in entry.origins.items()}
    reads = (*kpi.reads, *(ACTIVITIES if Need.SILENCE in kpi.needs else ()))
    streams = [f"{stream}: {names.get(stream, 'by import only')}" for stream in reads]
    needs = [f"{_need(need)}: {entry.supplies.get(need, 'by import or setting only')}" for need in kpi.needs if need not in _WITH_DEALS]
    return "; ".join([*streams, *needs])


def _origins() -> Iterator[str]:
    for entry in ADAPTERS.values():
        if entry.origins:
            yield from _origins_of(entry)


def _origins_of(entry: Entry) -> Iterator[str]:
    page = entry.docs.removeprefix("docs/")
    yield f"\n### {entry.title}\n\nScopes, settings and limits: [{page}]({page}).\n"
    yield "| stream | object | read of it | with its history | scopes | needs |\n|---|---|---|---|---|---|"
    for stream, origin in entry.origins.items():
        cells = [", ".join(f"`{one}`" for one in names) for names in (origin.properties, origin.history, origin.scopes)]
        yield f"| `{stream}` | {origin.name} | {' | '.join(cells)} | {origin.edition} |"
    yield ""
    yield from (f"- `{stream}`: {origin.note}" for stream, origin in entry.origins.items() if origin.note)
    yield ""
