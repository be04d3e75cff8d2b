"""Codes as they are read aloud and printed."""


def short_digest(digest: str) -> str:
    """Return the first 16 characters in groups, as they stand on paper."""
    return " ".join(digest[i : i + 4] for i in range(0, 16, 4))
