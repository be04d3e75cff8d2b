"""What is inspected: the factories of the registry, sites met in the field, and what was fetched ahead for them."""
