"""The OpenAPI document of ISF-Sync/1, made from the table of routes, the calls in words and the messages' classes.

Served at `/sync/v1/openapi.json`; a test calls every operation with what its schema allows and what it does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sync import protocol
from sync.protocol import BASE
from sync.server.wire.openapi_schemas import TEXT, ref, schemas
from sync.server.wire.operations import OPERATIONS, Content, Operation, Param

PROBLEM = {"description": "problem", "content": {protocol.PROBLEM: {"schema": ref("Problem")}}}
ALWAYS = (429, 500, 503)
WITH_TOKEN = (401, 403)
WITH_INPUT = (400, 422)
WITH_BODY = (413, 415)
NONCE = Param(protocol.NONCE_HEADER, TEXT, "header", about="echoed, so that no portal or cache can answer for us")


def document(routes: Iterable[tuple[str, str, Any]]) -> dict[str, Any]:
    """Return the document for (method, path, handler) routes."""
    paths: dict[str, dict[str, Any]] = {}
    for method, path, handler in routes:
        name = f"{handler.__module__.rpartition('.')[2]}.{handler.__name__}"
        paths.setdefault(BASE + path, {})[method.lower()] = _operation(name, OPERATIONS[name])
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ISF-Sync",
            "version": str(protocol.PROTOCOL_VERSION),
            "description": "The laws and states are in docs/sync.md.",
        },
        "paths": paths,
        "components": {
            "securitySchemes": {"device": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas(),
        },
    }


def _operation(name: str, told: Operation) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": name.replace(".", "_"),
        "summary": told.summary,
        "parameters": [_parameter(p) for p in (*told.params, NONCE)],
        "responses": _responses(told),
    }
    if told.body is not None:
        operation["requestBody"] = {"required": True, "content": _content(told.body)}
    if told.token:
        operation["security"] = [{"device": []}]
    return operation


def _parameter(param: Param) -> dict[str, Any]:
    members = {"name": param.name, "in": param.where, "required": param.required, "schema": dict(param.schema)}
    return {**members, "description": param.about} if param.about else members


def _content(body: Content) -> dict[str, Any]:
    schema = dict(body.schema)
    if body.line:
        schema["description"] = f"one {body.line} a line"
        schema["x-line"] = ref(body.line)
    return {body.kind: {"schema": schema}}


def _responses(told: Operation) -> dict[str, Any]:
    problems = {
        *ALWAYS,
        *told.problems,
        *(WITH_TOKEN if told.token else ()),
        *(WITH_INPUT if told.params or told.body else ()),
        *(WITH_BODY if told.body else ()),
    }
    answers = {
        str(status): {
            "description": told.summary,
            **({"content": _content(body)} if body is not None else {}),
            **({"headers": {name: {"schema": TEXT} for name in told.headers}} if told.headers else {}),
        }
        for status, body in told.answers.items()
    }
    return {**answers, **{str(status): PROBLEM for status in sorted(problems) if str(status) not in answers}}
