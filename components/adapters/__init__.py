"""Adapters: LangChain classes named by dotted path, as components."""
