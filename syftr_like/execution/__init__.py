"""Carrying out trials: in this process, or on Ray workers. The only part that knows Ray."""
