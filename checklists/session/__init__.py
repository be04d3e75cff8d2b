"""A form while it is being filled: one session, one thread."""

from checklists.session.limits import NeverSettlesError, TooManyRowsError
from checklists.session.places import UnknownNodeError
from checklists.session.playing import PlayedState, PlayedStep, UnknownStepError, play
from checklists.session.session import FormSession, ReadOnlyNodeError, UnknownLanguageError
from checklists.session.typed import BadValueError, NotAChoiceError
from checklists.session.upgrade import UpgradeReport, upgrade
from checklists.session.views import ChangeSet, Choice, ClientInfo, NodeChange, NodeView, Validation

__all__ = [
    "BadValueError", "ChangeSet", "Choice", "ClientInfo", "FormSession", "NeverSettlesError", "NodeChange", "NodeView",
    "NotAChoiceError", "PlayedState", "PlayedStep", "ReadOnlyNodeError", "TooManyRowsError", "UnknownLanguageError",
    "UnknownNodeError", "UnknownStepError", "UpgradeReport", "Validation", "play", "upgrade",
]  # fmt: skip
