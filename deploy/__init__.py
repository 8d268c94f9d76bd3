"""Everything that starts, ships and shows Osiedle."""
