"""The last visit beside the open item: what it said then, whether it is better now, its photos, orders still open."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

from checklists.authoring.units import unit_words
from checklists.model import Attachment, ItemResult, SectionResult, Words
from inspector_app.gui.dates import short_date
from inspector_app.gui.questions.base import Asking
from inspector_app.gui.questions.faces import verdict_word

if TYPE_CHECKING:
    from checklists.findings.last_time import Compared
    from inspector_app.actions.afterwards.earlier import LastTime
    from inspector_app.actions.afterwards.orders import OrderLine

TREND_TONES = {"better": "ok", "worse": "bad", "unchanged": "na", "different": "obs"}
TREND_ICONS = {
    "better": "arrow-up-bold",
    "worse": "arrow-down-bold",
    "unchanged": "equal",
    "different": "swap-horizontal",
}


@dataclasses.dataclass(frozen=True, slots=True)
class LastFace:
    """What the block shows of one item: words, a chip (word, tone, icon), photos, orders, whether a key carries it."""

    words: str
    trend: tuple[str, str, str] = ("", "", "")
    photos: tuple[Attachment, ...] = ()
    orders: tuple[tuple[str, bool], ...] = ()  # words, overdue
    carries: bool = False


class LastVisit:
    """The earlier record of this place, compared with the answers as they are now."""

    def __init__(self, last: LastTime | None, asking: Asking) -> None:
        self._last, self._asking = last, asking
        self._compared: Mapping[str, Compared] = last.items if last else {}

    @property
    def known(self) -> bool:
        return self._last is not None

    def compare(self) -> None:
        """Compare again with what was judged last."""
        if self._last is None:
            return
        from checklists.findings import last_time  # with the form engine, not before

        then = tuple(one.then for one in self._last.items.values() if one.then is not None)
        now = self._asking.model.result
        self._compared = {one.item_id: one for one in last_time.compare(now, (SectionResult("", Words(), then),))}

    def face(self, item_id: str) -> LastFace:
        """Return what to show of an item."""
        last, t, language = self._last, self._asking.t, self._asking.language
        found = self._compared.get(item_id)
        then = found.then if found is not None else None
        if last is None or found is None or then is None or not then.answered:
            return LastFace(t("fill.last.none"), orders=self._orders(item_id))
        when = t("fill.last.on", date=short_date(f"{last.visited_on}T12:00:00+07:00", language))
        if last.origin != "own":
            when = f"{when} ({t(f'fill.last.{last.origin}')})"
        lines = [when, self._answer(then), then.note or then.reason, self._difference(found, then)]
        trend = found.trend.value
        chip = (t(f"fill.last.trend.{trend}"), TREND_TONES.get(trend, "na"), TREND_ICONS.get(trend, ""))
        return LastFace(
            "\n".join(line for line in lines if line),
            chip if chip[0] else ("", "", ""),
            last.photos.get(item_id, ()) if last.origin == "own" else (),
            self._orders(item_id),
            carries=self._carries(then),
        )

    def _carries(self, then: ItemResult) -> bool:
        """Whether one key may take the answer over: a failure or an inspector's own verdict never."""
        from checklists.findings import last_time

        return self._last is not None and bool(last_time.carry_forward(then, sealed_on=self._last.visited_on))

    def _answer(self, then: ItemResult) -> str:
        language = self._asking.language
        verdict = verdict_word(then.verdict, self._asking.texts) if then.verdict else ""
        value = (
            then.shown.in_language(language) or f"{then.value} {unit_words(then.unit).in_language(language)}".strip()
        )
        return " · ".join(dict.fromkeys(part for part in (verdict, value) if part))

    def _difference(self, found: Compared, then: ItemResult) -> str:
        if not found.difference:
            return ""
        unit = unit_words(then.unit).in_language(self._asking.language)
        return self._asking.t("fill.last.difference", value=f"{found.difference:+.6g} {unit}".strip())

    def _orders(self, item_id: str) -> tuple[tuple[str, bool], ...]:
        """Return the orders still open on findings of this item."""
        if self._last is None:
            return ()
        mine = {finding.finding_id for finding in self._last.open_findings if finding.item_id == item_id}
        about = [line for line in self._last.orders if mine & set(line.order.finding_ids)]
        return tuple((self._order_words(line), line.overdue) for line in about)

    def _order_words(self, line: OrderLine) -> str:
        t, language = self._asking.t, self._asking.language
        words = [t("fill.last.order", title=line.title.in_language(language))]
        if line.due:
            date = short_date(f"{line.due}T12:00:00+07:00", language)
            words.append(t("fill.last.order.overdue" if line.overdue else "fill.last.order.due", date=date))
        return " · ".join(words)
