"""What can be wrong with an expression; the author of the checklist must act."""

from __future__ import annotations

from checklists.errors import AuthorError


class XPathError(AuthorError):
    """An expression that cannot be compiled; `expression` and `at` (offset in it) in data."""

    code = "xpath"


class XPathSyntaxError(XPathError):
    """The text is not an XPath expression."""

    code = "xpath-syntax"


class UnknownFunctionError(XPathError):
    """No such function; `name` and, where one is near, `suggestion` in data."""

    code = "xpath-unknown-function"


class ArgumentCountError(XPathError):
    """A function is called with too few or too many arguments; `name`, `given`, `least`, `most` in data."""

    code = "xpath-argument-count"


class NotNodesError(XPathError):
    """A function that needs nodes is given a value; `name` in data."""

    code = "xpath-not-nodes"


class UnknownInstanceError(XPathError):
    """`instance('x')` names no instance of the form; `name` in data."""

    code = "xpath-unknown-instance"


class UnsafePatternError(XPathError):
    """A regular expression that is malformed or can take exponential time; `pattern` in data."""

    code = "xpath-regex"
