"""``python -m tests.bench [name ...]``: runs the benches and prints their tables."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec

BENCHES = (
    "prepare",
    "estimates",
    "followups",
    "reader",
    "invoices",
    "evidence",
    "acceptance",
    "review",
    "ledger",
    "costs",
    "difference",
    "batch",
    "batch_table",
    "batch_memory",
    "app",
)


def main(names: list[str]) -> int:
    known = tuple(name for name in BENCHES if find_spec(f"tests.bench.{name}"))
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"There is no bench called {unknown[0]}: {', '.join(known)}.", file=sys.stderr)
        return 2
    for name in names or known:
        print(f"== {name}")
        import_module(f"tests.bench.{name}").run()
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
