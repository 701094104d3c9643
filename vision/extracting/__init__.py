"""Documents become records: read in the background through routing, kept, checked against their pictures, corrected.

The rules are in ``vision.extraction`` and ``vision.evidence``; here they meet the store and the providers.
"""
