"""Ready-made search spaces (YAML)."""
