"""Outside systems: the streams, read again from their beginning."""
