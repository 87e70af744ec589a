"""Takes the Sigma rules out of playbooks, checks each and converts it to Splunk and Kusto.

The rules' log sources decide which pipelines a conversion needs; those beside this file name the
Kusto tables that no pipeline of a backend knows.
"""

import pathlib
import re
import subprocess
import sys

import yaml

PIPELINES = pathlib.Path(__file__).parent / "pipelines"
# Both validators download lists. Nothing else checks the ATT&CK IDs in tags yet.
OFFLINE = ["-x", "d3_fendtag", "-x", "attacktag"]


def rules(text):
    for block in re.findall(r"^```(?:yaml|sigma)\n(.*?)^```", text, re.M | re.S):
        if re.search(r"^detection:", block, re.M):
            yield block


def conversions(logsource):
    category = logsource.get("category")
    if logsource.get("product") == "windows":
        if category:
            return [["splunk", "sysmon"], ["kusto", "microsoft_xdr"]]
        return [["splunk", "splunk_windows"], ["kusto", "secevent.yml", "azure_monitor"]]
    if category == "antivirus":
        kusto = ["kusto", "av.yml", "microsoft_xdr"]
    elif category == "proxy" or logsource.get("service") == "ssl":
        kusto = ["kusto", "proxycsl.yml", "azure_monitor"]
    else:
        kusto = ["kusto", "m365.yml", "azure_monitor"]
    return [["splunk"], kusto]


def sigma(*arguments):
    """What went wrong, if something did."""
    run = subprocess.run(["sigma", *arguments], capture_output=True, text=True)
    said = run.stdout + run.stderr
    clean = run.returncode == 0 and not (arguments[0] == "convert" and not run.stdout.strip())
    return None if clean else said.strip()[-2000:]


def convert(path, target, *pipelines):
    arguments = ["convert", "-t", target]
    for name in pipelines:
        arguments += ["-p", str(PIPELINES / name) if name.endswith(".yml") else name]
    if not pipelines:
        arguments.append("--without-pipeline")
    return sigma(*arguments, str(path))


def main(content, scratch):
    scratch.mkdir(parents=True, exist_ok=True)
    for old in scratch.glob("*.yml"):
        old.unlink()
    checked = converted = 0
    failures = []
    for playbook in sorted(content.glob("*.md")):
        for number, text in enumerate(rules(playbook.read_text(encoding="utf-8"))):
            path = scratch / f"{playbook.stem}-{number}.yml"
            path.write_text(text, encoding="utf-8")
            checked += 1
            for conversion in conversions(yaml.safe_load(text)["logsource"]):
                converted += 1
                fault = convert(path, *conversion)
                if fault:
                    failures.append(f"{path.name}: {' '.join(conversion)}\n{fault}")
    fault = sigma("check", "--fail-on-issues", *OFFLINE, str(scratch))
    if fault:
        failures.append(fault)
    print(f"{checked} Sigma rules checked, {converted} conversions, {len(failures)} failures")
    if failures or not checked:
        sys.exit("\n\n".join(failures) or "no rules found")


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
