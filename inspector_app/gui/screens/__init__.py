"""The places in the window, one module each."""
