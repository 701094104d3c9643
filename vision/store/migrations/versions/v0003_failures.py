"""What failed attempts cost, in the sums of each day. 0002 was never released: nothing is to be worked out after."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for name in ("failed_cost", "failed_upper"):
        op.add_column("spend_day", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
