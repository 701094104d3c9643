"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "owner",
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_owner")),
    )
    op.create_table(
        "conversation",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.String(length=16), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_conversation_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("owner", "id", name=op.f("uq_conversation_owner_id")),
    )
    op.create_index(op.f("ix_conversation_owner_updated"), "conversation", ["owner", "updated"], unique=False)
    op.create_table(
        "picture",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("format", sa.String(length=32), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("master_sha256", sa.String(length=64), nullable=True),
        sa.Column("preview_sha256", sa.String(length=64), nullable=False),
        sa.Column("thumbnail_sha256", sa.String(length=64), nullable=False),
        sa.Column("view_sha256", sa.String(length=64), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_picture_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sa.UniqueConstraint("owner", "id", name=op.f("uq_picture_owner_id")),
        sa.UniqueConstraint("owner", "sha256", "page", name=op.f("uq_picture_owner_sha256_page")),
    )
    op.create_index(op.f("ix_picture_master_sha256"), "picture", ["master_sha256"], unique=False)
    op.create_index(op.f("ix_picture_preview_sha256"), "picture", ["preview_sha256"], unique=False)
    op.create_index(op.f("ix_picture_sha256"), "picture", ["sha256"], unique=False)
    op.create_index(op.f("ix_picture_thumbnail_sha256"), "picture", ["thumbnail_sha256"], unique=False)
    op.create_index(op.f("ix_picture_used"), "picture", ["used"], unique=False)
    op.create_index(op.f("ix_picture_view_sha256"), "picture", ["view_sha256"], unique=False)
    op.create_table(
        "prepared",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("picture_id", sa.String(length=32), nullable=False),
        sa.Column("limits_key", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("mime", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("tokens_exact", sa.Boolean(), nullable=False),
        sa.Column("resolution", sa.String(length=64), nullable=True),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner", "picture_id"],
            ["picture.owner", "picture.id"],
            name=op.f("fk_prepared_owner_picture_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_prepared_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepared")),
        sa.UniqueConstraint("owner", "picture_id", "limits_key", name=op.f("uq_prepared_owner_picture_id_limits_key")),
    )
    op.create_index(op.f("ix_prepared_sha256"), "prepared", ["sha256"], unique=False)
    op.create_table(
        "turn",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner", "conversation_id"],
            ["conversation.owner", "conversation.id"],
            name=op.f("fk_turn_owner_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_turn_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn")),
        sa.UniqueConstraint(
            "owner", "conversation_id", "position", name=op.f("uq_turn_owner_conversation_id_position")
        ),
        sa.UniqueConstraint("owner", "id", name=op.f("uq_turn_owner_id")),
    )
    op.create_index(op.f("ix_turn_conversation_id"), "turn", ["conversation_id"], unique=False)
    op.create_table(
        "upload",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("batch", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("picture_id", sa.String(length=32), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner", "picture_id"],
            ["picture.owner", "picture.id"],
            name=op.f("fk_upload_owner_picture_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_upload_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("owner", "batch", "key", name=op.f("uq_upload_owner_batch_key")),
    )
    op.create_index(op.f("ix_upload_sha256"), "upload", ["sha256"], unique=False)
    op.create_table(
        "answer",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("turn_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.String(length=16), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("usage", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("picture_ids", sa.JSON(), nullable=False),
        sa.Column("sent_sha256", sa.JSON(), nullable=False),
        sa.Column("cost", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("first_word_seconds", sa.Double(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("request_id", sa.String(length=200), nullable=True),
        sa.Column("worker", sa.String(length=400), nullable=False),
        sa.Column("stop_wanted", sa.Boolean(), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner", "turn_id"], ["turn.owner", "turn.id"], name=op.f("fk_answer_owner_turn_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_answer_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("owner", "id", name=op.f("uq_answer_owner_id")),
        sa.UniqueConstraint("owner", "turn_id", "number", name=op.f("uq_answer_owner_turn_id_number")),
    )
    op.create_index(op.f("ix_answer_state"), "answer", ["state"], unique=False)
    op.create_index(op.f("ix_answer_turn_id"), "answer", ["turn_id"], unique=False)
    op.create_table(
        "turn_picture",
        sa.Column("turn_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("picture_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner", "picture_id"],
            ["picture.owner", "picture.id"],
            name=op.f("fk_turn_picture_owner_picture_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["owner", "turn_id"],
            ["turn.owner", "turn.id"],
            name=op.f("fk_turn_picture_owner_turn_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_turn_picture_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("turn_id", "position", name=op.f("pk_turn_picture")),
    )
    op.create_index(op.f("ix_turn_picture_picture_id"), "turn_picture", ["picture_id"], unique=False)
    op.create_table(
        "waiting_picture",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("picture_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner", "picture_id"],
            ["picture.owner", "picture.id"],
            name=op.f("fk_waiting_picture_owner_picture_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["owner", "conversation_id"],
            ["conversation.owner", "conversation.id"],
            name=op.f("fk_waiting_picture_owner_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_waiting_picture_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("conversation_id", "position", name=op.f("pk_waiting_picture")),
    )
    op.create_index(op.f("ix_waiting_picture_picture_id"), "waiting_picture", ["picture_id"], unique=False)
    op.create_table(
        "attempt",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("answer_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("waited_seconds", sa.Double(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("sent_sha256", sa.JSON(), nullable=False),
        sa.Column("request_id", sa.String(length=200), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner", "answer_id"],
            ["answer.owner", "answer.id"],
            name=op.f("fk_attempt_owner_answer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_attempt_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("owner", "answer_id", "number", name=op.f("uq_attempt_owner_answer_id_number")),
    )
    op.create_index(op.f("ix_attempt_answer_id"), "attempt", ["answer_id"], unique=False)
