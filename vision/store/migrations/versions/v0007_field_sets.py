"""Sets of fields and their versions."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "field_set",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["owner.owner"], name=op.f("fk_field_set_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_set")),
    )
    op.create_table(
        "field_set_version",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("field_set_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner"], ["owner.owner"], name=op.f("fk_field_set_version_owner"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["field_set_id"],
            ["field_set.id"],
            name=op.f("fk_field_set_version_field_set_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_set_version")),
        sa.UniqueConstraint("field_set_id", "number", name=op.f("uq_field_set_version_field_set_id_number")),
    )
    op.create_index(op.f("ix_field_set_version_field_set_id"), "field_set_version", ["field_set_id"], unique=False)
    op.create_index(op.f("ix_field_set_version_sha256"), "field_set_version", ["sha256"], unique=False)
