"""What workers say of jobs, which workers there are, and what leaves the store.

Revision: 20261121_1240
Revises: 20261121_1230
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261121_1240"
down_revision = "20261121_1230"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")
_KEPT = """
    UPDATE stage_runs SET kept = array_append(
        ARRAY(SELECT DISTINCT file ->> 'digest' FROM jsonb_array_elements(manifest -> 'files') file),
        manifest ->> 'key'
    )::varchar(64)[]
    WHERE manifest IS NOT NULL
"""


def _moment(name: str, *, nullable: bool = False, default: bool = False) -> sa.Column[Any]:
    default_ = _NOW if default else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default_, nullable=nullable)


def upgrade() -> None:
    _logs()
    _workers()
    _discards()
    op.add_column("stage_runs", sa.Column("kept", postgresql.ARRAY(sa.String(64)), nullable=True))
    op.execute(_KEPT)
    op.create_index("ix_stage_runs_kept", "stage_runs", ["kept"], postgresql_using="gin")


def downgrade() -> None:
    op.drop_index("ix_stage_runs_kept", table_name="stage_runs")
    op.drop_column("stage_runs", "kept")
    op.drop_table("discards")
    op.drop_table("workers")
    op.drop_table("processing_logs")


def _logs() -> None:
    op.create_table(
        "processing_logs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _moment("created_at", default=True),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        _moment("at"),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("event", sa.String(length=80), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=True),
        sa.Column(
            "fields", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("reference", sa.String(length=12), nullable=True),
        sa.Column("traceback", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["jobs.id"],
            name=op.f("fk_processing_logs_job_id_jobs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processing_logs")),
    )
    op.create_index(
        op.f("ix_processing_logs_job_id_seq_id"), "processing_logs", ["job_id", "seq", "id"]
    )


def _workers() -> None:
    op.create_table(
        "workers",
        sa.Column("name", sa.String(length=200), nullable=False),
        _moment("created_at", default=True),
        sa.Column("hostname", sa.String(length=150), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False),
        sa.Column("queues", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("concurrency", sa.Integer(), nullable=False),
        _moment("seen_at", default=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_workers")),
    )


def _discards() -> None:
    op.create_table(
        "discards",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        _moment("due_at"),
        _moment("condemned_at", nullable=True),
        _moment("removed_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_discards_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "digest", name=op.f("pk_discards")),
    )
    for name, column, where in (
        ("ix_discards_due", "due_at", "condemned_at IS NULL"),
        (
            "ix_discards_condemned",
            "condemned_at",
            "condemned_at IS NOT NULL AND removed_at IS NULL",
        ),
        ("ix_discards_removed", "removed_at", "removed_at IS NOT NULL"),
    ):
        op.create_index(name, "discards", [column], postgresql_where=sa.text(where))
