"""The report: content, lines, pages, files."""
