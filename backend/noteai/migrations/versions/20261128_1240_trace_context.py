"""In which trace a job and its wake-ups belong.

Revision: 20261128_1240
Revises: 20261128_1230
"""

import sqlalchemy as sa
from alembic import op

revision = "20261128_1240"
down_revision = "20261128_1230"
branch_labels = None
depends_on = None

_TABLES = ("jobs", "outbox")


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(table, sa.Column("traceparent", sa.String(length=55), nullable=True))


def downgrade() -> None:
    for table in _TABLES:
        op.drop_column(table, "traceparent")
