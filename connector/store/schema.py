"""Every table of the store, one schema for both databases. Instants are microseconds UTC, days ISO text, JSON is text, yes/no is 1/0."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text

from connector.model import Entity
from connector.store.rows import SHAPES

METADATA = MetaData()


def _table(name: str, keys: str, *, text: str = "", number: str = "", optional: str = "") -> Table:
    """Declare a table: columns by name, `number` ones being 64-bit integers; `optional` lists those of them that may be empty."""
    free = optional.split()
    columns: list[Column[Any]] = [Column(key, Text, primary_key=True) for key in keys.split()]
    columns += [Column(key, Text, nullable=key in free) for key in text.split()]
    columns += [Column(key, BigInteger, nullable=key in free) for key in number.split()]
    return Table(name, METADATA, *columns)


def _record_table(entity: Entity) -> Table:
    table = Table(
        entity.value,
        METADATA,
        Column("account", Text, primary_key=True),
        *(
            Column(name, Text if form.is_text else BigInteger, primary_key=name == "id", nullable=name != "id")
            for name, form in SHAPES[entity].items()
        ),
        Column("origin", Text, nullable=False, server_default=""),
        Column("row_version", BigInteger, nullable=False),
        Column("seen", BigInteger, nullable=False),
        Column("hash", Text, nullable=False),
    )
    Index(f"ix_{entity.value}_row_version", table.c.account, table.c.row_version)
    return table


RECORD_TABLES: Mapping[Entity, Table] = {entity: _record_table(entity) for entity in SHAPES}
"""One table for each kind of record.

`origin` is the stream (or the import) that brought the row; `row_version` grows with every change, `seen` is the last pass over its origin
that brought it.
"""

PARENTS: Mapping[Entity, Mapping[Entity, str]] = {
    Entity.DEALS: {Entity.STAGE_CHANGES: "deal", Entity.FIELD_HISTORY: "record"},
    Entity.TEAMS: {Entity.MEMBERSHIPS: "team"},
    Entity.PIPELINES: {Entity.STAGES: "pipeline"},
}
"""The kinds of record that come together with another one, and the column that names it."""

for _child, _column in PARENTS[Entity.DEALS].items():
    Index(f"ix_{_child.value}_{_column}", RECORD_TABLES[_child].c.account, RECORD_TABLES[_child].c[_column])

ACCOUNTS = _table(
    "accounts",
    keys="account",
    text="adapter tenant_id tenant_name tenant_seal timezone currency paused holder",
    number="bound_at push_confirmed epoch ttl until row_version run_no",
    optional="adapter tenant_id tenant_name tenant_seal timezone currency paused holder bound_at",
)
"""One row an account. Its row lock is the account's lock: the lease and both counters live here."""

STREAMS = _table(
    "streams",
    keys="account stream",
    text="cursor run refused refused_run",
    number="loaded pass_no is_full is_open completed_at full_at",
    optional="cursor run refused refused_run completed_at full_at",
)
HELD = _table("held", keys="account entity record field", text="value", optional="value")
PRINTS = _table("prints", keys="account origin id", text="content changed links written", optional="written")
"""What records looked like in the CRM when they were read whole; those that are buried have none, so that they may come back."""
QUARANTINE = _table("quarantine", keys="account entity id", text="reason raw run", number="seen at")
QUARANTINE.append_column(Column("origin", Text, nullable=False, server_default=""))
UNREAD = _table("unread", keys="account entity record field", text="reason")
"""Single values that could not be read; the records that hold them were kept without."""

IMPORTS = _table("imports", keys="account entity name", text="file run", number="pass_no rows refused at")
"""One row for each table and name under which something was imported; `pass_no` counts its files."""

RUNS = _table(
    "runs",
    keys="account id",
    text="kind slot status message",
    number="as_of calls started_at finished_at",
    optional="slot message as_of finished_at",
)
RUN_STEPS = _table("run_steps", keys="account run name", text="summary", number="place at")
SLOTS = _table("slots", keys="account job slot", text="holder", number="claimed_at")

MEASUREMENTS = _table("measurements", keys="account", text="run", number="as_of measured_at")
KPI_VALUES = _table(
    "kpi_values",
    keys="account kpi dimension member grain period",
    text="member_name period_start period_end value numerator denominator low high marks",
    number="n version as_of doubted",
    optional="value numerator denominator low high",
)
FIELD_VALUES = _table(
    "field_values", keys="account entity record field", text="value evidence run", number="version as_of", optional="value"
)
UNAVAILABLE = _table("unavailable", keys="account key", text="reason")
TARGET_CHANGES = _table("target_changes", keys="account kpi subject_type subject period run", text="target", number="at", optional="target")
"""What each target was from a run on; empty where it was withdrawn."""

PLANS = _table(
    "plans",
    keys="account id",
    text="run kind status notes undoes",
    number="made_at as_of present place",
    optional="run undoes",
)
PLAN_ITEMS = Table(
    "plan_items",
    METADATA,
    Column("account", Text, primary_key=True),
    Column("plan", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    *(Column(name, Text) for name in ("entity", "record", "field", "old", "new", "goal")),
    Column("version", BigInteger, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("why", "evidence", "state", "message")),
    Column("remote", Text),
)
"""What one plan writes: a field of a record (`entity`, `record`, `field`) or one period of a goal (`goal`, as JSON)."""

PLAN_FIELDS = _table("plan_fields", keys="account plan entity name", text="spec")
"""The definitions that a plan's values were made by, as JSON, so that a plan can be read and undone whatever became of them."""

JOURNALS = _table("journals", keys="account tenant", text="place", number="saved_at")
REFRESH_TOKENS = _table("refresh_tokens", keys="account tenant", text="sealed", number="saved_at")

WRITTEN = _table("written", keys="account entity record field", text="value plan", number="version", optional="value")
GOAL_MAP = _table("goal_map", keys="account family period", text="remote target plan")
OWNED_FIELDS = _table("owned_fields", keys="account entity name", text="language", number="version")
