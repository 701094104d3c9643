"""A process that spends beside others: ``python -m tests.store.spender FOLDER HOW-MANY``.

Each round reserves $0.01 under a cap of $0.25 a day, settles every third, and prints what became of it.
"""

from __future__ import annotations

import os
import sys
from decimal import Decimal
from pathlib import Path

from tests.store.conftest import open_store
from tests.store.rows import AT, DAY
from vision.errors import OverCap
from vision.store.money_records import Caps, Settled, Spending


def main(folder: str, rounds: str) -> None:
    owned = open_store(Path(folder)).of("local")
    caps = Caps(day=Decimal("0.25"), installation=Decimal("0.25"))
    for number in range(int(rounds)):
        spending = Spending("chat", f"{os.getpid()} {number}", "openai", "m-1", upper=Decimal("0.01"))
        try:
            ledger_id = owned.reserve(spending, caps, DAY, AT)
        except OverCap:
            print("over", flush=True)
            continue
        if number % 3 == 0:
            assert owned.settle(ledger_id, Settled("complete", cost=Decimal("0.01")))
        print("reserved", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
