"""The schema that migrations make is the schema that the code declares."""

import re
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from connector.store import versions
from connector.store.database import parse
from connector.store.schema import METADATA


def test_migrated_schema_equals_declared_schema(url: str):
    """A migration is missing or wrong as soon as Alembic finds any difference."""
    engine = create_engine(parse(url))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()


def test_migrations_are_numbered_one_after_another():
    """Two changes that took the same number, or left one out, would be run in an order that nobody chose."""
    files = sorted((Path(versions.__file__).parent / "migrations" / "versions").glob("*.py"))
    texts = [file.read_text(encoding="utf-8") for file in files]
    told = [re.search(r'^revision = "(\d+)"\ndown_revision = (?:"(\d+)"|None)', text, re.MULTILINE) for text in texts]
    numbers = [f"{number:04}" for number in range(1, len(files) + 1)]

    assert [file.name[1:5] for file in files] == numbers
    assert [(one[1], one[2]) for one in told if one] == list(zip(numbers, [None, *numbers], strict=False))


def test_the_newest_migration_is_the_one_that_opening_expects():
    """A new migration without the new number would never be run."""
    config = Config()
    config.set_main_option("script_location", str(Path(versions.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [versions.HEAD]
