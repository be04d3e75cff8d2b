"""A USB bundle that an office uploads instead of carrying the stick on to the centre."""

from __future__ import annotations

import re
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import IO

from starlette.requests import Request
from starlette.responses import Response

from sync.bundle_format import MANIFEST
from sync.errors import BundleError
from sync.protocol import BundleTaken, Code
from sync.server.bodies import PIECE
from sync.server.bundles import import_bundle
from sync.server.centre import Centre
from sync.server.problems import ProblemError
from sync.server.rights import Right, require
from sync.server.routes.common import beside, caller_of, centre_of, message

_MEMBER = re.compile(r"[A-Za-z0-9._-]{1,80}")


async def upload(request: Request) -> Response:
    """File a bundle by the same rules as one on a stick. The caller carries; the bundle's own device answers for it."""
    caller = await caller_of(request)
    require(caller, Right.CARRY)
    centre = centre_of(request)
    folder = centre.config.data / "tmp"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        size = 0
        async for piece in request.stream():
            size += len(piece)
            if size > centre.config.limits.bundle_bytes:
                raise ProblemError(413, Code.TOO_LARGE)
            file.write(piece)
        file.seek(0)
        return message(await beside(lambda: _take_in(centre, file, folder)))


def _take_in(centre: Centre, file: IO[bytes], folder: Path) -> BundleTaken:
    with tempfile.TemporaryDirectory(dir=folder) as name:
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


def _unpack(file: IO[bytes], target: Path) -> None:
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
