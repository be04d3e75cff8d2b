"""The same actions as commands: a table of commands, one parser made from it, one noun a module.

`parse` says which command was meant, `execute` runs it. The window and the demo are commands too, but they live above
this package: `inspector_app.main` starts them. Names, options and exit codes here are kept: scripts rest on them.
"""

from inspector_app.cli.calls import execute, report_usage, trouble
from inspector_app.cli.parser import UsageError, parse
from inspector_app.cli.table import COMMANDS, Command, ExitCode

__all__ = ["COMMANDS", "Command", "ExitCode", "UsageError", "execute", "parse", "report_usage", "trouble"]
