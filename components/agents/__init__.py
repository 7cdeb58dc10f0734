"""Agents: a question is answered in steps, each of which depends on what tools returned."""
