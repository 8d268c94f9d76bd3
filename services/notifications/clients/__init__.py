"""Outside systems: each a real one, and one for the console that needs nothing."""
