"""What tests and trials need from outside, run here: no account, no network."""
