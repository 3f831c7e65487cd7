"""Which deals a KPI looks at, and which of those that happened in a period it leaves out."""

from dataclasses import replace

from connector.kpis.metric import Columns, Formula, Part, Rows, Rule, Words, one


def is_won(deals: Columns) -> Columns:
    """Won deals."""
    return deals.status == "won"


def is_lost(deals: Columns) -> Columns:
    """Lost deals."""
    return deals.status == "lost"


def is_new_business(deals: Columns) -> Columns:
    """Deals that are no renewals."""
    return deals.kind != "renewal"


def is_order(deals: Columns) -> Columns:
    """Won deals that are no renewals."""
    return is_won(deals) & is_new_business(deals)


def is_decided(deals: Columns) -> Columns:
    """Won or lost deals that are no renewals."""
    return deals.status.isin(["won", "lost"]) & is_new_business(deals)


def is_renewal(deals: Columns) -> Columns:
    """Renewals that were decided."""
    return deals.status.isin(["won", "lost"]) & (deals.kind == "renewal")


def is_created_renewal(deals: Columns) -> Columns:
    """Renewals, whatever became of them."""
    return deals.kind == "renewal"


def is_cancelled(deals: Columns) -> Columns:
    """Deals that were cancelled."""
    return deals.status == "cancelled"


def is_backwards(deals: Columns) -> Columns:
    """Orders that were closed before they were created."""
    return is_order(deals) & deals.close_us.isnull()


def lacks_amount(deals: Columns) -> Columns:
    """Won deals without an amount."""
    return is_won(deals) & deals.home_amount.isnull() & ~deals.is_unpriced


def lacks_rate(deals: Columns) -> Columns:
    """Won deals with an amount that nobody can tell in the home currency."""
    return is_won(deals) & deals.is_unpriced


def is_unpriced(deals: Columns) -> Columns:
    """Deals with an amount that nobody can tell in the home currency."""
    return deals.is_unpriced


def amount(deals: Columns) -> Columns:
    """What a deal is worth in the home currency."""
    return deals.home_amount


def priced_rows(rows: Rows) -> Rows:
    """Return rows that tell which of them have an amount without an exchange rate: what is calculated with amounts leaves those out."""
    if NO_RATE in rows.left_out:
        return rows
    return replace(rows, left_out={**rows.left_out, NO_RATE: _unpriced_of(rows)})


def priced_once(rows: Rows, adds: Words, each: str) -> tuple[Part, Part]:
    """Return the parts of rows of which several may share an amount: without an exchange rate it counts as one."""
    unknown = replace(rows, where=_unpriced_of(rows), left_out={})
    return Part(rows=priced_rows(rows), adds=adds), Part(rows=unknown, adds={"unpriced": one}, last_of=each)


def _unpriced_of(rows: Rows) -> Rule:
    where = rows.where
    return is_unpriced if where is None else lambda facts: where(facts) & is_unpriced(facts)


def priced_part(part: Part) -> Part:
    """Return a part that also counts the amounts without an exchange rate among those that it adds up."""
    rows = priced_rows(part.rows)
    if part.per_customer is None:
        return replace(part, rows=rows, adds={**part.adds, "unpriced": is_unpriced})
    sums = {**part.per_customer, "unpriced": is_unpriced}
    return replace(part, rows=rows, per_customer=sums, adds={**part.adds, "unpriced": unpriced})


def priced(formula: Formula) -> Formula:
    """Return a formula that is incomplete while amounts that it adds up have no exchange rate."""
    return replace(formula, parts=tuple(priced_part(part) for part in formula.parts), doubt=unpriced)


def unpriced(sums: Columns) -> Columns:
    """How many amounts have no exchange rate."""
    return sums.unpriced


RENEWALS = {"it is a renewal, which is shown apart": is_renewal}
NO_RATE = "there is no exchange rate for its amount"
NO_AMOUNT = {"it has no amount": lacks_amount, NO_RATE: lacks_rate}
BACKWARDS = {"it has no creation date before its close": is_backwards}
WON = Rows(of="deals", at="closed", where=is_won, left_out=NO_AMOUNT)
ORDERS = Rows(of="deals", at="closed", where=is_order, left_out=RENEWALS)
DECIDED = Rows(of="deals", at="closed", where=is_decided, left_out={**RENEWALS, "it was cancelled": is_cancelled})
COHORT = Rows(of="deals", at="created", where=is_new_business, left_out={"it is a renewal, which is shown apart": is_created_renewal})
