"""Puts sqlcipher3 under sqlite-utils, and nothing else.

sqlite-utils prefers `pysqlite3` and catches the errors of the driver that it imported. So that name must stand for
sqlcipher3 before sqlite-utils is imported first, or failed statements leave transactions open (facts/store 2).
"""

import sys

import sqlcipher3.dbapi2 as driver

sys.modules.setdefault("pysqlite3", driver)
sys.modules.setdefault("pysqlite3.dbapi2", driver)

import sqlite_utils.utils  # noqa: E402 - the order is the purpose of this module
from sqlite_utils import Database, Migrations  # noqa: E402 - see above

if sqlite_utils.utils.__dict__["sqlite3"] is not driver:  # not an assert: must hold under -O too
    raise ImportError("sqlite_utils was imported before checklists.store")
if driver.sqlite_version_info < (3, 51, 3):
    raise ImportError(f"SQLite {driver.sqlite_version} has the WAL-reset bug; 3.51.3 or newer is needed")

__all__ = ["Database", "Migrations", "driver"]
