"""`inspector admin tell`: rows about sites for the laptops of a scope."""

from __future__ import annotations

from inspector_app.actions.serving import telling
from inspector_app.cli.calls import Answer, Call


def tell(call: Call) -> Answer:
    """Give work, open orders or what was reported to the laptops of a scope, as a JSON list."""
    given = call.arguments
    count = telling.tell(given.data, given.about, given.scope, given.file)
    return Answer({"rows": count}, [call.t("cli.admin.told", count=count, kind=given.about, scope=given.scope)])
