"""Ready-made studies (YAML) and the dataset that ships with them."""
