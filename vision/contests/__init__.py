"""Comparing models: the same questions to several at once, her votes, and what they come to."""
