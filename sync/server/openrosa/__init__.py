"""The server side of OpenRosa 1.0: a phone with ODK Collect fetches the published checklists and submits to them.

A submission becomes a record like any other: whole or not at all, filed by the same rules, with the centre's receipt.
Its envelope is made and signed here, with a key that the centre keeps for that phone, and says so (`source`): no laptop
vouches for it. The instance's id is the revision's id (with its `uuid:`), the deprecated one the base's.
"""

from __future__ import annotations
