"""Of a look and of an override, the reference of the request that it was. Never edited once released."""

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns; of what is on record nobody noted the request."""
    # On SQLite by building the table anew, so that it looks as a fresh one does.
    anew: Literal["always", "never"] = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    for table in ("access", "access_override"):
        with op.batch_alter_table(table, recreate=anew) as batch:
            batch.add_column(sa.Column("reference", sa.String(32)))
