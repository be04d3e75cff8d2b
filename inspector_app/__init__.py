"""The application around the domain: what a person can do, as commands and as a window."""
