"""OpenRosa 1.0 for phones: form list, manifest, form, submission. Answers are XML with words, also refusals.

Who calls is told by the app user's token in the address (`/openrosa/key/<token>/…`), or as the password of a basic
login where an older client knows nothing else.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import PurePosixPath
from urllib.parse import quote
from xml.sax.saxutils import escape

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from checklists.model import FormPin
from sync.protocol import Limits
from sync.server.centre import Centre
from sync.server.openrosa import app_users
from sync.server.openrosa.forms import Kept
from sync.server.openrosa.intake import Part, RefusedSubmissionError, take
from sync.server.openrosa.words import words
from sync.server.people.auth import Caller
from sync.server.people.rights import Right, require
from sync.server.problems import ProblemError
from sync.server.routes.common import address_of, beside, centre_of

POST_BYTES = 10_000_000
"""What one post should hold; a phone cuts its files over several, and sends a larger one alone."""
MOST_FILES = 200
XML_PART = "xml_submission_file"
INCOMPLETE = "*isIncomplete*"
XML = "text/xml; charset=utf-8"
LIST = "http://openrosa.org/xforms/xformsList"
MANIFEST = "http://openrosa.org/xforms/xformsManifest"
RESPONSE = "http://openrosa.org/http/response"
METADATA = "http://www.opendatakit.org/xforms"
DECLARED = '<?xml version="1.0" encoding="UTF-8"?>'

MOST_IN_MEMORY = 64 * 1024
"""Bytes of one part that are held in memory; what is more lies in a temporary file."""
_MIME = re.compile(r"[\w.+-]{1,40}/[\w.+-]{1,59}")

Handler = Callable[[Request], Awaitable[Response]]


def _answers(handler: Handler) -> Handler:
    """Give every answer OpenRosa's headers, and turn refusals into its XML."""

    @functools.wraps(handler)
    async def answering(request: Request) -> Response:
        try:
            response = await handler(request)
        except ProblemError as error:
            response = _told(error.status, _refusal(error), nature="error")
            response.headers.update(error.headers)
        except RefusedSubmissionError as error:
            response = _told(error.status, error.message, nature="error")
        response.headers["X-OpenRosa-Version"] = "1.0"
        return response

    return answering


def _refusal(error: ProblemError) -> str:
    """Return the words for what the gate or the rate says."""
    if error.status in (401, 403):
        return words("phone.key")
    return words("phone.busy") if error.status == 429 else words("phone.refused", detail=error.detail or error.code)


def _told(status: int, message: str, *, nature: str = "", more: str = "") -> Response:
    attribute = f' nature="{nature}"' if nature else ""
    body = (
        f'<OpenRosaResponse xmlns="{RESPONSE}"><message{attribute}>{escape(message)}</message>{more}</OpenRosaResponse>'
    )
    headers = {"WWW-Authenticate": 'Basic realm="inspector"'} if status == 401 else {}
    return Response(body, status, headers, media_type=XML)


async def _phone(request: Request) -> tuple[Centre, Caller]:
    """Return who calls. Raises `ProblemError` 401 (no or a bad login), 403 (a bad key in the address), 429."""
    centre, key = centre_of(request), request.path_params.get("key", "")
    token = key or _password(request.headers.get("authorization", ""))
    try:
        caller = await beside(lambda: centre.gate.phone(token))
    except ProblemError as error:
        centre.registrations.take(address_of(request))  # tokens cannot be found by trying
        raise ProblemError(403 if key else 401, error.code) from error
    centre.calls.take(caller.device_id)
    return centre, caller


def _password(authorization: str) -> str:
    kind, _, value = authorization.partition(" ")
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


# --- forms ----------------------------------------------------------------------------------------------------------


@_answers
async def form_list(request: Request) -> Response:
    centre, caller = await _phone(request)
    offered = await beside(lambda: centre.phones.forms.offered(caller.scope))
    root = await beside(lambda: _root(centre, caller, request))
    entries = "".join(_entry(root, *listed) for listed in offered)
    body = f'{DECLARED}<xforms xmlns="{LIST}">{entries}</xforms>'
    etag = f'W/"{hashlib.sha256(body.encode()).hexdigest()}"'
    if request.headers.get("if-none-match") == etag:
        return Response(None, 304, {"ETag": etag})
    return Response(body, 200, {"ETag": etag}, media_type=XML)


def _root(centre: Centre, caller: Caller, request: Request) -> str:
    """Return the address before `/formList` as the phone knows it.

    Collect wants whole addresses; what a request says of itself is the proxy's word (often http, or the inner host).
    """
    said = str(request.url).partition("?")[0].rpartition("/")[0]
    home = app_users.home_of(centre.storage, caller.device_id)
    return home + request.url.path.rpartition("/")[0] if home else said


def _entry(root: str, pin: FormPin, kept: Kept) -> str:
    address = f"{root}/forms/{quote(pin.form_id, safe='')}/{quote(pin.version, safe='')}"
    members = (
        ("formID", pin.form_id),
        ("name", pin.title.th or pin.form_id),
        ("version", pin.version),
        ("hash", f"md5:{kept.md5}"),
        ("downloadUrl", f"{address}.xml"),
        ("manifestUrl", f"{address}/manifest"),
    )
    return "<xform>" + "".join(f"<{name}>{escape(value)}</{name}>" for name, value in members) + "</xform>"


async def _form(request: Request) -> Kept:
    centre, _caller = await _phone(request)
    form_id, version = request.path_params["form_id"], request.path_params["version"]
    found = await beside(lambda: centre.phones.forms.find(form_id, version))
    if found is None:
        raise RefusedSubmissionError(404, words("phone.no-form", form=form_id, version=version))
    return found[1]


@_answers
async def form(request: Request) -> Response:
    return Response((await _form(request)).phone, 200, media_type=XML)


@_answers
async def manifest(request: Request) -> Response:
    """List the files beside a form: none, because a published checklist is one file that needs no other."""
    await _form(request)
    return Response(f'{DECLARED}<manifest xmlns="{MANIFEST}"/>', 200, media_type=XML)


# --- submission -----------------------------------------------------------------------------------------------------


@_answers
async def submission_head(request: Request) -> Response:
    await _phone(request)
    return Response(None, 204, {"X-OpenRosa-Accept-Content-Length": str(POST_BYTES)})


@_answers
async def submission(request: Request) -> Response:
    """Take one post of a submission: 201 for what is here whole, and for a part that says more will follow."""
    centre, caller = await _phone(request)
    require(caller, Right.PUSH)
    posted = await _multipart(request, centre.config.limits)
    try:
        xml, parts = await _parts(posted, centre.config.limits)
        more = str(posted.get(INCOMPLETE, "")).strip().lower() == "yes"
        taken = await beside(lambda: take(centre.phones, caller, xml, parts, more_follows=more))
    finally:
        await posted.close()
    receipt = f' receipt="{escape(taken.receipt_id)}"' if taken.receipt_id else ""
    more_told = f'<submissionMetadata xmlns="{METADATA}" instanceID="{escape(taken.instance_id)}"{receipt}/>'
    return _told(201, taken.message, more=more_told)


class _Parser(MultiPartParser):
    """Starlette's, with little of each part in memory: a post may have two hundred."""

    spool_max_size = MOST_IN_MEMORY


async def _multipart(request: Request, limits: Limits) -> FormData:
    """Read the parts; large ones lie in temporary files. Raises `RefusedSubmissionError` 400 or 413."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise RefusedSubmissionError(415, words("phone.no-multipart", detail="multipart/form-data"))
    most = limits.blob_bytes + limits.line_bytes

    async def capped() -> AsyncGenerator[bytes, None]:
        size = 0
        async for piece in request.stream():
            size += len(piece)
            if size > most:
                raise RefusedSubmissionError(413, words("phone.too-large", detail=f"> {most}"))
            yield piece

    try:
        return await _Parser(request.headers, capped(), max_files=MOST_FILES, max_fields=20).parse()
    except MultiPartException as error:
        raise RefusedSubmissionError(400, words("phone.no-multipart", detail=error.message)) from error
    except ClientDisconnect as error:
        raise RefusedSubmissionError(400, words("phone.no-multipart", detail="cut")) from error


async def _parts(posted: FormData, limits: Limits) -> tuple[bytes, list[Part]]:
    xml, parts = b"", []
    for field, value in posted.multi_items():
        if not isinstance(value, UploadFile):
            continue
        if field == XML_PART:
            if (value.size or 0) > limits.line_bytes // 2:
                raise RefusedSubmissionError(413, words("phone.too-large", detail=XML_PART))
            xml = await value.read()
        else:
            name = PurePosixPath((value.filename or field).replace("\\", "/")).name
            mime = value.content_type or ""
            parts.append(Part(name, mime if _MIME.fullmatch(mime) else "application/octet-stream", value.file))
    if not xml:
        raise RefusedSubmissionError(400, words("phone.no-submission", detail=XML_PART))
    if any((part.file.seek(0, 2) or 0) > limits.blob_bytes for part in parts):
        raise RefusedSubmissionError(413, words("phone.too-large", detail=f"> {limits.blob_bytes}"))
    for part in parts:
        part.file.seek(0)
    return xml, parts


def routes() -> list[Route]:
    """Return the routes, below an address with a key and without one."""
    handlers = (
        ("GET", "/formList", form_list),
        ("GET", "/forms/{form_id}/{version}/manifest", manifest),
        ("GET", "/forms/{form_id}/{version}.xml", form),
        ("HEAD", "/submission", submission_head),
        ("POST", "/submission", submission),
    )
    prefixes = ("/openrosa", "/openrosa/key/{key}")
    return [
        Route(prefix + path, handler, methods=[method]) for prefix in prefixes for method, path, handler in handlers
    ]
