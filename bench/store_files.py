"""Photos in and out against a plain durable copy; backup and deep check of the workspace; memory.

python -m bench.store_files [PHOTOS] [MEGABYTES]
"""

from __future__ import annotations

import io
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from checklists.clock import SystemClock
from tests.support.store_workspace import begin, new_store, photo


def plain_copy(folder: Path, data: bytes, number: int) -> None:
    path = folder / f"{number}.jpg"
    with path.with_suffix(".tmp").open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    path.with_suffix(".tmp").replace(path)
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def main(count: int, megabytes: int) -> None:
    pictures = [os.urandom(megabytes * 1_000_000) for _ in range(4)]
    with tempfile.TemporaryDirectory() as temporary, new_store(Path(temporary) / "w", SystemClock()) as store:
        begin(store)
        folder = Path(temporary) / "plain"
        folder.mkdir()
        times = dict.fromkeys(("plain in", "store in", "plain out", "store out"), 0.0)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        hashes = []
        for number in range(count):
            data = number.to_bytes(4, "big") + pictures[number % 4]
            began = time.perf_counter()
            plain_copy(folder, data, number)
            middle = time.perf_counter()
            hashes.append(photo(store, f"a-{number}", data).sha256)
            times["plain in"] += middle - began
            times["store in"] += time.perf_counter() - middle
        for number, name in enumerate(hashes):
            began = time.perf_counter()
            io.BytesIO((folder / f"{number}.jpg").read_bytes())
            middle = time.perf_counter()
            with store.attachments.open(name) as plain:
                plain.read()
            times["plain out"] += middle - began
            times["store out"] += time.perf_counter() - middle
        for way in ("in", "out"):
            base = times[f"plain {way}"]
            ratio = times[f"store {way}"] / base
            print(f"{count} photos of {megabytes} MB {way}: {ratio:.2f}x a plain copy ({base:.2f} s)")
        size = f"{count * megabytes / 1000:.2f} GB"
        began = time.perf_counter()
        store.back_up()
        print(f"rolling backup (the database) {time.perf_counter() - began:.2f} s")
        began = time.perf_counter()
        store.copy_to(Path(temporary) / "other")
        took = time.perf_counter() - began
        print(
            f"backup of {size} to another folder: {took / times['plain in']:.2f}x the plain durable copy ({took:.1f} s)"
        )
        began = time.perf_counter()
        faults = store.deep_check()
        took = time.perf_counter() - began
        print(
            f"deep check of {size}: {took / times['plain out']:.2f}x plain reading ({took:.1f} s), faults {len(faults)}"
        )
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        print(f"memory grew by {grown / 1000:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200, int(sys.argv[2]) if len(sys.argv) > 2 else 3)
