"""Attachment files: in a folder, in an S3 store, and as small pictures."""
