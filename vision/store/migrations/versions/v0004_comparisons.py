"""Kinds of conversations, swapped answers, contests with their votes, and kept differences."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("conversation", sa.Column("kind", sa.String(length=16), nullable=False, server_default="chat"))
    op.add_column("answer", sa.Column("swapped", sa.Boolean(), nullable=False, server_default=sa.false()))
    _contest()
    _lane()
    _vote()
    _difference()


def _contest() -> None:
    op.create_table(
        "contest",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("revealed", sa.Boolean(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_contest_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest")),
        sa.UniqueConstraint("owner", "id", name=op.f("uq_contest_owner_id")),
    )
    op.create_index(op.f("ix_contest_owner_updated"), "contest", ["owner", "updated"], unique=False)


def _lane() -> None:
    op.create_table(
        "lane",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("contest_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        _child("lane", "contest_id", "contest"),
        _child("lane", "conversation_id", "conversation"),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_lane_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lane")),
        sa.UniqueConstraint("owner", "contest_id", "position", name=op.f("uq_lane_owner_contest_id_position")),
    )
    op.create_index(op.f("ix_lane_contest_id"), "lane", ["contest_id"], unique=False)
    op.create_index(op.f("ix_lane_conversation_id"), "lane", ["conversation_id"], unique=False)


def _vote() -> None:
    op.create_table(
        "vote",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("contest_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(length=32), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        _child("vote", "contest_id", "contest"),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_vote_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote")),
        sa.UniqueConstraint("owner", "contest_id", "position", name=op.f("uq_vote_owner_contest_id_position")),
    )
    op.create_index(op.f("ix_vote_contest_id"), "vote", ["contest_id"], unique=False)


def _difference() -> None:
    op.create_table(
        "difference",
        sa.Column("one_id", sa.String(length=32), nullable=False),
        sa.Column("other_id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("heat_sha256", sa.String(length=64), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        _child("difference", "one_id", "picture"),
        _child("difference", "other_id", "picture"),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_difference_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("one_id", "other_id", name=op.f("pk_difference")),
    )
    op.create_index(op.f("ix_difference_heat_sha256"), "difference", ["heat_sha256"], unique=False)
    op.create_index(op.f("ix_difference_other_id"), "difference", ["other_id"], unique=False)


def _child(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_owner_{column}")
    return sa.ForeignKeyConstraint(
        ["owner", column], [f"{parent}.owner", f"{parent}.id"], name=name, ondelete="CASCADE"
    )
