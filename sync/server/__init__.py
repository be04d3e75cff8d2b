"""The centre: a reference server for ISF-Sync/1 (docs/sync.md). Knows no client and no window."""

from sync.server.app import create_app
from sync.server.config import ServerConfig
from sync.server.serving import make_device_code, run

__all__ = ["ServerConfig", "create_app", "make_device_code", "run"]
