"""What was understood of an answer that was put aside; whole versions beneath answers. Never edited once released."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = sa.String(27)
KEPT = ("message", "case", "clarification", "why", "at")


def upgrade() -> None:
    """Adds to the tray; what lies there already has no content, and can only be filed."""
    if op.get_context().dialect.name == "sqlite":
        _made_anew()
    else:
        for column in _added():
            op.add_column("unsorted", column)
    op.create_index("ix_unsorted_sorted", "unsorted", ["sorted", "at"])
    op.create_table(
        "beneath",
        sa.Column("case", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("case", "number", name="pk_beneath"),
        sa.ForeignKeyConstraint(["case", "number"], ["version.case", "version.number"], name="fk_beneath_version"),
    )


def _added() -> tuple[sa.Column[bytes], sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("sorted", INSTANT),
        sa.Column("outcome", sa.String(32)),
    )


def _made_anew() -> None:
    """SQLite would write added columns behind the constraints, and no two databases would read alike."""
    op.rename_table("unsorted", "unsorted_before")
    op.create_table(
        "unsorted",
        sa.Column("message", sa.String(36), nullable=False),
        sa.Column("case", sa.String(36)),
        sa.Column("clarification", sa.String(36)),
        sa.Column("why", sa.String(32), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        *_added(),
        sa.PrimaryKeyConstraint("message", name="pk_unsorted"),
        sa.ForeignKeyConstraint(["message"], ["message.uuid"], name="fk_unsorted_message"),
        sa.ForeignKeyConstraint(["case"], ["case.uuid"], name="fk_unsorted_case"),
    )
    before, after = (sa.table(name, *map(sa.column, KEPT)) for name in ("unsorted_before", "unsorted"))
    op.execute(sa.insert(after).from_select(KEPT, sa.select(*(before.c[name] for name in KEPT))))
    op.drop_table("unsorted_before")
