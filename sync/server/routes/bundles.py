"""A USB bundle that an office uploads instead of carrying the stick on to the centre: a tar that comes in pieces.

It grows like an attachment (offset, HEAD and PATCH, digest), survives restarts on both sides, and is filed when it is
whole. The answer stays while everything in it is settled, so a lost answer costs no second upload.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import tarfile
import tempfile
import time
from pathlib import Path
from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import Response

from sync import protocol
from sync.bundle_format import MANIFEST
from sync.errors import BundleError
from sync.protocol import BundleTaken, Code
from sync.server.bundles import import_bundle
from sync.server.centre import Centre
from sync.server.files.blobs import BlobFolder
from sync.server.people.rights import Right, require
from sync.server.problems import ProblemError
from sync.server.routes.blobs import Growing, append, close_part, hash_in_path, offset_and_length, uploaded
from sync.server.routes.common import beside, caller_of, centre_of, message
from sync.server.wire.bodies import PIECE

FOLDER = "bundles"
KEEP_DAYS = 30
"""How long a piece or an answer stays that nobody asks for any more."""
_MEMBER = re.compile(r"[A-Za-z0-9._-]{1,80}")


class Arriving:
    """One caller's bundle on its way: the piece so far, then the whole tar, then the answer."""

    def __init__(self, centre: Centre, device_id: str, sha256: str) -> None:
        self.centre, self.spot = centre, (device_id, sha256)
        self.folder = BlobFolder(centre.config.data / FOLDER)
        self._answer = self.folder.part(device_id, sha256).with_suffix(".json")

    @property
    def tar(self) -> Path:
        return self.folder.path(self.spot[1])

    def answer(self) -> BundleTaken | None:
        """Return what was answered before, None where it never was or the same bytes may bring more now."""
        if not self._answer.is_file():
            return None
        return BundleTaken.from_json(json.loads(self._answer.read_text(encoding="utf-8")))

    def take_in(self) -> BundleTaken:
        """File the whole tar. Raises `ProblemError` where it is no bundle for this centre."""
        try:
            taken = _take_in(self.centre, self.tar)
            if not (taken.refused or taken.pending or taken.problem):
                fresh = self._answer.with_suffix(".new")
                fresh.parent.mkdir(parents=True, exist_ok=True)
                fresh.write_text(json.dumps(taken.to_json()), encoding="utf-8")
                fresh.replace(self._answer)
        finally:
            with contextlib.suppress(OSError):
                self.tar.unlink(missing_ok=True)
        return taken

    def sweep(self) -> None:
        """Forget what nobody went on with for a month."""
        before = time.time() - KEEP_DAYS * 86400
        for file in (self.centre.config.data / FOLDER).rglob("*"):
            with contextlib.suppress(OSError):
                if file.is_file() and file.stat().st_mtime < before:
                    file.unlink()


async def _arriving(request: Request) -> Arriving:
    caller = await caller_of(request)
    require(caller, Right.CARRY)
    return Arriving(centre_of(request), caller.device_id, hash_in_path(request))


async def head(request: Request) -> Response:
    """Say how far a bundle is; a whole one only has to be asked for once more."""
    bundle = await _arriving(request)
    if bundle.answer() is not None or bundle.tar.is_file():
        headers = {protocol.OFFSET_HEADER: "0", protocol.COMPLETE_HEADER: "?1"}
    else:
        headers = {protocol.OFFSET_HEADER: str(bundle.folder.offset(*bundle.spot)), protocol.COMPLETE_HEADER: "?0"}
    return Response(None, 200, headers, media_type=protocol.BYTES)


async def patch(request: Request) -> Response:
    """Take the rest of a bundle; a whole one is filed by the same rules as one on a stick.

    The caller carries; the bundle's own device answers for it.
    """
    bundle = await _arriving(request)
    offset, length = offset_and_length(request, bundle.centre.config.limits.bundle_bytes)
    if (before := bundle.answer()) is not None:
        return message(before)
    if bundle.tar.is_file():
        return message(await beside(bundle.take_in))
    await beside(bundle.sweep)

    def finish(seen: str, part: BinaryIO) -> Response:
        return _finish(bundle, length, seen, part)

    growing = Growing(bundle.folder, bundle.spot, length, whole=lambda: None, finish=finish)
    return await append(request, bundle.centre.uploads, growing, offset)


def _finish(bundle: Arriving, length: int, seen: str, part: BinaryIO) -> Response:
    """Sync the piece and answer how far the bundle is; file a whole one."""
    close_part(part)
    reached = bundle.folder.offset(*bundle.spot)
    if reached < length:
        return uploaded(reached, None, 202)
    if not bundle.folder.keep(*bundle.spot, seen=seen):
        raise ProblemError(422, Code.DIGEST_MISMATCH)
    return message(bundle.take_in())


def _take_in(centre: Centre, tar: Path) -> BundleTaken:
    with tempfile.TemporaryDirectory(dir=tar.parent) as name:
        with tar.open("rb") as file:
            _unpack(file, Path(name))
        try:
            imported = import_bundle(centre, Path(name))
        except BundleError as error:
            raise ProblemError(422, Code.INVALID, str(error.data.get("what", ""))) from error
    return BundleTaken(
        imported.manifest.bundle_id,
        tuple(imported.receipts.values()),
        imported.refused,
        tuple(sorted(imported.pending)),
        imported.problem,
    )


def _unpack(file: BinaryIO, target: Path) -> None:
    """Unpack plain files with plain names only; a tar may name any path, link or device."""
    try:
        with tarfile.open(fileobj=file, mode="r:") as tar:
            for member in tar:
                if not member.isreg() or _MEMBER.fullmatch(member.name) is None or member.name.startswith("."):
                    raise ProblemError(422, Code.INVALID, "member")
                source = tar.extractfile(member)
                assert source is not None  # noqa: S101 - a regular file
                with (target / member.name).open("xb") as out:
                    shutil.copyfileobj(source, out, PIECE)
    except (tarfile.TarError, FileExistsError, EOFError) as error:
        raise ProblemError(422, Code.INVALID, "tar") from error
    if not (target / MANIFEST).is_file():
        raise ProblemError(422, Code.INVALID, "manifest")
