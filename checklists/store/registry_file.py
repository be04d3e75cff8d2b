"""The registry as a plain, signed file `registry-<cursor>.db` with its own search index.

It is public data: not encrypted, never written after it was built, replaced as a whole. Beside it stands
`registry-<cursor>.json`, signed, with the file's SHA-256; `open_file` trusts a file only by that. Rows with
shorter names come first, so that the row number ranks hits without sorting; `gram` says how common three letters are,
so that near misses are looked for by their rarest ones. `names` holds former names too, after those of today.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import operator
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checklists.crypto import key_id_of, signature_is_good
from checklists.model import Jsonable, Site, SiteKind
from checklists.sealing import Signer, canonical
from checklists.store.driver import Db, connect_plain
from checklists.store.errors import ForeignFileError, RegistryFileError
from checklists.store.search import names_of, number_key, numbers_of, place_words

APPLICATION_ID = 0x494E5352  # "INSR"
VERSION = 1
DOMAIN = b"inspector-registry-v1\0"

TABLES = f"""
CREATE TABLE info (k TEXT PRIMARY KEY, v TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE site (
  id INTEGER PRIMARY KEY, site_id TEXT NOT NULL, name_fold TEXT NOT NULL, names TEXT NOT NULL, numbers TEXT NOT NULL,
  place TEXT NOT NULL, registry_no TEXT NOT NULL, old_no TEXT NOT NULL, juristic_no TEXT NOT NULL,
  province_code TEXT NOT NULL, body TEXT NOT NULL) STRICT;
PRAGMA application_id={APPLICATION_ID};
PRAGMA user_version={VERSION};
"""
INDEXES = """
CREATE UNIQUE INDEX site_key ON site(site_id);
CREATE INDEX site_prefix ON site(name_fold);
CREATE INDEX site_registry_no ON site(registry_no);
CREATE INDEX site_old_no ON site(old_no);
CREATE INDEX site_juristic_no ON site(juristic_no);
CREATE INDEX site_province ON site(province_code, name_fold);
CREATE VIRTUAL TABLE site_fts USING fts5(names, numbers, place, content='site', content_rowid='id', tokenize='trigram');
INSERT INTO site_fts(site_fts) VALUES ('rebuild');
INSERT INTO site_fts(site_fts) VALUES ('optimize');
CREATE TABLE gram (term TEXT PRIMARY KEY, docs INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE site_words USING fts5vocab('site_fts', 'col');
INSERT INTO gram SELECT term, doc FROM site_words WHERE col = 'names';
DROP TABLE site_words;
"""
_DEFAULTS = {f.name: f.default for f in dataclasses.fields(Site)}
_NAMES = tuple(_DEFAULTS)
_PLAIN = tuple(_DEFAULTS.values())
_values = operator.attrgetter(*_NAMES)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class RegistryManifest(Jsonable):
    """What a registry file is, signed; `sha256` and `size` are of the whole file."""

    cursor: str
    source: str
    rows: int
    sha256: str
    size: int
    key_id: str = ""
    signature: str = ""

    def message(self) -> bytes:
        members = self.to_json()
        del members["signature"]
        return DOMAIN + canonical(members)


def file_name(cursor: str) -> str:
    """Return the file's name for a cursor, which must be fit for a file name."""
    if not cursor or len(cursor) > 64 or not all(c.isascii() and (c.isalnum() or c in "._-") for c in cursor):
        raise ValueError(f"cursor {cursor!r}")
    return f"registry-{cursor}.db"


def manifest_path(path: Path) -> Path:
    return path.with_suffix(".json")


def _body(site: Site) -> str:
    pairs = zip(_NAMES, _values(site), _PLAIN, strict=True)
    return _encode({name: value for name, value, plain in pairs if value != plain or name == "site_id"})


def _row(site: Site) -> tuple[Any, ...]:
    names = names_of(site)
    return (
        site.site_id,
        names.split(" ", 1)[0],  # the first name alone: prefixes and ranking
        names,
        numbers_of(site),
        place_words(site),
        number_key(site.registry_no),
        number_key(site.old_no),
        number_key(site.juristic_no),
        site.province_code,
        _body(site),
    )


def build(path: Path, rows: Iterable[Site], *, source: str, cursor: str, key: Signer) -> RegistryManifest:
    """Write a registry file with its index and manifest, durably; the rows' later of two equal ids wins.

    Rows are taken one by one: memory does not grow with them.
    """
    temporary = path.with_name(path.name + ".tmp")
    temporary.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    db = connect_plain(temporary, create=True)
    try:
        _not_durable_yet(db)
        db.script(TABLES)
        with db.tx():
            db.many("INSERT INTO info VALUES (?, ?)", [("source", source), ("cursor", cursor)])
            _stage(db, rows)
            db.run(f"INSERT INTO site ({_COLUMNS}) SELECT {_COLUMNS} FROM put ORDER BY length(name_fold), name_fold")
            db.run("DROP TABLE put")
            db.script(INDEXES)
            count = int(db.value("SELECT count(*) FROM site"))
    finally:
        db.close()
    manifest = _sign(temporary, source=source, cursor=cursor, rows=count, key=key)
    _settle(temporary, path, manifest)
    return manifest


def _not_durable_yet(db: Db) -> None:
    """Nobody reads the file before it is whole, so nothing needs to be durable until the end."""
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-64000", "temp_store=FILE"):
        db.rows(f"PRAGMA {pragma}")


def _stage(db: Db, rows: Iterable[Site]) -> None:
    """Write rows into a table of their own on disk, the later of two equal ids over the earlier."""
    db.run(f"CREATE TEMP TABLE put ({_COLUMNS}, UNIQUE (site_id))")
    marks = ", ".join("?" * len(_COLUMNS.split(",")))
    db.many(f"INSERT OR REPLACE INTO put ({_COLUMNS}) VALUES ({marks})", map(_row, rows))


_COLUMNS = "site_id, name_fold, names, numbers, place, registry_no, old_no, juristic_no, province_code, body"


def change(
    path: Path, old: Path, puts: Iterable[Site], gone: Iterable[str], *, source: str, cursor: str, key: Signer
) -> RegistryManifest:
    """Write a new file from an old one with some rows put and some taken out; the old file stays as it is."""
    temporary = path.with_name(path.name + ".tmp")
    shutil.copyfile(old, temporary)
    db = connect_plain(temporary, create=True)
    try:
        _not_durable_yet(db)
        with db.tx():
            _stage(db, puts)
            db.run("CREATE TEMP TABLE gone (site_id TEXT PRIMARY KEY)")
            db.many("INSERT OR IGNORE INTO gone VALUES (?)", ((site_id,) for site_id in gone))
            db.run("INSERT OR IGNORE INTO gone SELECT site_id FROM put")
            db.run(
                "INSERT INTO site_fts (site_fts, rowid, names, numbers, place) "
                "SELECT 'delete', id, names, numbers, place FROM site WHERE site_id IN (SELECT site_id FROM gone)"
            )
            db.run("DELETE FROM site WHERE site_id IN (SELECT site_id FROM gone)")
            db.run(f"INSERT INTO site ({_COLUMNS}) SELECT {_COLUMNS} FROM put ORDER BY rowid")
            db.run(
                "INSERT INTO site_fts (rowid, names, numbers, place) "
                "SELECT id, names, numbers, place FROM site WHERE site_id IN (SELECT site_id FROM put)"
            )
            db.many("UPDATE info SET v = ? WHERE k = ?", [(source, "source"), (cursor, "cursor")])
            count = int(db.value("SELECT count(*) FROM site"))
    finally:
        db.close()
    manifest = _sign(temporary, source=source, cursor=cursor, rows=count, key=key)
    _settle(temporary, path, manifest)
    return manifest


def _sign(path: Path, *, source: str, cursor: str, rows: int, key: Signer) -> RegistryManifest:
    with path.open("r+b") as file:
        name = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    unsigned = RegistryManifest(cursor, source, rows, name, path.stat().st_size, key.key_id)
    return dataclasses.replace(unsigned, signature=key.sign(unsigned.message()).hex())


def _settle(temporary: Path, path: Path, manifest: RegistryManifest) -> None:
    side = manifest_path(path)
    with side.open("w", encoding="utf-8") as file:
        json.dump(manifest.to_json(), file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def check(path: Path, trusted: Iterable[bytes]) -> RegistryManifest:
    """Check a file against its manifest and the manifest's signature. Raises `RegistryFileError`, `what` in data."""
    try:
        manifest = RegistryManifest.from_json(json.loads(manifest_path(path).read_text("utf-8")))
        signature = bytes.fromhex(manifest.signature)
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise RegistryFileError(str(error), what="manifest", file=str(path)) from error
    keys = {key_id_of(key): key for key in trusted}
    if manifest.key_id not in keys:
        raise RegistryFileError("unknown key", what="key", file=str(path))
    if not signature_is_good(keys[manifest.key_id], signature, manifest.message()):
        raise RegistryFileError("signature", what="signature", file=str(path))
    if found != manifest.sha256:
        raise RegistryFileError("other bytes", what="digest", file=str(path))
    return manifest


def open_file(path: Path) -> Db:
    """Open a registry file for reading. Raises `RegistryFileError` where it is none."""
    try:
        db = connect_plain(path)
    except ForeignFileError as error:
        raise RegistryFileError(str(error), what="open", file=str(path)) from error
    if db.value("PRAGMA application_id") != APPLICATION_ID or db.value("PRAGMA user_version") > VERSION:
        db.close()
        raise RegistryFileError("kind or version", what="kind", file=str(path))
    return db


def sites_in(path: Path) -> Iterator[Site]:
    """Yield every site of a registry file. Raises `RegistryFileError`."""
    db = open_file(path)
    try:
        for row in db.rows("SELECT body FROM site"):
            yield site_of(row[0])
    finally:
        db.close()


def site_of(body: str) -> Site:
    """Return the site of a stored row (directly: a page of hits is built at typing speed)."""
    members = json.loads(body)
    if former := members.get("former_names"):
        members["former_names"] = tuple(former)
    members["kind"] = SiteKind(members.get("kind", SiteKind.FACTORY))
    return Site(**{k: v for k, v in members.items() if k in _DEFAULTS})
