"""A form while it is being filled: one session, one thread."""

from checklists.session.views import ChangeSet, Choice, ClientInfo, NodeChange, NodeView, Validation

__all__ = ["ChangeSet", "Choice", "ClientInfo", "NodeChange", "NodeView", "Validation"]
