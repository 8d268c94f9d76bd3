"""What notifications thinks: whom something concerns, what is worth a mail, when to try again."""
