"""What is to be read from a picture: fields, sets of them, and the forms in which a person may give one; and the
vocabulary of the values that come back.

Pure data and rules about data; no I/O but the ready sets, which are data files beside this. What is asked of a model
for a set stands in ``vision.extraction``.
"""
