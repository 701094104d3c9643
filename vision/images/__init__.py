"""From bytes to a checked, upright picture, and from there to what one model is sent.

``opening`` is the way in. Import the module that is needed: this package imports nothing, so that the child process
of ``isolated`` starts fast.
"""
