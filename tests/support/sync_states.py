"""Every state of the line as the window gets to know it, and what its card must say and offer."""

from __future__ import annotations

from dataclasses import dataclass

from inspector_app.actions.sending import syncing
from inspector_app.gui.context import AppContext
from inspector_app.gui.line_watch import Reachability
from sync.client import Session
from sync.events import Connected, RunFinished, SyncReport, Trouble
from sync.protocol import Tokens

UNTIL = "2026-11-22T10:55:00.000+07:00"


@dataclass(frozen=True)
class LineState:
    """`said` stands in the headline, `button` on the main button."""

    name: str
    said: str
    button: str
    trouble: Trouble | None = None
    network: Reachability = Reachability.Online
    captive: bool = False
    metered: bool = False
    clock_offset_ms: int = 0


SEND, REGISTER = "ส่งเดี๋ยวนี้", "ตั้งค่าศูนย์ข้อมูล"
OFFLINE = Trouble("offline", action="again", retry_at=UNTIL)

LINE_STATES = (
    LineState("offline", "ไม่มีเครือข่าย", SEND, OFFLINE, network=Reachability.Disconnected),
    LineState("no_centre", "มีเครือข่าย แต่ติดต่อศูนย์ไม่ได้", SEND, OFFLINE),
    LineState("gateway", "มีเครือข่าย แต่ติดต่อศูนย์ไม่ได้", SEND, Trouble("unreachable", action="again", retry_at=UNTIL)),
    LineState("captive", "ต้องเข้าใช้ในเบราว์เซอร์", "เปิดเบราว์เซอร์", Trouble("not-our-server", action="again")),
    LineState("captive_told", "ต้องเข้าใช้ในเบราว์เซอร์", "เปิดเบราว์เซอร์", OFFLINE, captive=True),
    LineState("proxy", "พร็อกซีของเครือข่ายนี้", "เข้าใช้พร็อกซี", Trouble("proxy-login", action="sign-in")),
    LineState("untrusted", "ยืนยันปลายทางไม่ได้", SEND, Trouble("certificate", action="sign-in")),
    LineState("clock", "นาฬิกาของเครื่องนี้ไม่ตรง", SEND, Trouble("clock-wrong", action="sign-in")),
    LineState("sign_in", "ต้องลงทะเบียนเครื่องนี้", REGISTER, Trouble("token-revoked", action="sign-in")),
    LineState("restored", "ต้องลงทะเบียนเครื่องนี้", REGISTER, Trouble("wrong-server", action="stop")),
    LineState("busy", "ศูนย์กำลังทำงานมาก", SEND, Trouble("busy", action="again", retry_at=UNTIL)),
    LineState("update", "ต้องปรับปรุงโปรแกรม", SEND, Trouble("update-needed", action="stop")),
    LineState("metered", "อินเทอร์เน็ตคิดตามปริมาณ", "ส่งข้อความ", metered=True),
    LineState("clock_off", "มีงานรอส่ง", SEND, clock_offset_ms=17 * 60_000),
)


def register(context: AppContext) -> None:
    """Make the laptop one that is registered at a centre; nobody stands there."""
    session = Session("https://centre.example", "s-1", "d-1", "inspector", "11", Tokens("a", "r", 900))
    writer = context.workplace.writer
    writer.submit(lambda store: store.settings.set(syncing.SETTING, session.to_text())).result()


def show(context: AppContext, state: LineState) -> None:
    """Let the window's worker know what a run and the system would have told it."""
    sync = context.sync
    sync.line.note_reachability(Reachability.Online)
    sync.line.note_reachability(state.network)
    sync.line.note_captive(state.captive)
    sync.line.note_metered(state.metered)
    sync.trouble, sync.connected = None, None
    if state.trouble is not None:
        sync._deliver(state.trouble)
        sync._deliver(RunFinished(SyncReport(trouble=state.trouble.code, retry_at=state.trouble.retry_at)))
    else:
        sync._deliver(Connected("https://centre.example", "s-1", state.clock_offset_ms))
