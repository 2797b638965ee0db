"""Changes of clips.

Revision: 20261121_1220
Revises: 20261121_1210
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261121_1220"
down_revision = "20261121_1210"
branch_labels = None
depends_on = None

_FILLED: dict[str, tuple[Any, str]] = {
    "revision": (sa.Integer(), "1"),
    "is_edited": (sa.Boolean(), "false"),
    "look": (postgresql.JSONB(), "{}"),
    "words": (postgresql.JSONB(), "{}"),
}
"""Columns of clips that are never null, with what clips have that are there already."""


def upgrade() -> None:
    op.add_column("jobs", sa.Column("parent_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_jobs_parent_id_jobs"), "jobs", "jobs", ["parent_id"], ["id"], ondelete="CASCADE"
    )
    op.create_index(op.f("ix_jobs_parent_id"), "jobs", ["parent_id"])
    for name, (kind, value) in _FILLED.items():
        op.add_column("clips", sa.Column(name, kind, nullable=False, server_default=value))
        op.alter_column("clips", name, server_default=None)
    op.add_column("clips", sa.Column("wanted", postgresql.JSONB(), nullable=True))
    op.add_column("clips", sa.Column("edit_job_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_clips_edit_job_id_jobs"),
        "clips",
        "jobs",
        ["edit_job_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index(op.f("ix_clips_edit_job_id"), "clips", ["edit_job_id"])


def downgrade() -> None:
    """Changes that were made stay; jobs that make them go."""
    op.execute("DELETE FROM jobs WHERE parent_id IS NOT NULL")
    op.drop_index(op.f("ix_clips_edit_job_id"), table_name="clips")
    op.drop_constraint(op.f("fk_clips_edit_job_id_jobs"), "clips", type_="foreignkey")
    for name in ("edit_job_id", "wanted", *_FILLED):
        op.drop_column("clips", name)
    op.drop_index(op.f("ix_jobs_parent_id"), table_name="jobs")
    op.drop_constraint(op.f("fk_jobs_parent_id_jobs"), "jobs", type_="foreignkey")
    op.drop_column("jobs", "parent_id")
