"""Widgets of the window: text, buttons, cards, fields, dialogs; drawn from the tokens of `theme`."""
