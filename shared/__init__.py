"""Mechanisms and the common language of the four services; no business rule lives here."""
