#!/usr/bin/env bash
# The same playbooks through headless Chromium and WeasyPrint: `ttpress build` makes the pages, each
# tool prints them with the site's print styles, one process a page.
#
#   benches/print-others.sh [FILE...]      playbook pages, else the first ten of content/
#
# Needs target/release/ttpress (with `--features pdf`), chromium, and `pip install weasyprint`; what
# is not there is left out. Prints seconds of CPU and of wall a playbook, and pages.
set -euo pipefail
cd "$(dirname "$0")/.."

ttpress=target/release/ttpress
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$ttpress" build --out "$scratch/site" >/dev/null
if [[ $# -gt 0 ]]; then
    playbooks=("$@")
else
    mapfile -t playbooks < <(find content/playbooks -name '*.md' | LC_ALL=C sort | head -10)
fi

slug() {
    basename "$1" .md | tr '[:upper:].' '[:lower:]-'
}

measure() {
    local name=$1
    shift
    command -v "$2" >/dev/null || return 0
    local TIMEFORMAT='%R %U %S' out="$scratch/$name"
    mkdir "$out"
    { time for playbook in "${playbooks[@]}"; do
        "$1" "$(slug "$playbook")" "$out" >/dev/null 2>&1
    done; } 2>"$scratch/time"
    local pages=0
    for pdf in "$out"/*.pdf; do
        pages=$((pages + $(pdfinfo "$pdf" 2>/dev/null | awk '/^Pages/ { print $2 }')))
    done
    awk -v name="$name" -v n="${#playbooks[@]}" -v pages="$pages" \
        '{ printf "%-11s %6.2f s CPU %6.2f s wall a playbook, %d pages\n", name, ($2 + $3) / n, $1 / n, pages }' \
        "$scratch/time"
}

with_ttpress() {
    "$ttpress" print "$1" -o "$2/$1.pdf"
}
with_chromium() {
    chromium --headless --no-sandbox --disable-quic --disable-background-networking --no-pdf-header-footer \
        --print-to-pdf="$2/$1.pdf" "file://$scratch/site/playbooks/$1/index.html"
}
with_weasyprint() {
    weasyprint "$scratch/site/playbooks/$1/index.html" "$2/$1.pdf"
}

measure ttpress with_ttpress "$ttpress"
measure chromium with_chromium chromium
measure weasyprint with_weasyprint weasyprint
