"""Notifications: who wants to know what and how, what they were told, and how it reached them."""
