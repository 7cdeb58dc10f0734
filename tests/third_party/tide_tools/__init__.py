"""Somebody else's components, metrics and LangChain classes."""
