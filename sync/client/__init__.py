"""One typed method per endpoint of ISF-Sync/1; every answer is checked before it is believed."""

from __future__ import annotations

from sync.client.calls import Client
from sync.client.flights import Flights, made
from sync.client.problems import action_of, error_of
from sync.client.session import ChangesPage, DeviceSigner, Session

__all__ = ["ChangesPage", "Client", "DeviceSigner", "Flights", "Session", "action_of", "error_of", "made"]
