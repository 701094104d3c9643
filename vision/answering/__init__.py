"""Producing answers: from a stored talk to a request, from a provider's stream to the store, whoever is watching."""
