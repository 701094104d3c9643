"""Durable runs: one question, or one set of fields, asked of hundreds of pictures, through crashes and restarts.

Our tables hold the run and its items (``vision.store.batches``): they are the truth. The engine (DBOS, ``workflows``)
has one workflow for each item that is under way or next; the driver hands them to it, and whatever it loses or brings
back twice, an item belongs to whom its row says. What is asked, and how often, is routing's."""
