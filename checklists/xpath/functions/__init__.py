"""The functions of the language that need no form, one family a module.

Functions that need a form (`once`, `indexed-repeat`, `jr:choice-name`, `pulldata` …) are in `checklists.xform`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from checklists.xpath.functions.dates import DATES
from checklists.xpath.functions.geo import GEO
from checklists.xpath.functions.logic import LOGIC
from checklists.xpath.functions.numbers import NUMBERS
from checklists.xpath.functions.selects import SELECTS
from checklists.xpath.functions.sets import SETS
from checklists.xpath.functions.strings import STRINGS
from checklists.xpath.signature import Function

CORE: Mapping[str, Function] = MappingProxyType(
    {function.name: function for family in (LOGIC, NUMBERS, STRINGS, DATES, SELECTS, SETS, GEO) for function in family}
)
"""Name to function."""
