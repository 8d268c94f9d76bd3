"""What the map thinks: which points lie in a box or near a point, and which words match."""
