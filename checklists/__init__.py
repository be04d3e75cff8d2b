"""The domain: handbook, forms, running a form, findings, sealing and the local store; knows no window and no network."""
