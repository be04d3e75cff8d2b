"""`inspector sync --openrosa URL`: the dry run, the forms over there, and handing over with a log to keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from inspector_app.actions.sending import handover
from inspector_app.actions.sending.handover import Login
from inspector_app.cli.calls import Answer, Call, size_words
from inspector_app.cli.run_log import RunLog
from inspector_app.cli.table import ExitCode

if TYPE_CHECKING:
    from checklists.store import Store
    from sync.openrosa import Handed, Meaning, Posted, Settled


def hand_over(call: Call, store: Store) -> Answer:
    """Hand what waits to an OpenRosa server, which makes nothing *sent*. Exit code 8 while something is left."""
    given = call.arguments
    login = _login(call)
    if given.forms is not None:
        return _fetch_forms(call, store, login)
    if given.dry_run:
        return _dry_run(call, store, login)
    names = _names(store)
    with RunLog(call.clock, given.log) as log:
        done = handover.hand_over(
            store, given.openrosa, login=login, force=given.force, tell=lambda news: _tell(call, log, names, news)
        )
        lines = list(_lines(call, done, names))
        for line in lines:
            log.note("end", line)
    left = len(done.said) - done.taken + len(done.parked) + done.untried
    told = {
        "fates": {revision: meaning.fate for revision, meaning in done.said.items()},
        "said": done.said,
        "parked": done.parked,
        "untried": done.untried,
        "taken": done.taken,
        "unnamed": done.unnamed,
    }
    return Answer(told, lines, ExitCode.SYNC if left else ExitCode.OK)


def _login(call: Call) -> Login | None:
    """Return name and password where a name was given; the password from a file, else from the person."""
    user = call.arguments.openrosa_user
    if not user:
        return None
    return Login(user, call.password(call.arguments.openrosa_password_file, "cli.ask.openrosa"))


def _fetch_forms(call: Call, store: Store, login: Login | None) -> Answer:
    """Fetch the forms of the other server; `checklists import` takes one into use."""
    found = handover.fetch_forms(store, call.arguments.openrosa, call.arguments.forms, login=login)
    lines = [
        call.t("cli.openrosa.form", form=one.form_id, version=one.version or "-", file=one.file, media=len(one.media))
        for one in found
    ]
    return Answer({"forms": found}, lines or [call.t("cli.openrosa.no-forms")])


def _dry_run(call: Call, store: Store, login: Login | None) -> Answer:
    plan = handover.plan(store, call.arguments.openrosa, login=login)
    size, limit = size_words(plan.size), size_words(plan.limit)
    counts = {"records": plan.revisions, "files": plan.files, "posts": plan.posts}
    lines = [call.t("cli.openrosa.plan", **counts, size=size, limit=limit)]
    lines += [call.t("cli.openrosa.unlisted", form=form, version=version) for form, version in plan.unlisted]
    return Answer({"plan": plan}, [*lines, *_parked(call, plan.parked, _names(store))])


def _names(store: Store) -> Mapping[str, str]:
    """Return the record of each waiting revision: the name that the other commands show."""
    return {row.revision_id: row.record_id for row in store.outbox.pending()}


def _tell(call: Call, log: RunLog, names: Mapping[str, str], news: Posted | Settled) -> None:
    """Say at once what went out and what the server answered."""
    from sync.openrosa import Posted

    record = names.get(news.revision_id, news.revision_id)
    if isinstance(news, Posted):
        if news.posts == 1:
            return
        of = {"number": news.number, "posts": news.posts, "files": news.files}
        text = call.t("cli.openrosa.posted", record=record, size=size_words(news.size), **of)
        log.note("posted", text, record)
    else:
        text = _fate(call, record, news.meaning)
        log.note(f"{news.meaning.fate}/{news.meaning.why}", text, record)
    call.say(text)


def _fate(call: Call, record: str, meaning: Meaning) -> str:
    why = call.t(f"cli.openrosa.{meaning.why}")
    told = call.t("cli.openrosa.fate", record=record, why=why)
    return call.t("cli.openrosa.said", told=told, words=meaning.words) if _is_worth(meaning) else told


def _is_worth(meaning: Meaning) -> bool:
    """Say whether the server's own words help: not where it took the record."""
    return bool(meaning.words) and meaning.why != "taken"


def _lines(call: Call, done: Handed, names: Mapping[str, str]) -> Iterator[str]:
    left = len(done.said) - done.taken + len(done.parked) + done.untried
    if not done.said and not left:
        yield call.t("cli.openrosa.nothing")
        return
    yield call.t("cli.openrosa.done", taken=done.taken, left=left)
    for revision, files in done.unnamed.items():
        yield call.t("cli.openrosa.unnamed", record=names.get(revision, revision), names=", ".join(files))
    yield from _parked(call, done.parked, names)
    if done.untried:
        yield call.t("cli.openrosa.untried", count=done.untried)


def _parked(call: Call, parked: Mapping[str, Meaning], names: Mapping[str, str]) -> list[str]:
    lines = [_fate(call, names.get(revision, revision), meaning) for revision, meaning in parked.items()]
    return [call.t("cli.openrosa.parked", count=len(lines)), *lines] if lines else []
