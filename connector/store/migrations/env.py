"""Runs the migrations on the connection, and in the transaction, that the store hands over."""

from alembic import context

from connector.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
