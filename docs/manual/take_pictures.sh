#!/bin/sh
# Take the manual's pictures anew from a run of the demo:   sh docs/manual/take_pictures.sh
set -e
cd "$(dirname "$0")/../.."
out=$(mktemp -d)
.venv/bin/python -m inspector_app demo --output "$out"
for name in 01_sign_in 03_start 04_fill_a_finding_with_photo 10_closing_signed 11_seal 12_record_and_paper 14_sync_received; do
  cp "$out/$name.png" docs/manual/pictures/
done
rm -r "$out"
