"""Papers made from a sealed record: content (pure), layout, PDF. The only user of reportlab."""
