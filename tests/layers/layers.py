"""Reads every layer below the given folders with MITRE's reader and compares what comes back."""

import json
import sys
from pathlib import Path

from mitreattack.navlayers import Layer

REQUIRED = {"name", "domain", "versions", "techniques", "gradient", "legendItems", "layout"}


def faults(path):
    raw = json.loads(path.read_text(encoding="utf-8"))
    missing = REQUIRED - raw.keys()
    if missing:
        yield f"lacks {sorted(missing)}"
    if raw["versions"].get("layer") != "4.5":
        yield f"has the format {raw['versions'].get('layer')}"
    read = Layer(init_data=json.loads(json.dumps(raw)), strict=True).to_dict()
    if read is None:
        yield "cannot be read"
        return
    if read["name"] != raw["name"] or read["domain"] != raw["domain"]:
        yield "comes back with another name or domain"

    def essence(layer):
        return [
            (t["techniqueID"], t.get("tactic"), t.get("score"), t.get("color") or None, t.get("enabled", True))
            for t in layer["techniques"]
        ]

    if essence(read) != essence(raw):
        yield "comes back with other techniques"


def main():
    paths = sorted(p for folder in sys.argv[1:] for p in Path(folder).rglob("*-layer.json"))
    found = [f"{path}: {fault}" for path in paths for fault in faults(path)]
    print("\n".join(found))
    print(f"{len(paths)} layers, {len(found)} faults")
    return 1 if found or not paths else 0


sys.exit(main())
