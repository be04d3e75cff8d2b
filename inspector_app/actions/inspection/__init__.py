"""One inspection from its begin to its seal, and what is added to it later."""
