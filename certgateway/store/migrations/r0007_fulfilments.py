"""Orders that several certificates answer: each is found by all of them. Never edited once released."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the table, fills it with what is known of earlier orders, and leaves the old column to questions."""
    op.create_table(
        "fulfilment",
        sa.Column("clarification", sa.String(36), nullable=False),
        sa.Column("case", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("clarification", "case", name="pk_fulfilment"),
        sa.ForeignKeyConstraint(["clarification"], ["clarification.uuid"], name="fk_fulfilment_clarification"),
        sa.ForeignKeyConstraint(["case"], ["case.uuid"], name="fk_fulfilment_case"),
    )
    op.create_index("ix_fulfilment_case", "fulfilment", ["case"])
    _fill()
    op.execute('UPDATE clarification SET "case" = NULL WHERE patient IS NOT NULL')


def _fill() -> None:
    """The certificate that came last stood in the column; those before it stand in events, which are sealed.

    Such an event has the instant at which its message arrived, and the message tells the certificate. That it is about
    the same patient leaves none out and lets no other one in.
    """
    op.execute(
        """
        INSERT INTO fulfilment (clarification, "case")
        SELECT uuid, "case" FROM clarification WHERE patient IS NOT NULL AND "case" IS NOT NULL
        UNION
        SELECT ordered.uuid, told.uuid
        FROM clarification AS ordered
        JOIN clarification_event AS event ON event.clarification = ordered.uuid AND event.kind = 'Fulfilled'
        JOIN message ON message.arrival = event.at
        JOIN "case" AS told ON told.uuid = message."case" AND told.patient = ordered.patient
        """
    )
