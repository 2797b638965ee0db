"""The messages that show whether a queue is open.

Revision: 20261128_1230
Revises: 20261121_1330
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "20261128_1230"
down_revision = "20261121_1330"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "canaries",
        sa.Column("queue", sa.String(length=40), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        _moment("sent_at"),
        _moment("outstanding_since", nullable=True),
        _moment("answered_at", nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("queue", name=op.f("pk_canaries")),
    )


def downgrade() -> None:
    op.drop_table("canaries")
