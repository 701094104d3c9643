"""Benches: figures printed beside the goals they are meant to meet. Not tests: they measure this machine."""
