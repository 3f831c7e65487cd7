"""The tables that KPIs stand on, as the engine lays them out for one moment: their columns, and what each of them means.

Every row has its `account`. Facts repeat a record once for the whole account (`dimension` empty) and once for every member it counts
for in every dimension (`dimension` such as `owner`, `member` its id), so that one expression serves every breakdown. Amounts are the
member's share where a record is split, as a deal is over its products. Columns `…_on` are local days and `…_time` local wall-clock
times; columns `…_us` are microseconds on the local wall clock.
"""

from collections.abc import Mapping

_KEY = {"account": "string", "dimension": "string", "member": "string"}
_PERIOD = {"grain": "string", "period": "string"}
MONEY = "decimal(22, 4)"
_DEAL = {**_KEY, "deal": "string", "kind": "string"}

FACTS: Mapping[str, Mapping[str, str]] = {
    # Every deal that exists at the moment, as it stands then. `won_no` and `order_no` number a customer's won deals and orders (won deals
    # that are no renewals) in time; `gap_us` is the time since the order before; `is_young` is younger than a cohort must be to be judged.
    "deals": {
        **_DEAL,
        "customer": "string",
        "status": "string",
        "home_amount": MONEY,
        "probability": "decimal(7, 4)",
        "created_on": "date",
        "created_time": "timestamp",
        "closed_on": "date",
        "closed_time": "timestamp",
        "expected_on": "date",
        "is_expected": "boolean",
        "is_young": "boolean",
        "won_early": "boolean",
        "won_no": "int64",
        "order_no": "int64",
        "close_us": "int64",
        "velocity_us": "int64",
        "cycle_us": "int64",
        "gap_us": "int64",
    },
    # Every deal that was open when a period ended (or is open at the moment, in a running period), as it stood then.
    "open_deals": {
        **_DEAL,
        **_PERIOD,
        "home_amount": MONEY,
        "probability": "decimal(7, 4)",
        "is_overdue": "boolean",
        "is_undated": "boolean",
        "is_stalled": "boolean",
    },
    # Every completed stay of a deal in an open stage.
    "stays": {**_DEAL, "stage": "string", "left_on": "date", "left_time": "timestamp", "stay_us": "int64"},
    # The first time that a deal entered an open stage, passing over it included, and what came of it by the moment.
    "passages": {
        **_DEAL,
        "stage": "string",
        "entered_on": "date",
        "entered_time": "timestamp",
        "has_passed": "boolean",
        "is_still_in": "boolean",
    },
    # What a KPI should reach in a period.
    "targets": {**_KEY, **_PERIOD, "kpi": "string", "target": MONEY},
    # Which days belong to which period, by role (see `connector.kpis.metric.Role`); `until` cuts off a part of a day.
    "calendar": {"account": "string", **_PERIOD, "role": "string", "day": "date", "until": "timestamp"},
}
