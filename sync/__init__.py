"""How sealed records reach the centre, and what the centre knows reaches the laptop. No Qt, no SQL on this side."""
