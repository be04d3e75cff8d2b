"""The states of the line: what stands in the way of sending, in one sentence, and the next step that a person has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from inspector_app.gui.context import AppContext
from inspector_app.gui.dates import short_time
from inspector_app.gui.line_watch import NONE
from inspector_app.gui.status import OFFLINE_CODES
from inspector_app.messages import explain, explain_code
from sync.errors import (
    Action,
    BusyError,
    CertificateError,
    ClockError,
    NotOurServerError,
    ProxyLoginError,
    UnreachableError,
    UpdateNeededError,
    WrongServerError,
)
from sync.events import Trouble


@dataclass(frozen=True, slots=True)
class Status:
    """The card on top of the screen."""

    headline: str
    detail: str
    icon: str
    tone: str
    button: str
    button_icon: str
    key: str
    primary: bool


class Step(StrEnum):
    """What the card's button does."""

    SEND = "send"
    LOG_IN = "log-in"  # to the proxy
    BROWSER = "browser"  # a network's own page wants a sign-in
    REGISTER = "register"


_BUTTONS = {
    Step.SEND: ("sync.send_now", "upload", "F5"),
    Step.LOG_IN: ("sync.proxy_do", "key-outline", ""),
    Step.BROWSER: ("sync.open_browser", "open-in-new", ""),
    Step.REGISTER: ("sync.set_up", "cog-outline", ""),
}
_HEADLINES = {
    ProxyLoginError.code: ("proxy_title", "shield-key-outline"),
    NotOurServerError.code: ("captive", "wifi-off"),
    CertificateError.code: ("untrusted", "shield-alert-outline"),
    ClockError.code: ("clock_wrong", "clock-alert-outline"),
    BusyError.code: ("busy", "timer-sand"),
    "rate-limited": ("busy", "timer-sand"),
    UpdateNeededError.code: ("update_needed", "download-outline"),
    UnreachableError.code: ("line_no_centre", "wifi-off"),
}
_UNTRUSTED = frozenset({ProxyLoginError.code, CertificateError.code, ClockError.code, "pairing-word"})


def trouble_of(context: AppContext) -> Trouble | None:
    """Return what ended the last run, None where it was one record's trouble or none."""
    trouble = context.sync.trouble
    return None if trouble is None or trouble.record_id else trouble


def next_step(context: AppContext) -> Step:
    """Return what a person can do about the last run's trouble."""
    trouble = trouble_of(context)
    if trouble is None:
        return Step.REGISTER if getattr(context.sync.error, "code", "") == "not-enrolled" else Step.SEND
    if trouble.code == ProxyLoginError.code:
        return Step.LOG_IN
    if is_captive(context):
        return Step.BROWSER
    signed_out = trouble.action == Action.SIGN_IN and trouble.code not in _UNTRUSTED
    return Step.REGISTER if signed_out or trouble.code == WrongServerError.code else Step.SEND


def is_captive(context: AppContext) -> bool:
    """Tell whether a network's own page stood in the centre's place, as the system or the last run says."""
    trouble = trouble_of(context)
    if trouble is None:
        return False
    return trouble.code == NotOurServerError.code or (context.sync.line.captive and trouble.code in OFFLINE_CODES)


def trouble_status(context: AppContext, waiting: int) -> Status | None:
    """Return the card of a run that ended in trouble; its button is the next step. None where it did not."""
    words = _words(context)
    if not words:
        return None
    step = next_step(context)
    key, icon = _headline(context, step)
    button, button_icon, shortcut = _BUTTONS[step]
    headline = context.t(f"sync.{key}", count=waiting)
    return Status(headline, words, icon, "obs", context.t(button), button_icon, shortcut, primary=True)


def _words(context: AppContext) -> str:
    sync = context.sync
    if sync.error is not None:
        return explain(sync.error, context.translator).text(context.language)
    trouble = trouble_of(context)
    return trouble_text(context, trouble) if trouble is not None else ""


def _headline(context: AppContext, step: Step) -> tuple[str, str]:
    trouble = trouble_of(context)
    code = trouble.code if trouble is not None else ""
    if step is Step.REGISTER:
        return "wants_registering", "shield-key-outline"
    if step is Step.BROWSER:
        return _HEADLINES[NotOurServerError.code]
    if code in OFFLINE_CODES and context.sync.line.kind:
        return "line_none" if context.sync.line.kind == NONE else "line_no_centre", "wifi-off"
    return _HEADLINES.get(code, ("stopped", "wifi-off"))


def trouble_text(context: AppContext, trouble: Trouble) -> str:
    """Return a trouble in words, with the time of the next try where there is one."""
    text = explain_code(trouble.code, context.translator).text(context.language)
    if trouble.retry_at:
        text += " " + context.t("sync.retry_at", time=short_time(trouble.retry_at))
    return text


def clock_words(context: AppContext, minutes: int) -> str:
    """Return the warning about a laptop's clock that is off, "" where it is not."""
    if not minutes:
        return ""
    return explain_code("clock-off", context.translator, minutes=minutes).text(context.language)
