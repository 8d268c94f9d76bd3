"""The four services; each is five doors around one room."""
