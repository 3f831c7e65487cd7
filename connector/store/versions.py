"""Bringing a database to the schema of this version, when it is opened."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from connector.errors import SettingsError
from connector.store.database import Database
from connector.store.schema import METADATA

HEAD = "0014"
"""The newest migration; a database that has it needs nothing, and Alembic is not even imported."""

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x63726D6B7069
"""Any fixed number: the key of the PostgreSQL lock under which one process migrates."""


def migrate(database: Database) -> None:
    """Run the migrations that the database lacks, all in one transaction.

    Raises:
        SettingsError: the database belongs to another program, or to a newer version of this one.
    """
    with database.read() as connection:
        if _version(connection, database.shown) == HEAD:
            return
    with database.begin() as connection:
        if database.dialect == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if _version(connection, database.shown) != HEAD:
            _upgrade(connection, database.shown)


def _version(connection: Connection, shown: str) -> str | None:
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" in tables:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if taken := sorted(tables & set(METADATA.tables)):
        raise SettingsError(f"The database {shown} belongs to another program: it has a table {taken[0]!r} that is not ours.")
    return None


def _upgrade(connection: Connection, shown: str) -> None:
    from alembic import command  # noqa: PLC0415  # takes a third of a second, and is needed once per database and version
    from alembic.config import Config  # noqa: PLC0415  # the same
    from alembic.script import ScriptDirectory  # noqa: PLC0415  # the same

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if (present := _version(connection, shown)) is not None and present not in known:
        raise SettingsError(f"The store {shown} was made by a newer version of this program (schema {present}); update the program.")
    command.upgrade(config, "head")
