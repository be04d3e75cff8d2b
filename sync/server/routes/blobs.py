"""Attachment files: which are missing, growing one, reading one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response

from checklists.model import Audience, to_json
from sync import protocol
from sync.protocol import Code, LineResult, Uploaded
from sync.server.centre import Centre
from sync.server.files.blobs import is_hash
from sync.server.files.thumbnails import thumbnail
from sync.server.people.auth import Caller
from sync.server.people.rights import Right, audiences_of, require, scope_asked
from sync.server.problems import ProblemError
from sync.server.routes.common import beside, caller_of, centre_of, json_body, message, whole_number


async def missing(request: Request) -> Response:
    caller = await caller_of(request)
    centre = centre_of(request)
    wanted = _wanted((await json_body(request)).get("blobs"), centre.config.limits.missing_hashes)
    found = await beside(
        lambda: centre.records.missing(caller, wanted, lambda sha256: centre.blobs.offset(caller.device_id, sha256))
    )
    return JSONResponse({"missing": to_json(found)})


def _wanted(members: Any, most: int) -> list[tuple[str, int]]:
    if not isinstance(members, list) or len(members) > most:
        raise ProblemError(422, Code.INVALID, pointer="/blobs")
    wanted = []
    for number, member in enumerate(members):
        sha256, size = (member.get("sha256"), member.get("size")) if isinstance(member, dict) else (None, None)
        if not isinstance(sha256, str) or not is_hash(sha256) or not isinstance(size, int):
            raise ProblemError(422, Code.INVALID, pointer=f"/blobs/{number}")
        wanted.append((sha256, size))
    return wanted


def hash_in_path(request: Request) -> str:
    sha256: str = request.path_params["sha256"]
    if not is_hash(sha256):
        raise ProblemError(404, Code.NOT_FOUND)
    return sha256


async def patch(request: Request) -> Response:
    """Take the rest of a file from its true offset on; a newer call takes over from one that stalled."""
    caller = await caller_of(request)
    require(caller, Right.PUSH)
    centre, sha256 = centre_of(request), hash_in_path(request)
    offset, length = offset_and_length(request, centre.config.limits.blob_bytes)
    place = (caller, sha256)

    def whole() -> Response | None:
        return uploaded(length, (), 200) if centre.records.has_blob(caller.scope, sha256) else None

    def finish(seen: str, part: BinaryIO) -> Response:
        return _finish(centre, place, length, seen, part)

    growing = Growing(centre.blobs, (caller.device_id, sha256), length, whole=whole, finish=finish)
    return await append(request, centre.uploads, growing, offset)


@dataclass(frozen=True, slots=True)
class Growing:
    """A file that comes in pieces. `spot` is its device and hash, `length` that of the whole.

    `whole` answers where it is complete already; `finish` syncs what came and answers for it. Both run beside the loop.
    """

    folder: Parts
    spot: tuple[str, str]
    length: int
    whole: Callable[[], Response | None]
    finish: Callable[[str, BinaryIO], Response]


class Parts(Protocol):
    """Where pieces grow."""

    def offset(self, device_id: str, sha256: str) -> int: ...
    def open_part(self, device_id: str, sha256: str) -> BinaryIO: ...


def offset_and_length(request: Request, most: int) -> tuple[int, int]:
    """Return from where on a file comes and how long the whole is. Raises `ProblemError`."""
    offset = whole_number(request.headers.get(protocol.OFFSET_HEADER), -1)
    length = whole_number(request.headers.get(protocol.LENGTH_HEADER), -1)
    if offset < 0 or length < 0:
        raise ProblemError(400, Code.BAD_REQUEST, "offset and length")
    if length > most:
        raise ProblemError(413, Code.TOO_LARGE)
    return offset, length


def _finish(centre: Centre, place: tuple[Caller, str], length: int, seen: str, part: BinaryIO) -> Response:
    """Sync the part and answer how far it is; put a whole one into place and file what it completes."""
    caller, sha256 = place
    close_part(part)
    if centre.records.has_blob(caller.scope, sha256):
        centre.blobs.discard(caller.device_id, sha256)
        return uploaded(length, (), 200)
    reached = centre.blobs.offset(caller.device_id, sha256)
    if reached < length:
        return uploaded(reached, None, 202)
    if not centre.blobs.keep(caller.device_id, sha256, seen=seen):
        raise ProblemError(422, Code.DIGEST_MISMATCH)
    return uploaded(length, centre.records.add_blob(caller.scope, sha256, length), 201)


def uploaded(offset: int, results: tuple[LineResult, ...] | None, status: int) -> Response:
    complete = results is not None
    headers = {protocol.OFFSET_HEADER: str(offset), protocol.COMPLETE_HEADER: "?1" if complete else "?0"}
    return message(Uploaded(offset, complete, results or ()), status, headers)


async def append(request: Request, uploads: dict[tuple[str, str], object], growing: Growing, offset: int) -> Response:
    """Append the body to the caller's part and sync it, also when the line breaks in the middle.

    A file that comes in one piece is hashed as it comes; one that was cut is read again when it is whole.
    """
    turn, spot, folder = object(), growing.spot, growing.folder
    uploads[spot] = turn
    true_offset = folder.offset(*spot)
    if offset != true_offset:
        if (answer := await beside(growing.whole)) is not None:
            return answer
        raise ProblemError(409, Code.OFFSET, headers={protocol.OFFSET_HEADER: str(true_offset)})
    part, digest = folder.open_part(*spot), hashlib.sha256()
    try:
        left = growing.length - offset
        async for piece in request.stream():
            if uploads.get(spot) is not turn:
                raise ProblemError(409, Code.BUSY, "a newer call took over")
            left -= len(piece)
            if left < 0:
                raise ProblemError(413, Code.TOO_LARGE)
            _write_all(part, piece)  # unbuffered and small; the wait is in fsync, which runs beside the loop
            digest.update(piece)
        seen = "" if offset else digest.hexdigest()
        return await beside(lambda: growing.finish(seen, part))
    except ClientDisconnect as error:
        raise ProblemError(408, Code.BUSY, "line cut") from error
    finally:
        if not part.closed:
            await beside(lambda: close_part(part))
        if uploads.get(spot) is turn:
            del uploads[spot]


def _write_all(part: BinaryIO, piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        view = view[part.write(view) :]


def close_part(part: BinaryIO) -> None:
    os.fsync(part.fileno())
    part.close()


async def head(request: Request) -> Response:
    caller = await caller_of(request)
    centre, sha256 = centre_of(request), hash_in_path(request)
    if await beside(lambda: centre.records.has_blob(caller.scope, sha256)):
        size, complete = await beside(lambda: centre.blobs.size(sha256)), "?1"
    else:
        size, complete = centre.blobs.offset(caller.device_id, sha256), "?0"
    headers = {protocol.OFFSET_HEADER: str(size), protocol.COMPLETE_HEADER: complete}
    return Response(None, 200, headers, media_type=protocol.BYTES)


async def get(request: Request) -> Response:
    """Read a file of the caller's scope or of the whole country's, whole or by Range."""
    file, fetched, sha256 = await _readable(request)
    after = BackgroundTask(file.unlink, missing_ok=True) if fetched else None
    return FileResponse(file, media_type=protocol.BYTES, headers={"etag": f'"{sha256}"'}, background=after)


async def small(request: Request) -> Response:
    """Read a photo as a small JPEG, by the rules of the photo itself."""
    file, fetched, sha256 = await _readable(request)
    kept = centre_of(request).config.data / "thumbnails" / sha256[:2] / sha256
    try:
        picture = await beside(lambda: thumbnail(file, kept))
    finally:
        if fetched:
            file.unlink(missing_ok=True)
    if picture is None:
        raise ProblemError(404, Code.NOT_FOUND)
    return Response(picture, media_type=protocol.BYTES)


async def _readable(request: Request) -> tuple[Path, bool, str]:
    """Return where the file that the path names can be read, and whether it was fetched there for this answer."""
    caller = await caller_of(request)
    centre, sha256 = centre_of(request), hash_in_path(request)
    scope = scope_asked(caller, request.query_params.get("scope"))
    allowed = audiences_of(caller)
    if not await beside(
        lambda: centre.records.may_read_blob(scope, sha256, audiences=allowed, device_id=caller.device_id)
    ):
        raise ProblemError(404, Code.NOT_FOUND)
    if Audience.RESTRICTED in allowed and await beside(
        lambda: centre.records.is_restricted(scope, sha256, device_id=caller.device_id)
    ):
        await beside(lambda: centre.records.note_reading(caller, "file-read", sha256=sha256))
    file, fetched = await beside(lambda: centre.blobs.local(sha256))
    return file, fetched, sha256
