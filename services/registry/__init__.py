"""The registry: who works in the neighbourhood, what they have, what they need, and who may sign in."""
