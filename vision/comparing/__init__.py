"""What differs between two pictures, found here, without a model. ``difference`` is the door.

Importing that module is cheap: numpy, scipy and scikit-image are loaded when the first pictures are compared.
"""
