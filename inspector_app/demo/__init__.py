"""The whole job on the real window: `inspector demo`."""
