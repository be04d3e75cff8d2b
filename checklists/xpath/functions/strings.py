"""Texts: building, taking apart, matching, hashing. Lengths and positions count code points."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import secrets
import string
import uuid
from typing import Any

from checklists.xpath.compiled import Compiled, as_text
from checklists.xpath.compiler import Compiler
from checklists.xpath.errors import UnsafePatternError
from checklists.xpath.patterns import pattern
from checklists.xpath.signature import Function
from checklists.xpath.syntax import Call
from checklists.xpath.values import Kind, texts_of

_ALPHABET = string.ascii_letters + string.digits
_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
SIGNATURE = 64
"""Bytes of an Ed25519 signature."""
MAX_RANDOM = 10_000
"""Longest text that `uuid(n)` makes."""


def concat(*values: Any) -> str:
    return "".join(text for value in values for text in texts_of(value))


def join(separator: str, *values: Any) -> str:
    return separator.join(text for value in values for text in texts_of(value))


def substr(text: str, start: float, end: float | None = None) -> str:
    """Return the characters from `start` to before `end`, counted from 0; negative ones count from the end."""
    if math.isnan(start) or (end is not None and math.isnan(end)):
        return ""
    length = len(text)
    first = _position(start, length)
    last = length if end is None else _position(end, length)
    return text[first:last] if first < last else ""


def _position(number: float, length: int) -> int:
    at = length if number > length else -length if number < -length else int(number)
    return at + length if at < 0 else at


def substring(text: str, start: float, length: float | None = None) -> str:
    """XPath's `substring`: positions count from 1 and are rounded."""
    first = _round(start)
    last = math.inf if length is None else first + _round(length)
    return "".join(c for at, c in enumerate(text, 1) if first <= at < last)


def _round(number: float) -> float:
    return math.floor(number + 0.5) if math.isfinite(number) else number


def substring_before(text: str, part: str) -> str:
    before, found, _ = text.partition(part) if part else ("", "", "")
    return before if found else ""


def substring_after(text: str, part: str) -> str:
    return text.partition(part)[2] if part else text


def translate(text: str, old: str, new: str) -> str:
    """Replace each character of `old` by the one at its place in `new`, or remove it; the first mention counts."""
    table: dict[int, str] = {}
    for at, character in enumerate(old):
        table.setdefault(ord(character), new[at] if at < len(new) else "")
    return text.translate(table)


def digest(text: str, algorithm: str, encoding: str = "base64") -> str:
    """Return the hash of the UTF-8 text as base64 or hex; blank for an unknown algorithm."""
    name = _HASHES.get(algorithm)
    if name is None:
        return ""
    raw = hashlib.new(name, text.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
    return raw.hex() if encoding == "hex" else base64.b64encode(raw).decode("ascii")


def base64_decode(text: str) -> str:
    try:
        return base64.b64decode(text, validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def extract_signed(contents: str, public_key: str) -> str:
    """Return the message in base64 of an Ed25519 signature and the message it signs; blank when it does not verify."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        signed = base64.b64decode(contents, validate=True)
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(signed[:SIGNATURE], signed[SIGNATURE:])
        return signed[SIGNATURE:].decode("utf-8")
    except (InvalidSignature, ValueError):
        return ""


def new_uuid(length: float | None = None) -> str:
    """Return a random UUID, or that many random letters and digits."""
    if length is None:
        return str(uuid.uuid4())
    count = 0 if math.isnan(length) else max(0, min(MAX_RANDOM, int(length)))
    return "".join(secrets.choice(_ALPHABET) for _ in range(count))


def _regex(compiler: Compiler, call: Call) -> Compiled:
    text, wanted = (compiler.compile(argument) for argument in call.arguments)
    value, source = as_text(text), as_text(wanted)
    if wanted.constant:
        test = pattern(source(None))
        doubt = compiler.static.special("doubt")
        if test.costly and doubt is not None:
            doubt("regex-costly", pattern=test.source[:200])
        return Compiled(Kind.BOOLEAN, lambda frame: test.found_in(value(frame), _ran_out(frame)))

    def run(frame: Any) -> bool:
        try:
            return pattern(source(frame)).found_in(value(frame), _ran_out(frame))
        except UnsafePatternError:
            return False

    return Compiled(Kind.BOOLEAN, run)


def _ran_out(frame: Any) -> Any:
    return getattr(frame.env, "ran_out", None)


STRINGS = (
    Function("string", "t", Kind.TEXT, lambda text: text),
    Function("concat", "v*", Kind.TEXT, concat),
    Function("join", "tg*", Kind.TEXT, join),
    Function("substr", "tnn?", Kind.TEXT, substr),
    Function("substring", "tnn?", Kind.TEXT, substring),
    Function("substring-before", "tt", Kind.TEXT, substring_before),
    Function("substring-after", "tt", Kind.TEXT, substring_after),
    Function("contains", "tt", Kind.BOOLEAN, lambda text, part: part in text),
    Function("starts-with", "tt", Kind.BOOLEAN, lambda text, part: text.startswith(part)),
    Function("ends-with", "tt", Kind.BOOLEAN, lambda text, part: text.endswith(part)),
    Function("string-length", "t", Kind.NUMBER, lambda text: float(len(text))),
    Function("normalize-space", "t", Kind.TEXT, lambda text: " ".join(text.split())),
    Function("upper-case", "t", Kind.TEXT, str.upper),
    Function("lower-case", "t", Kind.TEXT, str.lower),
    Function("translate", "ttt", Kind.TEXT, translate),
    Function("regex", "tt", Kind.BOOLEAN, special=_regex),
    Function("digest", "ttt?", Kind.TEXT, digest),
    Function("base64-decode", "t", Kind.TEXT, base64_decode),
    Function("extract-signed", "tt", Kind.TEXT, extract_signed),
    Function("uuid", "n?", Kind.TEXT, lambda _, length=None: new_uuid(length), framed=True),
)
