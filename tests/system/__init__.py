"""The whole app as one process among others: what it connects to, loads, remembers, and survives."""
