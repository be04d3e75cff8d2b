"""The workspace on this laptop: who opens it, its backups, the anchor of its audit chain."""
