"""The list of jobs of one workflow.

Revision: 20261121_1330
Revises: 20261121_1240
"""

from alembic import op

revision = "20261121_1330"
down_revision = "20261121_1240"
branch_labels = None
depends_on = None

_NAME = "ix_jobs_account_id_workflow_created_at_id"


def upgrade() -> None:
    op.create_index(op.f(_NAME), "jobs", ["account_id", "workflow", "created_at", "id"])


def downgrade() -> None:
    op.drop_index(op.f(_NAME), table_name="jobs")
