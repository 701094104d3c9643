"""The on-device reader: reads printed text and codes, and answers what text alone can answer. It does not see."""
