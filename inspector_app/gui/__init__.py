"""The window: the only place with Qt. Screens show, actions act, the writer thread writes."""
