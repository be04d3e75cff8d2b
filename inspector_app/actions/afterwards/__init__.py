"""What follows a sealed record: the proof that it stands, its printed report, orders, due work, the next visit."""
