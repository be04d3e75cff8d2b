"""Between this laptop and the centre: straight, through an office's relay, on a stick, to an OpenRosa server."""
