"""Runs of extraction, records with their changes and second opinions, and what was read on pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    _run()
    _reading()
    _record()
    _change()
    _opinion()
    _record_picture()


def _run() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("set_name", sa.Text(), nullable=False),
        sa.Column("set_number", sa.Integer(), nullable=False),
        sa.Column("set_version_id", sa.String(length=32), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("choice", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.String(length=16), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_run_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sa.UniqueConstraint("owner", "id", name=op.f("uq_run_owner_id")),
    )
    op.create_index(op.f("ix_run_owner_updated"), "run", ["owner", "updated"], unique=False)


def _reading() -> None:
    op.create_table(
        "reading",
        sa.Column("picture_id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner", "picture_id"],
            ["picture.owner", "picture.id"],
            name=op.f("fk_reading_owner_picture_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_reading_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("picture_id", name=op.f("pk_reading")),
    )


def _record() -> None:
    op.create_table(
        "record",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("first", sa.JSON(), nullable=False),
        sa.Column("supports", sa.JSON(), nullable=False),
        sa.Column("doubts", sa.JSON(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("cost", sa.String(length=64), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("attempts", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("sent_sha256", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("worker", sa.String(length=400), nullable=False),
        sa.Column("stop_wanted", sa.Boolean(), nullable=False),
        sa.Column("reviewer", sa.String(length=320), nullable=False),
        sa.Column("reviewed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner", "run_id"], ["run.owner", "run.id"], name=op.f("fk_record_owner_run_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_record_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("owner", "id", name=op.f("uq_record_owner_id")),
        sa.UniqueConstraint("owner", "run_id", "position", name=op.f("uq_record_owner_run_id_position")),
    )
    op.create_index(op.f("ix_record_owner_state"), "record", ["owner", "state"], unique=False)
    op.create_index(op.f("ix_record_run_id"), "record", ["run_id"], unique=False)


def _change() -> None:
    op.create_table(
        "change",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("who", sa.String(length=320), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner", "record_id"],
            ["record.owner", "record.id"],
            name=op.f("fk_change_owner_record_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_change_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
        sa.UniqueConstraint("owner", "record_id", "number", name=op.f("uq_change_owner_record_id_number")),
    )
    op.create_index(op.f("ix_change_record_id"), "change", ["record_id"], unique=False)


def _opinion() -> None:
    op.create_table(
        "opinion",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("choice", sa.String(length=200), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("cost", sa.String(length=64), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("worker", sa.String(length=400), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner", "record_id"],
            ["record.owner", "record.id"],
            name=op.f("fk_opinion_owner_record_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_opinion_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
        sa.UniqueConstraint("owner", "id", name=op.f("uq_opinion_owner_id")),
    )
    op.create_index(op.f("ix_opinion_record_id"), "opinion", ["record_id"], unique=False)


def _record_picture() -> None:
    op.create_table(
        "record_picture",
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("picture_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner", "picture_id"],
            ["picture.owner", "picture.id"],
            name=op.f("fk_record_picture_owner_picture_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["owner", "record_id"],
            ["record.owner", "record.id"],
            name=op.f("fk_record_picture_owner_record_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_record_picture_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("record_id", "position", name=op.f("pk_record_picture")),
    )
    op.create_index(op.f("ix_record_picture_picture_id"), "record_picture", ["picture_id"], unique=False)
