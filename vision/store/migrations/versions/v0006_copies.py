"""Which picture a copy with places marked, or of its places alone, was made of."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("picture", sa.Column("copy_of", sa.String(length=32), nullable=False, server_default=""))
