"""Webhooks and their deliveries.

Revision: 20261121_1230
Revises: 20261121_1220
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261121_1230"
down_revision = "20261121_1220"
branch_labels = None
depends_on = None

# Its plans are kept by each connection: those of a small table must do for a large one.
_TELL = """
CREATE FUNCTION tell_webhooks() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    standing text := NEW.body ->> 'state';
    told_as text := CASE NEW.kind
        WHEN 'job_started' THEN 'job.started'
        WHEN 'stage_done' THEN 'stage.done'
        ELSE 'job.' || replace(standing, '_empty', '')
    END;
    more jsonb := CASE told_as
        WHEN 'stage.done' THEN jsonb_build_object('stage', NEW.body -> 'stage')
        WHEN 'job.failed' THEN jsonb_build_object(
            'failure', coalesce(nullif(NEW.body -> 'failure', 'null'), '{}') - 'exit_status'
        )
        ELSE '{}'
    END;
BEGIN
    INSERT INTO webhook_deliveries (webhook_id, event, body)
    SELECT hook.id, told_as, json_build_object(
        'type', told_as,
        'timestamp', to_char(NEW.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'data', more || jsonb_build_object(
            'job_id', jobs.id,
            'parent_id', jobs.parent_id,
            'title', jobs.title,
            'state', standing,
            'links', jsonb_build_object(
                'job', '/api/v1/jobs/' || jobs.id, 'results', '/api/v1/results/' || jobs.id
            )
        )
    )::text
    FROM webhooks AS hook, jobs
    WHERE jobs.id = NEW.job_id AND hook.is_enabled AND told_as = ANY (hook.events) AND hook.id IN (
        SELECT id FROM webhooks WHERE account_id = NEW.account_id AND job_id IS NULL
        UNION ALL
        SELECT id FROM webhooks WHERE job_id = NEW.job_id
    )
    FOR KEY SHARE OF hook;
    RETURN NULL;
END
$$
"""
_WHEN_TOLD = """
CREATE TRIGGER tell_webhooks AFTER INSERT ON events FOR EACH ROW
WHEN (NEW.kind IN ('job_started', 'stage_done', 'job_ended')) EXECUTE FUNCTION tell_webhooks()
"""


def upgrade() -> None:
    now = sa.text("now()")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", moment, server_default=now, nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("description", sa.String(length=255), nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.String(length=30)), nullable=False),
        sa.Column("secret", sa.String(length=100), nullable=False),
        sa.Column("previous_secret", sa.String(length=100), nullable=True),
        sa.Column("previous_until", moment, nullable=True),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("disabled_by", sa.String(length=10), nullable=True),
        sa.Column("failing_since", moment, nullable=True),
        sa.Column("lease_until", moment, nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_webhooks_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_webhooks_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index(
        "ix_webhooks_of_account",
        "webhooks",
        ["account_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("job_id IS NULL"),
    )
    op.create_index(op.f("ix_webhooks_job_id"), "webhooks", ["job_id"], unique=True)
    op.create_table(
        "webhook_deliveries",
        sa.Column("created_at", moment, server_default=now, nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event", sa.String(length=30), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="pending", nullable=False),
        sa.Column("since", moment, server_default=now, nullable=False),
        sa.Column("due_at", moment, server_default=now, nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "attempts",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column("ended_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhooks.id"],
            name=op.f("fk_webhook_deliveries_webhook_id_webhooks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index(
        op.f("ix_webhook_deliveries_webhook_id_created_at_id"),
        "webhook_deliveries",
        ["webhook_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_webhook_deliveries_pending",
        "webhook_deliveries",
        ["webhook_id", "position"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_webhook_deliveries_old",
        "webhook_deliveries",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("state <> 'pending'"),
    )
    op.execute(_TELL)
    op.execute(_WHEN_TOLD)


def downgrade() -> None:
    op.execute("DROP TRIGGER tell_webhooks ON events")
    op.execute("DROP FUNCTION tell_webhooks()")
    op.drop_table("webhook_deliveries")
    op.drop_table("webhooks")
