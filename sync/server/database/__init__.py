"""The centre's tables, how they are opened, brought up to date and written; the audit log among them."""
