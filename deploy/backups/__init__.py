"""Backups of a whole installation: made while it runs, tried out, put back; see docs/decisions/0028."""
