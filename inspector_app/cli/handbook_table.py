"""The commands of the handbook: the officer's power, findings, orders, last time, laws, computations."""

from __future__ import annotations

from pathlib import Path

from inspector_app.cli.command import Command, Option, flag

RECORD, ORDER = flag("record"), flag("order")
REASON = flag("--reason", metavar="TEXT", required=True)
ON = flag("--on", metavar="DATE", default="")


def _text(name: str) -> Option:
    return flag(name, metavar="TEXT", default="")


OFFICER = (
    Command("officer show", "officers:show"),
    Command("officer set", "officers:edit", (_text("--name"), _text("--position"), _text("--office"), _text("--card"))),
    Command(
        "officer appoint",
        "officers:appoint",
        (
            flag("act", metavar="ACT"),
            _text("--card"),
            flag("--province", metavar="NAME", action="append", default=[]),
            flag("--from", metavar="DATE", default="", dest="valid_from"),
            flag("--until", metavar="DATE", default="", dest="valid_until"),
        ),
    ),
    Command("officer dismiss", "officers:dismiss", (flag("act", metavar="ACT"),)),
)

FINDINGS = (
    Command("findings list", "findings:show_list", (RECORD,)),
    Command(
        "findings merge",
        "findings:merge",
        (
            RECORD,
            flag("finding", nargs="+"),
            flag("--into", metavar="ID", default=""),
            _text("--fact"),
            REASON,
        ),
    ),
    Command(
        "findings edit",
        "findings:edit",
        (
            RECORD,
            flag("finding"),
            _text("--fact"),
            _text("--proposal"),
            flag("--severity", choices=("critical", "major", "minor"), default=""),
            flag("--days", type=int, metavar="N"),
            REASON,
        ),
    ),
    Command("findings drop", "findings:drop", (RECORD, flag("finding"), REASON)),
    Command("findings restore", "findings:restore", (RECORD, flag("finding"))),
)

ORDERS = (
    Command("orders kinds", "orders:kinds"),
    Command("orders propose", "orders:propose", (RECORD,)),
    Command(
        "orders draft",
        "orders:draft",
        (
            RECORD,
            flag("kind"),
            flag("--finding", metavar="ID", action="append", default=[]),
            flag("--days", type=int, metavar="N"),
            _text("--reasons"),
        ),
    ),
    Command(
        "orders list",
        "orders:show_list",
        (
            flag("--record", metavar="ID", default=""),
            flag("--site", metavar="NO", default=""),
            flag("--all", action="store_true"),
        ),
    ),
    Command("orders show", "orders:show", (ORDER,)),
    Command(
        "orders amend",
        "orders:amend",
        (
            ORDER,
            _text("--reasons"),
            flag("--days", type=int, metavar="N"),
            flag("--part", metavar="PART=TEXT", action="append", default=[]),
        ),
    ),
    Command("orders hearing", "orders:hearing", (ORDER, _text("--heard"), _text("--not-heard"))),
    Command(
        "orders step",
        "orders:step",
        (
            ORDER,
            flag(
                "step",
                choices=(
                    "approved",
                    "numbered",
                    "issued",
                    "extended",
                    "reported",
                    "reinspected",
                    "appealed",
                    "decided",
                    "closed",
                    "withdrawn",
                ),
            ),
            ON,
            _text("--number"),
            _text("--paper"),
            _text("--note"),
            flag("--due", metavar="DATE", default=""),
        ),
    ),
    Command(
        "orders serve",
        "orders:serve",
        (
            ORDER,
            flag("--method", choices=("hand", "adult", "post", "posting"), required=True),
            ON,
            _text("--receiver"),
            _text("--witness"),
            flag("--known-on", metavar="DATE", default=""),
        ),
    ),
    Command(
        "orders comply",
        "orders:comply",
        (ORDER, ON, flag("--not", action="store_true", dest="failed"), _text("--note")),
    ),
    Command("work", "orders:work", (flag("--overdue", action="store_true"),)),
)

RECORDS = (
    Command("record move", "drafts:move", (RECORD, flag("--look", action="store_true"))),
    Command("record last", "drafts:last", (RECORD,)),
    Command("record waiting", "drafts:waiting", (RECORD,)),
    Command(
        "record addendum",
        "drafts:addendum",
        (
            RECORD,
            flag("item"),
            flag("value"),
            flag("--laboratory", metavar="NAME", required=True),
            flag("--report-no", metavar="NO", required=True),
            ON,
            _text("--unit"),
            _text("--method-used"),
        ),
    ),
    Command("visit kinds", "visits:kinds"),
    Command("visit steps", "visits:show", (RECORD,)),
    Command(
        "visit step", "visits:add", (RECORD, flag("kind"), _text("--note"), flag("--at", metavar="HH:MM", default=""))
    ),
    Command(
        "visit sample",
        "visits:sample",
        (
            RECORD,
            flag("label"),
            flag("medium"),
            _text("--point"),
            _text("--container"),
            flag("--seal-no", metavar="NO", default=""),
        ),
    ),
    Command(
        "visit hand-over",
        "visits:hand_over",
        (RECORD, flag("label"), flag("taker"), flag("--seal-no", metavar="NO", default="")),
    ),
    Command(
        "visit instrument",
        "visits:instrument",
        (
            RECORD,
            flag("name"),
            flag("--serial", metavar="NO", default=""),
            flag("--calibrated", metavar="DATE", default=""),
            flag("--due", metavar="DATE", default=""),
            _text("--certificate"),
        ),
    ),
)

HANDBOOK = (
    Command("handbook search", "handbook:search", (flag("text"),)),
    Command("handbook laws", "handbook:laws", (flag("text", nargs="?", default=""),)),
    Command("handbook limits", "handbook:limits", (flag("text", nargs="?", default=""), ON)),
    Command(
        "handbook confirm",
        "handbook:confirm",
        (
            flag("entry"),
            flag("--officer", metavar="NAME", required=True),
            _text("--position"),
            flag("--document", metavar="NO", required=True),
            flag("--date", metavar="DATE", required=True),
        ),
    ),
    Command("handbook confirmations", "handbook:confirmations"),
    Command(
        "handbook export",
        "handbook:export",
        (
            flag("catalogue", choices=("laws", "limits", "phrases", "factors", "holidays", "deadlines")),
            flag("-o", "--output", metavar="FILE.xlsx", type=Path, required=True),
        ),
    ),
    Command(
        "handbook import",
        "handbook:import_file",
        (flag("file", type=Path), flag("-o", "--output", metavar="FILE.yaml", type=Path, required=True)),
    ),
    Command("handbook compare", "handbook:compare", (flag("file", type=Path),)),
    Command("checklists diff", "handbook:diff", (flag("old"), flag("new"))),
    Command(
        "checklists publish",
        "editions:publish",
        (
            flag("checklist"),
            flag("-o", "--output", metavar="DIR", type=Path, required=True),
            flag("--approver", metavar="NAME", required=True),
            flag("--effective", metavar="DATE", required=True),
            flag("--document", metavar="NO", required=True),
            flag("--province", metavar="NAME", action="append", default=[]),
            flag("--replaces", metavar="VERSION", default=""),
        ),
    ),
    Command("checklists approve", "editions:approve", (flag("file", type=Path),)),
    Command(
        "checklists take", "editions:take", (flag("file", type=Path), flag("--province", metavar="NAME", default=""))
    ),
    Command(
        "checklists recall",
        "editions:recall",
        (flag("id"), flag("version"), REASON, flag("-o", "--output", metavar="FILE.json", type=Path, required=True)),
    ),
    Command("checklists take-recall", "editions:take_recall", (flag("file", type=Path),)),
    Command("checklists key", "editions:key", (flag("-o", "--output", metavar="FILE.json", type=Path),)),
    Command("checklists trust", "editions:trust", (flag("file", type=Path),)),
    Command(
        "compute",
        "handbook:compute",
        (flag("name", nargs="?", default=""), flag("values", nargs="*", metavar="NAME=VALUE")),
    ),
)

COMMANDS: tuple[Command, ...] = (*OFFICER, *FINDINGS, *ORDERS, *RECORDS, *HANDBOOK)
