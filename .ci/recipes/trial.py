"""The recipes at work, on a wiki with a mirror of two small releases.

    trial.py TTPRESS GITLAB_CI_LOCAL

`nightly` runs as the systemd service would run it, the GitLab template in a runner
(gitlab-ci-local), the shell steps of the GitHub action in their order, since no runner for it runs
without containers. The forges' servers are a stub that writes down what it is asked.
"""

import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.parse
from pathlib import Path

import yaml

HERE = Path(__file__).parent
TITLE = "ATT&CK 31.0 is out"


def bundle(release, successor):
    """A technique that a later release revokes in favour of another."""

    def thing(kind, number, **fields):
        id = f"{kind}--00000000-0000-4000-8000-{number:012}"
        return {"type": kind, "id": id, "modified": "2026-01-01T00:00:00.000Z", **fields}

    def known(kind, number, attack_id, name, **fields):
        reference = {"source_name": "mitre-attack", "external_id": attack_id}
        return thing(kind, number, name=name, external_references=[reference], **fields)

    phase = {"kill_chain_name": "mitre-attack", "phase_name": "opening"}
    technique = {"x_mitre_version": "1.0", "kill_chain_phases": [phase]}
    tactic = known("x-mitre-tactic", 1, "TA9001", "Opening", x_mitre_shortname="opening")
    knock = known("attack-pattern", 3, "T9001", "Knock", revoked=successor, **technique)
    objects = [
        thing("x-mitre-collection", 9, name="Enterprise ATT&CK", x_mitre_version=release),
        tactic,
        known("x-mitre-matrix", 2, "enterprise-attack", "Matrix", tactic_refs=[tactic["id"]]),
        known("attack-pattern", 5, "T9003", "Ring", **technique),
        knock,
    ]
    if successor:
        bell = known("attack-pattern", 4, "T9002", "Use Bell", **technique)
        ends = {"source_ref": knock["id"], "target_ref": bell["id"]}
        objects += [bell, thing("relationship", 6, relationship_type="revoked-by", **ends)]
    return {"type": "bundle", "id": "bundle--1", "objects": objects}


def mirror(folder):
    versions = []
    for release in ["31.0", "30.0"]:
        path = f"enterprise-attack/enterprise-attack-{release}.json"
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(bundle(release, release == "31.0")))
        versions.append({"version": release, "url": path})
    index = {"collections": [{"name": "Enterprise ATT&CK", "versions": versions}]}
    (folder / "index.json").write_text(json.dumps(index))


def run(*command, cwd, env=None, status=0):
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
    )
    said = done.stdout + done.stderr
    assert done.returncode == status, f"{command} ends with {done.returncode}:\n{said}"
    return done.stdout


def wiki(folder, mirror, is_sound=True):
    """A wiki on the earlier release, and the repository that it is a clone of."""
    clone = folder / "wiki"
    (clone / "content/playbooks").mkdir(parents=True)
    (clone / "ttpress.toml").write_text(
        f'[attack]\nmirror = "{mirror}"\ndomains = ["enterprise-attack"]\n'
    )
    playbook = (
        "---\ntitle: A knock\ntechnique: T9001\nseverity: high\nstatus: approved\nowner: SOC\n"
        "reviewed: 2026-01-01\n---\n\n## Containment\n\nAnswer the door.\n"
    )
    (clone / "content/playbooks/knock.md").write_text(playbook)
    if not is_sound:
        unsound = playbook.replace("approved", "perhaps")
        (clone / "content/playbooks/unsound.md").write_text(unsound)
    (clone / ".gitignore").write_text("/site\n/public\n/.*\n!/.git*\n/attack-update.md\n")
    run("ttpress", "fetch", "30.0", cwd=clone)
    run("git", "init", "-q", "-b", "main", cwd=clone)
    run("git", "add", "-A", cwd=clone)
    run("git", "commit", "-qm", "Begin", cwd=clone)
    run("git", "clone", "-q", "--bare", clone, folder / "origin.git", cwd=folder)
    run("git", "config", "receive.advertisePushOptions", "true", cwd=folder / "origin.git")
    run("git", "remote", "add", "origin", folder / "origin.git", cwd=clone)
    run("git", "push", "-qu", "origin", "main", cwd=clone)
    return clone


def check_update(clone, text, site):
    """What the night of a release leaves behind."""
    assert text.startswith(f"{TITLE}\n\n"), text
    assert "content/playbooks/knock.md" in text and "T9002" in text, text
    assert 'release = "31.0"' in (clone / "attack.lock").read_text()
    assert (clone / site / "techniques/T9002/index.html").exists()


def check_pin(clone):
    """That the repository has the new lock, as one commit."""
    lock = run("git", "show", "origin/main:attack.lock", cwd=clone)
    assert 'release = "31.0"' in lock, lock
    subject = run("git", "log", "--format=%s", "-1", "origin/main", cwd=clone)
    assert subject.strip() == "Pin ATT&CK 31.0", subject


def systemd(folder, mirror):
    clone = wiki(folder, mirror)
    service = (HERE / "systemd/ttpress.service").read_text()
    command = next(l for l in service.splitlines() if l.startswith("ExecStart="))
    command = command.removeprefix("ExecStart=").split()
    assert Path(command[0]).name == "ttpress-nightly"
    nightly = ["ttpress-nightly", *command[1:]]
    run(*nightly, cwd=clone)
    update = clone / "attack-update.md"
    check_update(clone, update.read_text(), "site")
    run(*nightly, cwd=clone)
    assert not update.exists(), "the same release is told twice"


class Forge(http.server.BaseHTTPRequestHandler):
    """GitLab's issues."""

    issues = []

    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        known = [i for i in self.issues if i["title"] == query["search"][0]]
        self.answer(json.dumps(known))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = urllib.parse.parse_qs(body)
        self.issues.append({name: values[0] for name, values in fields.items()})
        self.answer("{}")

    def answer(self, text):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


def gitlab(folder, mirror, is_sound, runner):
    clone = wiki(folder, mirror, is_sound)
    shutil.copy(HERE / "gitlab/nightly.yml", clone / "ttpress.yml")
    (clone / ".gitlab-ci.yml").write_text("include:\n  - local: ttpress.yml\n")
    run("git", "add", "-A", cwd=clone)
    run("git", "commit", "-qm", "Add CI", cwd=clone)
    run("git", "push", "-q", cwd=clone)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Forge)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    variables = {
        "CI_API_V4_URL": f"http://127.0.0.1:{server.server_port}/api/v4",
        "CI_PROJECT_URL": "http://gitlab.test/team/wiki",
        "CI_PAGES_URL": "https://wiki.example.org/",
        "TTPRESS_TOKEN": "secret",
    }
    there = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{folder}/origin.git.insteadOf",
        "GIT_CONFIG_VALUE_0": "http://ttpress:secret@gitlab.test/team/wiki.git",
    }
    command = ["node", runner, "--force-shell-executor", "--no-shell-isolation"]
    command += [f"--variable={name}={value}" for name, value in variables.items()]
    Forge.issues.clear()
    # The pipeline fails for what was found, after the site is there and all is told.
    status = 0 if is_sound else 1
    run(*command, cwd=clone, env=there, status=status)
    assert [issue["title"] for issue in Forge.issues] == [TITLE]
    check_update(clone, f"{TITLE}\n\n{Forge.issues[0]['description']}", "public")
    run("git", "fetch", "-q", "origin", cwd=clone)
    check_pin(clone)
    run(*command, cwd=clone, env=there, status=status)
    assert len(Forge.issues) == 1, "an issue is opened twice"


def shell_steps(file, steps):
    """The steps of a workflow or action that are shell, by name."""
    steps = steps(yaml.safe_load((HERE / file).read_text()))
    return {step["name"]: step["run"] for step in steps if "run" in step}


def github(folder, mirror, is_sound):
    clone = wiki(folder, mirror, is_sound)
    action = shell_steps("github/action.yml", lambda file: file["runs"]["steps"])
    workflow = shell_steps("github/nightly.yml", lambda file: file["jobs"]["wiki"]["steps"])
    (folder / "bin").mkdir()
    gh = folder / "bin/gh"
    # Lists no issue; of a new one it keeps the words.
    gh.write_text(
        '#!/bin/sh\n[ "$2" = list ] && echo 0 && exit\n'
        f'printf \'%s\\n\\n\' "$4" >{folder}/issue\ncat "$6" >>{folder}/issue\n'
    )
    gh.chmod(0o755)
    output = folder / "output"
    env = {
        "PATH": f"{folder}/bin:{os.environ['PATH']}",
        "RUNNER_TEMP": str(folder),
        "GITHUB_OUTPUT": str(output),
        "GITHUB_ACTION_PATH": str(HERE / "github"),
        "OUT": "site",
        "BASE_URL": "https://wiki.example.org/",
    }

    def step(steps, name, **more):
        run("bash", "-eo", "pipefail", "-c", steps[name], cwd=clone, env={**env, **more})

    step(action, "Install ttpress")
    step(action, "Fetch, compare and build")
    said = dict(line.split("=") for line in output.read_text().splitlines())
    assert said == {"findings": str(not is_sound).lower(), "release": "31.0"}, said
    step(action, "Open an issue")
    check_update(clone, (folder / "issue").read_text(), "site")
    step(workflow, "Keep what was pinned", RELEASE=said["release"])
    check_pin(clone)


def main():
    ttpress, runner = (Path(argument).resolve() for argument in sys.argv[1:])
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "bin").mkdir()
        (folder / "bin/ttpress").symlink_to(ttpress)
        (folder / "bin/ttpress-nightly").symlink_to(HERE.resolve() / "nightly")
        os.environ["PATH"] = f"{folder}/bin:{os.environ['PATH']}"
        os.environ["TTPRESS_CACHE"] = str(folder / "cache")
        for who in ["AUTHOR", "COMMITTER"]:
            os.environ[f"GIT_{who}_NAME"] = "Trial"
            os.environ[f"GIT_{who}_EMAIL"] = "trial@example.org"
        mirror(folder / "mirror")
        trials = [
            ("systemd", systemd, ()),
            ("gitlab", gitlab, (True, runner)),
            ("gitlab, with findings", gitlab, (False, runner)),
            ("github", github, (True,)),
            ("github, with findings", github, (False,)),
        ]
        for name, trial, arguments in trials:
            place = folder / name.replace(" ", "-").replace(",", "")
            place.mkdir()
            trial(place, folder / "mirror", *arguments)
            print(f"ok {name}")


if __name__ == "__main__":
    main()
