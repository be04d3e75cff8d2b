"""The domain: handbook, forms, running a form, findings, sealing, the local store; knows no window and no network."""
