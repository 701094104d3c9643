"""What an attempt was for: the answer itself, or a description that a talk goes on from."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("attempt", sa.Column("stage", sa.String(length=16), nullable=False, server_default=""))
