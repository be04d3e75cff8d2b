"""Where a download goes, and whether it goes on or begins anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from sync.errors import NotOurServerError
from sync.transport import Response


@dataclass(frozen=True, slots=True)
class Sink:
    """A file that has its first `start` bytes already and takes the rest."""

    file: BinaryIO
    start: int = 0

    @property
    def headers(self) -> Mapping[str, str]:
        return {"range": f"bytes={self.start}-"} if self.start else {}

    def opened(self, head: Response) -> BinaryIO:
        """Return the file at the place where the answer's bytes belong.

        The whole file comes where its bytes have changed (If-Range) or where somebody on the way knows no ranges.
        Raises `NotOurServerError` for another part than was asked for.
        """
        if not self.start:
            return self.file
        if head.status == 206:
            told = head.headers.get("content-range", "")
            if not told.startswith(f"bytes {self.start}-"):
                raise NotOurServerError("range", told=told)
            return self.file
        self.file.seek(0)
        self.file.truncate()
        return self.file
