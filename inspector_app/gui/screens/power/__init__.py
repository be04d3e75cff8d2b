"""The officer's power: appointments under each Act, and the ground where they do not plainly cover a visit."""
