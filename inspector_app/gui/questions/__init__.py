"""How each kind of item is asked: one small widget a kind, chosen by a table."""
