"""The tables of the workspace's database, as steps from one version to the next.

A released step is never edited (a test holds each one's hash). Times are RFC 3339 text in Bangkok's zone, so that they
sort as text; ids are text made by the client; hashes are lower-case hex. `body` is the JSON of the model value.

Answers are rows while a record is a draft; sealing freezes them into one signed document (`revision`) plus counts per
section. What is sealed is held by triggers: their messages begin with `sealed:`.
"""

from __future__ import annotations

from collections.abc import Callable

from checklists.store.driver import Db

APPLICATION_ID = 0x494E5350  # "INSP"

FIRST = """
CREATE TABLE meta (k TEXT PRIMARY KEY, v ANY NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE setting (k TEXT PRIMARY KEY, v TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- sites described in the field; registered ones live in the registry file and as snapshots in visits and records
CREATE TABLE site (
  site_id TEXT PRIMARY KEY, name_fold TEXT NOT NULL, body TEXT NOT NULL CHECK (json_valid(body)),
  created_at TEXT NOT NULL, joined_to TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;

CREATE TABLE visit (
  visit_id TEXT PRIMARY KEY, site_id TEXT NOT NULL, kind TEXT NOT NULL, outcome TEXT NOT NULL,
  started_at TEXT NOT NULL, updated_at TEXT NOT NULL, body TEXT NOT NULL CHECK (json_valid(body))) STRICT;
CREATE INDEX visit_time ON visit(started_at DESC);
CREATE INDEX visit_site ON visit(site_id, started_at DESC);

CREATE TABLE form_version (
  sha256 TEXT PRIMARY KEY, form_id TEXT NOT NULL, version TEXT NOT NULL, body TEXT NOT NULL CHECK (json_valid(body)),
  xml_z BLOB NOT NULL, added_at TEXT NOT NULL, UNIQUE (form_id, version, sha256)) STRICT, WITHOUT ROWID;

-- one row a record; the site and visit kind are the snapshot shown in lists
CREATE TABLE record (
  record_id TEXT PRIMARY KEY, visit_id TEXT NOT NULL REFERENCES visit(visit_id), op TEXT NOT NULL,
  form TEXT NOT NULL CHECK (json_valid(form)), site TEXT NOT NULL CHECK (json_valid(site)), visit_kind TEXT NOT NULL,
  author TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  answered INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
  head_revision_id TEXT REFERENCES revision(revision_id), discarded_at TEXT NOT NULL DEFAULT '',
  about TEXT NOT NULL DEFAULT '') STRICT;  -- about: the record that an addendum belongs to
CREATE INDEX record_time ON record(updated_at DESC, record_id DESC) WHERE discarded_at = '';
CREATE INDEX record_visit ON record(visit_id);
CREATE INDEX record_about ON record(about) WHERE about <> '';

-- the open work on a record: new, or a correction of base_revision_id
CREATE TABLE draft (
  record_id TEXT PRIMARY KEY REFERENCES record(record_id), revision_id TEXT NOT NULL UNIQUE,
  base_revision_id TEXT REFERENCES revision(revision_id), reason TEXT NOT NULL DEFAULT '',
  author TEXT NOT NULL CHECK (json_valid(author)), language TEXT NOT NULL, cursor_path TEXT NOT NULL DEFAULT '',
  cursor_row TEXT NOT NULL DEFAULT '', exhibits INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE answer (
  record_id TEXT NOT NULL REFERENCES draft(record_id) ON DELETE CASCADE, path TEXT NOT NULL, row TEXT NOT NULL,
  value TEXT NOT NULL, PRIMARY KEY (record_id, path, row)) STRICT, WITHOUT ROWID;
CREATE TABLE repeat_row (
  record_id TEXT NOT NULL REFERENCES draft(record_id) ON DELETE CASCADE, row TEXT NOT NULL, path TEXT NOT NULL,
  parent TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (record_id, row)) STRICT, WITHOUT ROWID;
CREATE TABLE answer_aside (
  record_id TEXT NOT NULL REFERENCES draft(record_id) ON DELETE CASCADE, path TEXT NOT NULL, row TEXT NOT NULL,
  value TEXT NOT NULL, PRIMARY KEY (record_id, path, row)) STRICT, WITHOUT ROWID;

-- bytes of attachments live in files/<2 hex>/<name>; deleting the row with its key erases them
CREATE TABLE blob (
  sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64), file_name TEXT NOT NULL UNIQUE, file_key BLOB NOT NULL,
  size INTEGER NOT NULL, mime TEXT NOT NULL, thumb BLOB, added_at TEXT NOT NULL) STRICT;
CREATE TABLE attachment (
  attachment_id TEXT PRIMARY KEY, record_id TEXT NOT NULL REFERENCES draft(record_id) ON DELETE CASCADE,
  sha256 TEXT NOT NULL REFERENCES blob(sha256), position INTEGER NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body))) STRICT, WITHOUT ROWID;
CREATE INDEX attachment_record ON attachment(record_id, position);
CREATE INDEX attachment_blob ON attachment(sha256);

-- sealed: exact bytes (zlib) and what lists and dashboards need
CREATE TABLE revision (
  revision_id TEXT PRIMARY KEY, record_id TEXT NOT NULL REFERENCES record(record_id), number INTEGER NOT NULL,
  base_revision_id TEXT REFERENCES revision(revision_id),
    op TEXT NOT NULL, reason TEXT NOT NULL,
  size INTEGER NOT NULL, digest TEXT NOT NULL UNIQUE, signature BLOB NOT NULL, key_id TEXT NOT NULL,
  audit_seq INTEGER NOT NULL, device_seq INTEGER NOT NULL, author TEXT NOT NULL, sealed_at TEXT NOT NULL,
  overall TEXT NOT NULL, province_code TEXT NOT NULL, month TEXT GENERATED ALWAYS AS (substr(sealed_at, 1, 7)) STORED,
  body_z BLOB NOT NULL,  -- last: a list reads the columns before it without its overflow pages
  UNIQUE (record_id, number)) STRICT;
CREATE INDEX revision_month ON revision(month, province_code);
CREATE TABLE section_result (
  revision_id TEXT NOT NULL REFERENCES revision(revision_id), section_id TEXT NOT NULL, passed INTEGER NOT NULL,
  failed INTEGER NOT NULL, na INTEGER NOT NULL, cannot INTEGER NOT NULL, observed INTEGER NOT NULL,
    lab INTEGER NOT NULL,
  plain INTEGER NOT NULL, PRIMARY KEY (revision_id, section_id)) STRICT, WITHOUT ROWID;
CREATE TABLE finding (
  revision_id TEXT NOT NULL REFERENCES revision(revision_id), finding_id TEXT NOT NULL, record_id TEXT NOT NULL,
  position INTEGER NOT NULL, item_id TEXT NOT NULL, severity TEXT NOT NULL, audience TEXT NOT NULL,
  due_date TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)), PRIMARY KEY (revision_id, finding_id)) STRICT, WITHOUT ROWID;
CREATE INDEX finding_due ON finding(due_date) WHERE due_date <> '';
CREATE TABLE measurement (
  revision_id TEXT NOT NULL REFERENCES revision(revision_id), position INTEGER NOT NULL, record_id TEXT NOT NULL,
  site_id TEXT NOT NULL, item_id TEXT NOT NULL, parameter TEXT NOT NULL, medium TEXT NOT NULL, point TEXT NOT NULL,
  sample TEXT NOT NULL, value TEXT NOT NULL, number REAL, unit TEXT NOT NULL, verdict TEXT NOT NULL,
  measured_on TEXT NOT NULL, body TEXT NOT NULL CHECK (json_valid(body)),
  PRIMARY KEY (revision_id, position)) STRICT, WITHOUT ROWID;
CREATE INDEX measurement_course ON measurement(site_id, parameter, measured_on);
CREATE INDEX measurement_sample ON measurement(sample) WHERE sample <> '';
CREATE TABLE revision_attachment (
  revision_id TEXT NOT NULL REFERENCES revision(revision_id), attachment_id TEXT NOT NULL, position INTEGER NOT NULL,
  record_id TEXT NOT NULL, sha256 TEXT NOT NULL REFERENCES blob(sha256), body TEXT NOT NULL CHECK (json_valid(body)),
  PRIMARY KEY (revision_id, attachment_id)) STRICT, WITHOUT ROWID;
CREATE INDEX revision_attachment_blob ON revision_attachment(sha256);
CREATE INDEX revision_attachment_id ON revision_attachment(attachment_id);

-- what must still go: a row from sealing until a receipt names the digest; there is no flag "sent" anywhere
CREATE TABLE outbox (
  revision_id TEXT PRIMARY KEY REFERENCES revision(revision_id), created_at TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, next_at TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'parked', 'conflict')),
  last_error_code TEXT NOT NULL DEFAULT '', last_error TEXT NOT NULL DEFAULT '',
  conflict_head TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE TABLE receipt (
  receipt_id TEXT PRIMARY KEY, revision_id TEXT NOT NULL, record_id TEXT NOT NULL, digest TEXT NOT NULL,
  server_id TEXT NOT NULL, received_at TEXT NOT NULL, seq INTEGER NOT NULL, key_id TEXT NOT NULL,
  signature TEXT NOT NULL, stored_at TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX receipt_digest ON receipt(digest);
CREATE VIEW sent AS
  SELECT r.revision_id, r.record_id, q.receipt_id, q.received_at, q.server_id, q.seq
  FROM revision r JOIN receipt q ON q.digest = r.digest AND q.revision_id = r.revision_id;

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, entity TEXT NOT NULL,
  entity_id TEXT NOT NULL, body TEXT NOT NULL CHECK (json_valid(body)), prev TEXT NOT NULL CHECK (length(prev) = 64),
  hash TEXT NOT NULL CHECK (length(hash) = 64)) STRICT;

-- statutory steps, instruments and samples of a visit; a sample's custody is a list that only grows
CREATE TABLE visit_step (
  visit_id TEXT NOT NULL REFERENCES visit(visit_id), position INTEGER NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)), PRIMARY KEY (visit_id, position)) STRICT, WITHOUT ROWID;
CREATE TABLE instrument (
  instrument_id TEXT PRIMARY KEY, body TEXT NOT NULL CHECK (json_valid(body)), updated_at TEXT NOT NULL)
  STRICT, WITHOUT ROWID;
CREATE TABLE sample (
  sample_id TEXT PRIMARY KEY, visit_id TEXT NOT NULL REFERENCES visit(visit_id), taken_at TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body))) STRICT, WITHOUT ROWID;
CREATE INDEX sample_visit ON sample(visit_id);
CREATE TABLE custody (
  sample_id TEXT NOT NULL REFERENCES sample(sample_id), position INTEGER NOT NULL, at TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)), PRIMARY KEY (sample_id, position)) STRICT, WITHOUT ROWID;
CREATE TRIGGER custody_u BEFORE UPDATE ON custody BEGIN SELECT RAISE(ABORT, 'sealed: custody'); END;
CREATE TRIGGER custody_d BEFORE DELETE ON custody BEGIN SELECT RAISE(ABORT, 'sealed: custody'); END;

-- orders outlive the visit; where one stands is its last step
CREATE TABLE work_order (
  order_id TEXT PRIMARY KEY, record_id TEXT NOT NULL REFERENCES record(record_id), site_id TEXT NOT NULL,
  created_at TEXT NOT NULL, body TEXT NOT NULL CHECK (json_valid(body))) STRICT, WITHOUT ROWID;
CREATE INDEX work_order_site ON work_order(site_id, created_at DESC);
CREATE TABLE order_step (
  order_id TEXT NOT NULL REFERENCES work_order(order_id), position INTEGER NOT NULL, step TEXT NOT NULL,
  at TEXT NOT NULL, body TEXT NOT NULL CHECK (json_valid(body)), PRIMARY KEY (order_id, position))
  STRICT, WITHOUT ROWID;
CREATE TRIGGER order_step_u BEFORE UPDATE ON order_step BEGIN SELECT RAISE(ABORT, 'sealed: order step'); END;
CREATE TRIGGER order_step_d BEFORE DELETE ON order_step BEGIN SELECT RAISE(ABORT, 'sealed: order step'); END;

-- theirs: assignments, reviews, earlier inspections, as the centre gave them; written only by a pull
CREATE TABLE pulled (
  collection TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL, about TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)), PRIMARY KEY (collection, id)) STRICT, WITHOUT ROWID;
CREATE INDEX pulled_about ON pulled(about, collection);

-- restricted part (complainants): encrypted once more by a key that only that role can unwrap; in no index
CREATE TABLE restricted (
  part_id TEXT PRIMARY KEY, visit_id TEXT NOT NULL, nonce BLOB NOT NULL, body BLOB NOT NULL,
  updated_at TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- finding a record by what it is about
CREATE TABLE record_text (id INTEGER PRIMARY KEY, record_id TEXT NOT NULL UNIQUE REFERENCES record(record_id),
  words TEXT NOT NULL) STRICT;
CREATE VIRTUAL TABLE record_fts USING fts5(words, content='record_text', content_rowid='id', tokenize='trigram');
CREATE TRIGGER record_text_ai AFTER INSERT ON record_text BEGIN
  INSERT INTO record_fts(rowid, words) VALUES (new.id, new.words); END;
CREATE TRIGGER record_text_au AFTER UPDATE OF words ON record_text WHEN old.words IS NOT new.words BEGIN
  INSERT INTO record_fts(record_fts, rowid, words) VALUES ('delete', old.id, old.words);
  INSERT INTO record_fts(rowid, words) VALUES (new.id, new.words); END;
CREATE TRIGGER record_text_ad AFTER DELETE ON record_text BEGIN
  INSERT INTO record_fts(record_fts, rowid, words) VALUES ('delete', old.id, old.words); END;

-- what is sealed stays
CREATE TRIGGER record_replace BEFORE INSERT ON record WHEN EXISTS (SELECT 1 FROM record WHERE record_id = new.record_id)
  BEGIN SELECT RAISE(ABORT, 'sealed: record exists'); END;
CREATE TRIGGER record_keep BEFORE DELETE ON record WHEN old.head_revision_id IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'sealed: record'); END;
CREATE TRIGGER record_lock BEFORE UPDATE OF record_id, visit_id, op, created_at ON record
    WHEN old.head_revision_id IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'sealed: record'); END;
CREATE TRIGGER record_head BEFORE UPDATE OF head_revision_id ON record
  WHEN new.head_revision_id IS NULL OR NOT EXISTS (SELECT 1 FROM revision WHERE revision_id = new.head_revision_id
    AND record_id = old.record_id
    AND number > coalesce((SELECT number FROM revision WHERE revision_id = old.head_revision_id), 0))
  BEGIN SELECT RAISE(ABORT, 'sealed: the head only moves to a later revision'); END;
CREATE TRIGGER revision_i BEFORE INSERT ON revision
  WHEN EXISTS (SELECT 1 FROM revision WHERE revision_id = new.revision_id OR digest = new.digest)
  BEGIN SELECT RAISE(ABORT, 'sealed: revision exists'); END;
CREATE TRIGGER revision_number BEFORE INSERT ON revision
  WHEN new.number <> (SELECT coalesce(max(number), 0) + 1 FROM revision WHERE record_id = new.record_id)
  BEGIN SELECT RAISE(ABORT, 'sealed: revisions are numbered without a gap'); END;
CREATE TRIGGER revision_u BEFORE UPDATE ON revision BEGIN SELECT RAISE(ABORT, 'sealed: revision'); END;
CREATE TRIGGER revision_d BEFORE DELETE ON revision BEGIN SELECT RAISE(ABORT, 'sealed: revision'); END;
CREATE TRIGGER section_result_u BEFORE UPDATE ON section_result BEGIN SELECT RAISE(ABORT, 'sealed: section'); END;
CREATE TRIGGER section_result_d BEFORE DELETE ON section_result BEGIN SELECT RAISE(ABORT, 'sealed: section'); END;
CREATE TRIGGER finding_u BEFORE UPDATE ON finding BEGIN SELECT RAISE(ABORT, 'sealed: finding'); END;
CREATE TRIGGER finding_d BEFORE DELETE ON finding BEGIN SELECT RAISE(ABORT, 'sealed: finding'); END;
CREATE TRIGGER measurement_u BEFORE UPDATE ON measurement BEGIN SELECT RAISE(ABORT, 'sealed: measurement'); END;
CREATE TRIGGER measurement_d BEFORE DELETE ON measurement BEGIN SELECT RAISE(ABORT, 'sealed: measurement'); END;
CREATE TRIGGER revision_attachment_u BEFORE UPDATE ON revision_attachment
    BEGIN SELECT RAISE(ABORT, 'sealed: exhibit'); END;
CREATE TRIGGER revision_attachment_d BEFORE DELETE ON revision_attachment
    BEGIN SELECT RAISE(ABORT, 'sealed: exhibit'); END;
CREATE TRIGGER blob_u BEFORE UPDATE OF sha256, file_name, file_key, size ON blob
    BEGIN SELECT RAISE(ABORT, 'sealed: file'); END;
CREATE TRIGGER blob_d BEFORE DELETE ON blob WHEN EXISTS (SELECT 1 FROM revision_attachment WHERE sha256 = old.sha256)
  BEGIN SELECT RAISE(ABORT, 'sealed: file'); END;
CREATE TRIGGER form_version_u BEFORE UPDATE ON form_version BEGIN SELECT RAISE(ABORT, 'sealed: form'); END;
CREATE TRIGGER receipt_u BEFORE UPDATE ON receipt BEGIN SELECT RAISE(ABORT, 'sealed: receipt'); END;
CREATE TRIGGER receipt_d BEFORE DELETE ON receipt BEGIN SELECT RAISE(ABORT, 'sealed: receipt'); END;
CREATE TRIGGER outbox_d BEFORE DELETE ON outbox WHEN NOT EXISTS (SELECT 1 FROM sent WHERE revision_id = old.revision_id)
  BEGIN SELECT RAISE(ABORT, 'sealed: not received yet'); END;
CREATE TRIGGER audit_i BEFORE INSERT ON audit
  WHEN new.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit)
    OR new.prev <> coalesce((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), printf('%064d', 0))
  BEGIN SELECT RAISE(ABORT, 'sealed: audit chain'); END;
CREATE TRIGGER audit_u BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'sealed: audit'); END;
CREATE TRIGGER audit_d BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'sealed: audit'); END;
"""


def first(db: Db) -> None:
    """Make the tables of the first version."""
    db.script(FIRST)


SECOND = """
-- the list is walked in this index alone, also to its end and by state
DROP INDEX record_time;
CREATE INDEX record_list ON record(updated_at DESC, record_id DESC, head_revision_id) WHERE discarded_at = '';

-- how far a draft is stands beside its cursor: an answer writes one row less; the record gets it when it is sealed
ALTER TABLE draft ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE draft ADD COLUMN total INTEGER NOT NULL DEFAULT 0;
ALTER TABLE draft ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;
UPDATE draft SET (answered, total, failed) =
  (SELECT answered, total, failed FROM record WHERE record_id = draft.record_id);

-- with which instruments was measured in a visit, as they were calibrated on that day
CREATE TABLE visit_instrument (
  visit_id TEXT NOT NULL REFERENCES visit(visit_id), instrument_id TEXT NOT NULL REFERENCES instrument(instrument_id),
  at TEXT NOT NULL, body TEXT NOT NULL CHECK (json_valid(body)), PRIMARY KEY (visit_id, instrument_id))
  STRICT, WITHOUT ROWID;
"""


def second(db: Db) -> None:
    """Lists that are as fast at their end; instruments of a visit."""
    db.script(SECOND)


STEPS: tuple[tuple[str, Callable[[Db], None]], ...] = (("m001_first", first), ("m002_lists", second))
"""Name and function of each step, in order; the schema's number is how many there are."""

SCHEMA = len(STEPS)
