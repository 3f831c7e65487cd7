"""The schema that migrations make is the schema that the code declares."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from connector.store.database import parse
from connector.store.schema import METADATA


def test_migrated_schema_equals_declared_schema(url: str):
    """A migration is missing or wrong as soon as Alembic finds any difference."""
    engine = create_engine(parse(url))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()
