"""When the sweeper woke a stage last, apart from when it became ready.

Revision: 20261128_1930
Revises: 20261128_1240
"""

import sqlalchemy as sa
from alembic import op

revision = "20261128_1930"
down_revision = "20261128_1240"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stage_runs", sa.Column("woken_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("stage_runs", "woken_at")
