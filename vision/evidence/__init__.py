"""Where on the pictures a value stands: the boxes of the text that supports it, found with the on-device reader."""
