"""Qt item models over the reading store."""
