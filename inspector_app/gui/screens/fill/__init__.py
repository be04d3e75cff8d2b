"""The fill screen: answering a checklist by keys, one card an item."""
