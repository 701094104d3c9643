"""From a question and a level to an answer: who is asked, in which order, how often, and at what price.

Every retry, wait, fallback and cap is decided here and nowhere else. ``router.Router`` is the door; what decides is in
small pure modules beside it (levels, estimating, candidates, auto, steps, wording).
"""
