"""The endpoints, one family a module. Each handler reads a request, calls one step and shapes its answer."""
