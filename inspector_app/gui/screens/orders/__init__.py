"""Papers that follow a sealed record: what is proposed, the drafts, and every step of an order's life."""

from inspector_app.gui.screens.orders.screen import OrdersScreen

__all__ = ["OrdersScreen"]
