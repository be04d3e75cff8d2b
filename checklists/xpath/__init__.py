"""XPath 1.0 with ODK's functions, compiled to Python closures. Knows nothing of forms.

`parse` gives a syntax tree, `compile_expression` a closure. The surroundings (`Static`) tell the compiler where paths
start and note what an expression depends on. Stays free of lxml: it walks any tree of small nodes.
"""

from checklists.xpath.compiled import Compiled, Static
from checklists.xpath.compiler import compile_expression
from checklists.xpath.functions import CORE
from checklists.xpath.parser import parse
from checklists.xpath.signature import Function

__all__ = ["CORE", "Compiled", "Function", "Static", "compile_expression", "parse"]
