"""What stands between HTTP and the centre: bodies, checked messages, limits, figures, the OpenAPI document."""
