"""The way on to iSingle Form: the adapter to the ministry's interface, and the queue before it."""
