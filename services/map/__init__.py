"""The map: where everything of the neighbourhood is, built from what the others tell."""
