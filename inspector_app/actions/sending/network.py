"""How this laptop reaches other machines: whom it believes, and the proxy on the way with its name and password.

Address and name of a proxy are settings of the workspace; its password goes to the computer's key store, or, where
there is none, into the workspace's own encrypted settings.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from checklists.model import Jsonable
from inspector_app.credentials import forget_password, keep_password, kept_password

if TYPE_CHECKING:
    from checklists.model import Changes
    from checklists.store import Store
    from sync.transport import Trust

SETTING = "sync.network"
PASSWORD_SETTING = "sync.proxy-password"  # noqa: S105 - the name of a setting


@dataclass(frozen=True, slots=True)
class Network(Jsonable):
    """`ca_file` is the ministry's own authority, "" the system's store; `proxy` an address, "" the system's choice."""

    ca_file: str = ""
    proxy: str = ""
    user: str = ""


def network_of(store: Store) -> Network:
    """Return the settings of this workspace."""
    text = store.settings.get(SETTING)
    return Network.from_json(json.loads(text)) if text else Network()


def keep(store: Store, network: Network) -> Changes:
    """Keep them; a writing store."""
    return store.settings.set(SETTING, json.dumps(network.to_json(), ensure_ascii=False))


def keep_login(store: Store, user: str, password: str, *, proxy: str | None = None) -> Changes:
    """Keep the name and password for the proxy, and its address where one is given; a writing store."""
    before = network_of(store)
    changes = keep(store, Network(before.ca_file, before.proxy if proxy is None else proxy, user))
    if keep_password(_account(store), password):
        return changes | store.settings.forget(PASSWORD_SETTING)
    return changes | store.settings.set(PASSWORD_SETTING, password)


def forget_login(store: Store) -> Changes:
    """Forget name and password; a writing store."""
    before = network_of(store)
    forget_password(_account(store))
    return keep(store, Network(before.ca_file, before.proxy)) | store.settings.forget(PASSWORD_SETTING)


def trust_of(store: Store) -> Trust:
    """Return whom to believe."""
    from sync.transport import Trust

    file = network_of(store).ca_file
    return Trust(Path(file) if file else None)


def proxies_for(store: Store, url: str) -> dict[str, str]:
    """Return requests' proxies for an address: the workspace's, else the system's; none for this machine itself."""
    import urllib.request  # 15 ms, not on the way to the window

    from sync.transport import is_loopback

    parts = urlsplit(url)
    network = network_of(store)
    if network.proxy:
        proxy = network.proxy
    elif is_loopback(parts.hostname or "") or urllib.request.proxy_bypass(parts.hostname or ""):
        return {}
    else:
        found = urllib.request.getproxies()
        proxy = found.get(parts.scheme) or found.get("all", "")
    if not proxy:
        return {}
    return {parts.scheme: _with_login(store, proxy, network.user)}


def _with_login(store: Store, proxy: str, user: str) -> str:
    """Put name and password into the proxy's address, as requests wants them."""
    if "//" not in proxy:
        proxy = f"http://{proxy}"
    if not user:
        return proxy
    password = kept_password(_account(store)) or store.settings.get(PASSWORD_SETTING) or ""
    parts = urlsplit(proxy)
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    host = f"{name}:{parts.port}" if parts.port else f"{name}"
    return f"{parts.scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{host}"


def _account(store: Store) -> str:
    return str(store.keys.workspace_id)
