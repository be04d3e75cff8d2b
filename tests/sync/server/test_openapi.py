"""The OpenAPI document tells the whole truth: every route, body and refusal; and the centre keeps to it under fire.

The second half needs schemathesis (`-m heavy`); without it, it is named as not run.
"""

from __future__ import annotations

import contextlib
import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable

from checklists.crypto import DeviceKey
from checklists.model import FormPin
from checklists.sealing import digest, wire_line
from sync.protocol import BASE, NDJSON, PART, PROBLEM, Role
from sync.server.app import ROUTES
from sync.server.config import ServerConfig
from sync.server.publishing import publish_assignments, publish_form
from sync.server.wire.limiting import Rate
from sync.server.wire.openapi import document
from tests.support.sync_outbox import photo, sealed_record
from tests.support.sync_server import RunningCentre, running_centre

DOCUMENT = document(ROUTES)
OPERATIONS = {
    f"{method.upper()} {path}": told for path, methods in DOCUMENT["paths"].items() for method, told in methods.items()
}
EXAMPLES = 30
NEVER = Rate(per_second=1e9, burst=1e9)


def test_every_route_is_in_the_document() -> None:
    assert {f"{method} {BASE}{path}" for method, path, _ in ROUTES} == set(OPERATIONS)


def test_every_reference_leads_somewhere() -> None:
    names = set(re.findall(r"#/components/schemas/(\w+)", str(DOCUMENT)))
    assert names == set(DOCUMENT["components"]["schemas"])


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_call_says_what_it_takes_answers_and_refuses(name: str) -> None:
    told = OPERATIONS[name]
    in_path = {p["name"] for p in told["parameters"] if p["in"] == "path"}
    assert in_path == set(re.findall(r"{(\w+)}", name))
    assert ("requestBody" in told) == name.startswith(("POST", "PUT", "PATCH"))
    refusals = {status: told["responses"][status] for status in told["responses"] if int(status) >= 400}
    assert all(list(answer["content"]) == [PROBLEM] for answer in refusals.values())
    assert {"429", "500", "503"} <= set(refusals)
    assert ("401" in refusals) == ("security" in told or name.endswith("/tokens"))


# --- under fire -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def populated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCentre]:
    """A centre with a record, a file, a form and an assignment, for a caller who may do everything."""
    config = ServerConfig(tmp_path_factory.mktemp("openapi") / "centre", calls=NEVER, registrations=NEVER)
    with running_centre(config) as running:
        xml = b"<h:html/>"
        publish_form(running.centre, FormPin("factory", "1.0", digest(xml)), xml)
        publish_assignments(running.centre, "00", [{"id": "w-1"}])
        yield running


@pytest.fixture(scope="module")
def session(populated: RunningCentre) -> Iterator[requests.Session]:
    key = DeviceKey.from_seed(b"\1" * 32)
    client = populated.client(key, role=Role.CENTRE)
    sealed = [sealed_record(key, f"rev-{n}", record_id=f"r-{n}", files=[photo(n, 10)][: n % 2]) for n in range(100)]
    client.send_lines([wire_line(one).encode() for one in sealed])
    assert client.session.tokens is not None
    with requests.Session() as session:
        session.trust_env = False
        session.headers["authorization"] = f"Bearer {client.session.tokens.access}"
        yield session
    client.close()


def with_lines() -> dict[str, Any]:
    """Return the document with NDJSON bodies told as lists of their lines, which the library can make up."""
    told = copy.deepcopy(DOCUMENT)
    for methods in told["paths"].values():
        for operation in methods.values():
            body = operation.get("requestBody", {"content": {}})["content"].get(NDJSON)
            if body is not None:
                body["schema"] = {"type": "array", "items": body["schema"]["x-line"]}
    return told


def as_lines(body: Any) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in (body if isinstance(body, list) else [body]))


@pytest.mark.heavy
@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", ["what-is-allowed", "what-is-not"])
@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_no_call_makes_the_centre_fail_or_answer_otherwise_than_told(
    name: str, mode: str, populated: RunningCentre, session: requests.Session
) -> None:
    schemathesis = pytest.importorskip("schemathesis", reason="not run: needs the Python package schemathesis")
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    schemathesis.serializer(NDJSON)(lambda _context, lines: as_lines(lines))
    schemathesis.serializer(PART)(lambda _context, data: data if isinstance(data, bytes) else str(data).encode())
    told = {r.ok().label: r.ok() for r in schemathesis.openapi.from_dict(with_lines()).get_all_operations()}
    modes = schemathesis.GenerationMode
    wanted = [
        not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
    ]
    cases = told[name].as_strategy(modes.POSITIVE if mode == "what-is-allowed" else modes.NEGATIVE)

    @settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=cases)
    def call(case: Any) -> None:
        response = case.call(base_url=populated.url, session=session, timeout=20)
        case.validate_response(response, checks=wanted)

    with contextlib.suppress(*([Unsatisfiable] if mode == "what-is-not" else [])):  # nothing can be wrong about it
        call()
