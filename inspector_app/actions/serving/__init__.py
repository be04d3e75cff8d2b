"""For those who keep a centre or an office relay, beside the running server."""
