"""From pictures to checked data: what a model is asked for a set of fields, what its answer is worth, and where on the
pictures each value stands."""
