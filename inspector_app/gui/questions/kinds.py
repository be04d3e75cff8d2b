"""The kinds of items and how each is asked.

`verdict` sets one of the five verdicts by keys 1-5. All others ask for a value; where it may be missing, the reasons
(ไม่เกี่ยวข้อง 3, ตรวจไม่ได้ 4, รอผลห้องปฏิบัติการ W) stand beside the field. Where the choices themselves need the
digits, the reasons take the keys after them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtWidgets import QHBoxLayout, QWidget

from checklists.authoring.units import unit_words
from checklists.model import Attachment, AttachmentKind, Verdict
from inspector_app.gui.questions import values
from inspector_app.gui.questions.base import Asking, Question
from inspector_app.gui.questions.faces import ORDER, TONES, verdict_word
from inspector_app.gui.questions.fields import CHOICE_KEYS, ChoiceField, NodeField, NumberField, make_field
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.labels import TONE_ICONS, Chip, ThaiLabel
from inspector_app.gui.widgets.verdict_bar import Option, OptionBar
from inspector_app.i18n import Translator

VERDICT_KEYS: Mapping[Verdict, str] = MappingProxyType(
    {**{verdict: str(i + 1) for i, verdict in enumerate(ORDER)}, Verdict.LAB: "W"}
)


def verdict_option(verdict: Verdict, texts: Translator, key: str = "") -> Option:
    tone = TONES[verdict]
    return Option(verdict.value, verdict_word(verdict, texts), key or VERDICT_KEYS[verdict], tone, TONE_ICONS[tone])


class VerdictQuestion(Question):
    """ผ่าน 1 · ไม่ผ่าน 2 · ไม่เกี่ยวข้อง 3 · ตรวจไม่ได้ 4 · ข้อสังเกต 5."""

    def __init__(self, asking: Asking, index: int, parent: QWidget | None = None) -> None:
        super().__init__(asking, index, parent)
        allowed = [v for v in (*ORDER, Verdict.LAB) if v in self.item.verdicts]
        self.bar = OptionBar([verdict_option(v, asking.texts) for v in allowed], name=self.item.number, fill=True)
        self.bar.chosen.connect(self._chosen)
        self.column.addWidget(self.bar)
        self.refresh()

    def key(self, name: str) -> bool:
        return self.bar.press(name)

    def refresh(self) -> None:
        self.bar.show_value(self.model.value(self.item.verdict_path))

    def _chosen(self, value: str) -> None:
        self.model.set_verdict(self.index, Verdict(value))
        self.answered.emit()


class ValueQuestion(Question):
    """A number, count, date, text or choice, judged at once where a limit stands, and the reasons to leave it out."""

    def __init__(self, asking: Asking, index: int, parent: QWidget | None = None) -> None:
        super().__init__(asking, index, parent)
        item = self.item
        self.limit = ThaiLabel("", role="note", tone="muted")
        self.field: NodeField = make_field(
            asking,
            item.value_path,
            item.value_type,
            name=self.named(item.title.in_language(asking.language)),
            unit=unit_words(item.unit).in_language(asking.language),
            keys=CHOICE_KEYS,
        )
        self.chip = Chip("", "ok")
        self.chip.hide()
        self.skips = self._make_skips()
        line = QHBoxLayout()
        line.setSpacing(8)
        wide = not isinstance(self.field, NumberField)
        line.addWidget(self.field, 1 if wide else 0)
        line.addWidget(self.chip)
        if not wide:
            line.addStretch(1)
        self.column.addLayout(line)
        if self.skips is not None:
            (line if self._fits_beside() else self.column).addWidget(self.skips)
        self.column.addWidget(self.limit)
        self.refresh()

    def first_field(self) -> QWidget | None:
        if isinstance(self.field, ChoiceField) or self.model.state(self.index).verdict is not None:
            return None
        return self.field.stop()

    def key(self, name: str) -> bool:
        if isinstance(self.field, ChoiceField) and self.field.key(name):
            if not self.field.many:
                self.answered.emit()
            return True
        return self.skips is not None and self.skips.press(name)

    def refresh(self) -> None:
        state = self.model.state(self.index)
        self.field.setEnabled(state.verdict is None)
        self.field.refresh()
        if self.skips is not None:
            self.skips.show_value(state.verdict.value if state.verdict else "")
        self._judge(state.value)

    def flush(self) -> None:
        self.field.flush()

    def _fits_beside(self) -> bool:
        return isinstance(self.field, NumberField) and len(self.item.verdicts) <= 2

    def _make_skips(self) -> OptionBar | None:
        item = self.item
        if not item.skip_path:
            return None
        taken = len(self.field.order) if isinstance(self.field, ChoiceField) else 0
        allowed = [v for v in (Verdict.NA, Verdict.CANNOT, Verdict.LAB) if v in item.verdicts]
        if not allowed:
            return None
        options = [
            verdict_option(v, self.asking.texts, CHOICE_KEYS[taken + i : taken + i + 1] if v is not Verdict.LAB else "")
            if taken
            else verdict_option(v, self.asking.texts)
            for i, v in enumerate(allowed)
        ]
        bar = OptionBar(options, name=item.number)
        bar.chosen.connect(self._skipped)
        return bar

    def _skipped(self, value: str) -> None:
        again = self.model.value(self.item.skip_path) == value
        self.model.set_verdict(self.index, None if again else Verdict(value))
        self.refresh()
        if not again:
            self.answered.emit()

    def _judge(self, value: str) -> None:
        measurement = self.model.measurement_of(self.index)
        limit = measurement.limit if measurement else None
        language = self.asking.language
        words = values.limit_words(limit).in_language(language)
        self.limit.setText(words)
        self.limit.setVisible(bool(words))
        distance = ""
        if measurement is not None and value and measurement.value == value:
            distance = values.distance_words(value, limit, measurement.verdict).in_language(language)
            failed = measurement.verdict is Verdict.FAIL
            word = f" · {verdict_word(Verdict.FAIL, self.asking.texts)}" if failed else ""
            if distance:
                self.chip.set(distance + word, "bad" if failed else "ok", "arrow-up-bold" if failed else "")
        self.chip.setVisible(bool(distance))


class SignatureQuestion(Question):
    """Who has signed, and the way to the closing meeting, where people sign."""

    def __init__(self, asking: Asking, index: int, parent: QWidget | None = None) -> None:
        super().__init__(asking, index, parent)
        self.words = ThaiLabel("")
        self.column.addWidget(self.words)
        self.button = ActionButton(self.t("fill.sign.open"), key="F9", icon="draw-pen")
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch(1)
        self.column.addLayout(row)
        self.refresh()

    def refresh(self) -> None:
        signed = [a for a in self.model.attachments if a.kind is AttachmentKind.SIGNATURE]
        lines = [self._line(attachment) for attachment in signed] or [self.t("fill.sign.none")]
        self.words.setText(" · ".join(lines))

    def _line(self, attachment: Attachment) -> str:
        return f"{self.t(f'fill.role.{attachment.role}')}: {attachment.signer}"


KINDS: Mapping[str, type[Question]] = MappingProxyType(
    {
        "verdict": VerdictQuestion,
        "number": ValueQuestion,
        "count": ValueQuestion,
        "date": ValueQuestion,
        "text": ValueQuestion,
        "choice": ValueQuestion,
        "score": ValueQuestion,
        "signature": SignatureQuestion,
    }
)


def make_question(asking: Asking, index: int) -> Question:
    """Return the question for an item; kinds of foreign forms that have no widget of their own are asked as a value."""
    item = asking.model.items[index]
    kind = KINDS.get(item.kind, ValueQuestion)
    if kind is ValueQuestion and not item.value_path:
        kind = VerdictQuestion if item.verdict_path else SignatureQuestion
    return kind(asking, index)
