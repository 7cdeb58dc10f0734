"""The component catalogue: one folder per kind, one class per file."""
