"""XForm text to frozen definitions: nodes, rules, body, texts, secondary instances. Runs nothing."""

from checklists.xform.definitions import BodyDef, ChoiceDef, GroupDef, QuestionDef, RepeatDef
from checklists.xform.form import FormDefinition
from checklists.xform.problems import FormError, LoadProblem

__all__ = ["BodyDef", "ChoiceDef", "FormDefinition", "FormError", "GroupDef", "LoadProblem", "QuestionDef", "RepeatDef"]
