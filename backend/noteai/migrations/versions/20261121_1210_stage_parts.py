"""Parts of stages.

Revision: 20261121_1210
Revises: 20261121_0500
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261121_1210"
down_revision = "20261121_0500"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stage_parts",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column(
            "order", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fraction", sa.Double(), nullable=False),
        sa.Column("cost", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_stage_parts_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "stage", "number", name=op.f("pk_stage_parts")),
    )
    op.add_column(
        "outbox", sa.Column("helpers", sa.SmallInteger(), server_default="0", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("outbox", "helpers")
    op.drop_table("stage_parts")
