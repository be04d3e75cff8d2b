#!/usr/bin/env bash
# Sets the project up from nothing: system libraries that Qt and the checks need, virtual environment, locked packages.
# Run by make; safe to run again. Not root: prints the one line to run and goes on if the libraries are there already.
set -euo pipefail
cd "$(dirname "$0")/.."
PYTHON="${PYTHON:-python3}"

# Qt 6.11 offscreen and on X11 (docs/adr/0002), the virtual screen, and two readers that check PDFs.
packages=(
  python3-venv
  libglib2.0-0 libegl1 libgl1 libx11-6 libxkbcommon0 libdbus-1-3 libfontconfig1 libfreetype6 libbrotli1
  libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0
  libxcb-xkb1 libxkbcommon-x11-0 libx11-xcb1 xvfb xauth poppler-utils qpdf
)

missing=()
if command -v dpkg-query >/dev/null; then
  for name in "${packages[@]}"; do
    # Ubuntu 24.04 renamed some libraries for 64-bit time (libglib2.0-0t64): either name will do.
    dpkg-query -W -f '${Status}\n' "$name" "${name}t64" 2>/dev/null | grep -q "install ok installed" || missing+=("$name")
  done
fi
if [ "${#missing[@]}" -gt 0 ]; then
  line="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q >/dev/null
    apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "ต้องติดตั้งไลบรารีของระบบก่อน กรุณาสั่ง / system libraries are missing; please run once:" >&2
    echo "  sudo sh -c '$line'" >&2
    exit 1
  fi
fi

if [ ! -x .venv/bin/python ]; then
  "$PYTHON" -m venv .venv
fi
.venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
PYTHONWARNINGS=ignore .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
