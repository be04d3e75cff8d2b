"""A dialog whose button does some work beside the window and that closes when the work is done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from PySide6.QtWidgets import QLineEdit, QWidget

from inspector_app.gui.context import AppContext
from inspector_app.gui.widgets.cards import Notice
from inspector_app.gui.widgets.dialogs import Dialog
from inspector_app.gui.widgets.fields import Field
from inspector_app.gui.widgets.labels import ThaiLabel
from inspector_app.messages import explain

Typed = dict[str, str]


class WorkDialog(Dialog):
    """Fields and a button. The words are `<area>.<name>_title`, `_text` and `_do`, and `<area>.field_…`.

    Fields in `hidden` show no letters, are handed over exactly as typed, since spaces count in a passphrase, and are
    emptied once the work is done. What is wrong with the fields is said by `first_wrong`.
    """

    area = ""
    hidden: Collection[str] = ()

    def __init__(
        self, over: QWidget, context: AppContext, name: str, fields: Sequence[str], work: Callable[[Typed], object],
        *, back: str,
    ) -> None:  # fmt: skip
        super().__init__(over, context.t(f"{self.area}.{name}_title"), width=520)
        self._context, self._name, self._work = context, name, work
        self._busy = False
        self.body.addWidget(ThaiLabel(context.t(f"{self.area}.{name}_text"), tone="muted"))
        self.fields = {field: Field(context.t(f"{self.area}.field_{field}")) for field in fields}
        for field, widget in self.fields.items():
            if field in self.hidden:
                widget.edit.setEchoMode(QLineEdit.EchoMode.Password)
            widget.edit.returnPressed.connect(self.accept)
            self.body.addWidget(widget)
        self.notice = Notice()
        self.notice.hide()
        self.body.addWidget(self.notice)
        self.add_button(context.t(back), accept=False, key="Esc")
        self.button = self.add_button(context.t(f"{self.area}.{name}_do"), accept=True, key="Enter")

    def typed(self) -> Typed:
        """Return what stands in the fields."""
        return {name: w.edit.text() if name in self.hidden else w.text() for name, w in self.fields.items()}

    def first_wrong(self) -> tuple[str, str]:
        """Return the first field that cannot be taken so and the words about it, blank where all can."""
        raise NotImplementedError  # each dialog has its own fields

    def accept(self) -> None:
        if self._busy:
            return
        wrong, words = self.first_wrong()
        for name, field in self.fields.items():
            field.set_message(words if name == wrong else "", wrong=name == wrong)
        if wrong:
            self.fields[wrong].setFocus()
            self._place()
            return
        self.set_busy(True)
        typed, work = self.typed(), self._work
        self._context.tasks.run(lambda: work(typed), lambda _: self._done(), self._failed)

    def reject(self) -> None:
        if not self._busy:  # what is being written ends first
            super().reject()

    def set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.button.setEnabled(not busy)

    def _done(self) -> None:
        self._busy = False
        for name in self.fields:
            if name in self.hidden:
                self.fields[name].setText("")
        super().accept()

    def _failed(self, error: BaseException) -> None:
        self.set_busy(False)
        self.notice.set(explain(error, self._context.translator).text(self._context.language), "bad")
        self.notice.show()
        next(iter(self.fields.values())).setFocus()
        self._place()
