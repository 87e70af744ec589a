// The pages that tests open: one of each kind, chosen for what makes it hard.

/** Opened by nearly every test. */
export const MAIN = [
  { name: "home", path: "index.html", title: "ATT&CK wiki" },
  { name: "matrix", path: "matrices/enterprise/index.html", title: "Enterprise ATT&CK" },
  { name: "sub-technique T1059.001", path: "techniques/T1059/001/index.html", title: "PowerShell" },
  { name: "long technique T1105", path: "techniques/T1105/index.html", title: "Ingress Tool Transfer" },
  { name: "group G0016", path: "groups/G0016/index.html", title: "APT29" },
  { name: "strategy DET0060", path: "detectionstrategies/DET0060/index.html", title: "Detect Ingress Tool Transfers via Behavioral Chain" },
  { name: "index of techniques", path: "techniques/index.html", title: "Techniques" },
  { name: "tombstone T1086", path: "techniques/T1086/index.html", title: "PowerShell" },
];

/** The other kinds: opened where one look is enough; `alike` ones are made like another one here. */
export const OTHERS = [
  { name: "list of matrices", path: "matrices/index.html" },
  { name: "matrix of one platform", path: "matrices/enterprise/windows/index.html" },
  { name: "mobile matrix", path: "matrices/mobile/index.html" },
  { name: "ICS matrix", path: "matrices/ics/index.html" },
  { name: "index of tactics", path: "tactics/index.html" },
  { name: "tactic TA0002", path: "tactics/TA0002/index.html" },
  { name: "technique with sub-techniques T1059", path: "techniques/T1059/index.html" },
  { name: "ICS technique T0803", path: "techniques/T0803/index.html" },
  { name: "index of groups", path: "groups/index.html", alike: true },
  { name: "index of software", path: "software/index.html" },
  { name: "software S0002", path: "software/S0002/index.html" },
  { name: "software with long table S0154", path: "software/S0154/index.html" },
  { name: "index of campaigns", path: "campaigns/index.html", alike: true },
  { name: "campaign C0024", path: "campaigns/C0024/index.html" },
  { name: "index of mitigations", path: "mitigations/index.html", alike: true },
  { name: "mitigation M1031", path: "mitigations/M1031/index.html" },
  { name: "ICS mitigation M0801", path: "mitigations/M0801/index.html" },
  { name: "mitigation with code M1029", path: "mitigations/M1029/index.html" },
  { name: "index of assets", path: "assets/index.html" },
  { name: "asset A0001", path: "assets/A0001/index.html" },
  { name: "index of data components", path: "datacomponents/index.html" },
  { name: "data component DC0032", path: "datacomponents/DC0032/index.html" },
  { name: "withdrawn data source DS0009", path: "datasources/DS0009/index.html" },
  { name: "index of detection strategies", path: "detectionstrategies/index.html", alike: true },
  { name: "withdrawn", path: "withdrawn/index.html" },
  { name: "index of playbooks", path: "playbooks/index.html" },
  { name: "authored playbook", path: "playbooks/t1059-001-powershell/index.html" },
  { name: "playbook that nobody has written", path: "playbooks/t1087-001/index.html" },
  { name: "coverage", path: "coverage/index.html" },
  { name: "coverage map", path: "coverage/enterprise/index.html" },
  { name: "search", path: "search/index.html?q=powershell" },
];

/** The page for addresses that lead nowhere, as the server answers with it or as the file that it is. */
export function notFound(site, scheme) {
  if (scheme === "server") return { name: "404", path: site.deadAddress, title: "Not found", missing: true };
  return { name: "404", path: "404.html", title: "Not found" };
}

/** The main pages and the 404 page, unless it loads from the site's address while it is opened as a file. */
export function withDeadEnd(site, scheme) {
  return site.knowsItsAddress && scheme === "file" ? MAIN : [...MAIN, notFound(site, scheme)];
}
