"""Who may call and what each may see: persons, devices, roles, provinces, audiences, an outside issuer."""
