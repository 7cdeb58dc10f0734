"""Plans: what a study would take, found out without paying for it."""
