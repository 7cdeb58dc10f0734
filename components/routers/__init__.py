"""Routers and cascades: which part of the graph answers a question."""
