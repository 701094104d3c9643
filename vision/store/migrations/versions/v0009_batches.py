"""Durable runs: a question or a set of fields over hundreds of pictures, with where the run stands."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("run", sa.Column("kind", sa.String(length=16), nullable=False, server_default="fields"))
    op.add_column("run", sa.Column("question", sa.Text(), nullable=False, server_default=""))
    op.add_column("run", sa.Column("state", sa.String(length=16), nullable=False, server_default=""))
    op.add_column("run", sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    op.add_column("run", sa.Column("cap", sa.String(length=64), nullable=True))
    op.add_column("run", sa.Column("parallel", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("run", sa.Column("trial", sa.Integer(), nullable=True))
    op.add_column("run", sa.Column("key_holder", sa.String(length=400), nullable=False, server_default=""))
    op.add_column("run", sa.Column("again_of", sa.String(length=32), nullable=False, server_default=""))
    op.add_column("run", sa.Column("ended", sa.DateTime(timezone=True), nullable=True))
    op.add_column("run", sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_index(op.f("ix_run_state"), "run", ["state"], unique=False)
    op.add_column("record", sa.Column("same_as", sa.String(length=32), nullable=False, server_default=""))
    op.add_column("record", sa.Column("page", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("record", sa.Column("choice", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("record", sa.Column("ended", sa.DateTime(timezone=True), nullable=True))
    for last in (("state", "position"), ("state", "verdict"), ("same_as",)):
        columns = ["owner", "run_id", *last]
        op.create_index(op.f(f"ix_record_{'_'.join(columns)}"), "record", columns, unique=False)
