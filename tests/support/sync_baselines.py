"""What sync is compared with in `bench/`: an empty handler, a bare write and fsync."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync.server.serving import listening_socket


async def empty(request: Request) -> Response:
    await request.body()
    return Response(b"{}", 200, media_type="application/json")


async def write_and_sync(request: Request) -> Response:
    """Write the body to a file of its own and sync it: the least that a centre can do with a photo that it keeps.

    Writing into the same file again and again is quicker by a third here, because the same memory is used again.
    """
    app = request.app
    app.state.kept += 1
    with Path(app.state.folder, str(app.state.kept)).open("wb", buffering=0) as out:  # noqa: ASYNC230 - the baseline
        async for piece in request.stream():
            out.write(piece)
        os.fsync(out.fileno())
    return Response(b"{}", 200, media_type="application/json")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", default=".")
    asked = parser.parse_args()
    app = Starlette(
        routes=[Route("/empty", empty, methods=["PUT"]), Route("/write", write_and_sync, methods=["PATCH"])]
    )
    app.state.folder, app.state.kept = asked.folder, 0
    with listening_socket("127.0.0.1", 0) as listener:
        print(listener.getsockname()[1], flush=True)
        config = uvicorn.Config(app, log_config=None, access_log=False)
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
