"""Levels, priced attempts, preferences, follow-ups, the ledger and its sums."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _columns()
    _description()
    _preference()
    _ledger()
    _sums()


def _columns() -> None:
    op.add_column("conversation", sa.Column("follow_up", sa.String(length=16), nullable=False, server_default="look"))
    op.add_column("answer", sa.Column("choice", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("answer", sa.Column("notes", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("attempt", sa.Column("usage", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
    op.add_column("attempt", sa.Column("cost", sa.String(length=64), nullable=True))
    op.add_column("attempt", sa.Column("text", sa.Text(), nullable=False, server_default=""))
    # until now every answer was asked for from one exact model
    words = [sa.column(name, sa.String()) for name in ("provider", "model", "choice")]
    answer = sa.table("answer", *words)
    provider, model, _ = words
    word = sa.case((provider == "compatible", sa.literal("compatible:") + model), else_=model)
    op.execute(sa.update(answer).values(choice=sa.func.substr(word, 1, 200)))


def _description() -> None:
    op.create_table(
        "description",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("picture_id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner", "conversation_id"],
            ["conversation.owner", "conversation.id"],
            name=op.f("fk_description_owner_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["owner", "picture_id"],
            ["picture.owner", "picture.id"],
            name=op.f("fk_description_owner_picture_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_description_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("conversation_id", "picture_id", name=op.f("pk_description")),
    )
    op.create_index(op.f("ix_description_picture_id"), "description", ["picture_id"], unique=False)


def _preference() -> None:
    op.create_table(
        "preference",
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("choice", sa.String(length=200), nullable=False),
        sa.Column("providers", sa.JSON(), nullable=False),
        sa.Column("own_order_first", sa.Boolean(), nullable=False),
        sa.Column("local_only", sa.Boolean(), nullable=False),
        sa.Column("local_to_cloud", sa.Boolean(), nullable=False),
        sa.Column("local_model", sa.String(length=200), nullable=False),
        sa.Column("question_cap", sa.String(length=64), nullable=True),
        sa.Column("run_cap", sa.String(length=64), nullable=True),
        sa.Column("day_cap", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_preference_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_preference")),
    )


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("job", sa.String(length=16), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("run", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("estimate", sa.BigInteger(), nullable=True),
        sa.Column("upper", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("usage", sa.JSON(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("cached_saving", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_ledger_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
    )
    op.create_index(op.f("ix_ledger_outcome"), "ledger", ["outcome"], unique=False)
    op.create_index(op.f("ix_ledger_owner_at"), "ledger", ["owner", "at"], unique=False)
    op.create_index(op.f("ix_ledger_owner_question"), "ledger", ["owner", "question"], unique=False)
    op.create_index(op.f("ix_ledger_owner_run"), "ledger", ["owner", "run"], unique=False)


def _sums() -> None:
    op.create_table(
        "spend_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("job", sa.String(length=16), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        *_amounts("cost", "reserved", "unknown_upper", "boundless", "attempts", "failures", "unknown", "estimated"),
        *_amounts("billed_with_estimate", "cached_saving", "input_tokens", "cached_tokens", "output_tokens"),
        sa.PrimaryKeyConstraint("day", "owner", "provider", "model", "job", "level", name=op.f("pk_spend_day")),
    )
    op.create_table(
        "spend_run",
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("run", sa.String(length=64), nullable=False),
        *_amounts("cost", "reserved", "unknown_upper", "boundless"),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_spend_run_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("owner", "run", name=op.f("pk_spend_run")),
    )


def _amounts(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]
