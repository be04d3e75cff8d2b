"""The way in: who am I and the passphrase, or a first workspace on a new laptop."""
