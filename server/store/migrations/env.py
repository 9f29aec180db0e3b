"""How Alembic runs a revision here: on the connection it is handed, in that transaction.

Alembic executes this file by its path. Whoever calls Alembic opens the connection and commits:
`server.store.migrate` for the product, `server.store.migrations.draft` for its developers.
"""

from alembic import context

from server.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_server_default=True,
)
context.run_migrations()
