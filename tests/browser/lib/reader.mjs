// A reader: a browser window on one site, watched for anything that goes wrong.

import { chromium } from "playwright-core";

export const DESKTOP = { name: "desktop", viewport: { width: 1440, height: 900 } };
export const PHONE = { name: "phone", viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
export const SCREENS = [DESKTOP, PHONE];

/** From where and on what a site is looked at: every way for one site, each place and each screen once for the others. */
export function views(site) {
  if (!site.thorough) return [["file", PHONE], ["server", DESKTOP]];
  return ["file", "server"].flatMap((scheme) => SCREENS.map((screen) => [scheme, screen]));
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-quic", "--disable-background-networking"],
  });
}

/** Runs `work` with a fresh window (own storage) and closes it, whatever happens. */
export async function withReader(browser, base, options, work) {
  const { name: _, ...settings } = options;
  const context = await browser.newContext(settings);
  context.setDefaultTimeout(10_000);
  try {
    const page = await context.newPage();
    return await work(page, new Watch(page, base));
  } finally {
    await context.close();
  }
}

/** Everything a page did that no page of the site may do. */
class Watch {
  #faults = [];
  #page;

  constructor(page, base) {
    this.#page = page;
    const fault = (text) => this.#faults.push(`${page.url().replace(base, "")}: ${text}`);
    page.on("console", (message) => {
      if (message.type() !== "error") return;
      if (this.missing && message.location().url === this.missing) return;
      fault(`console error: ${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => fault(`uncaught: ${error.message}`));
    page.on("requestfailed", (request) => {
      // Aborted: the reader left before it came. What is missing shows by its status.
      if (request.failure()?.errorText !== "net::ERR_ABORTED") fault(`request failed: ${request.url()} (${request.failure()?.errorText})`);
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(base)) fault(`request outside the site: ${request.url()}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 400 && response.url() !== this.missing) fault(`status ${response.status()}: ${response.url()}`);
    });
  }

  /** Opens `url`. With `missing`, it is one that the server answers with 404. */
  async open(url, { missing = false } = {}) {
    this.missing = missing ? url : null;
    const response = await this.#page.goto(url, { waitUntil: "load" });
    await this.#page.evaluate(() => document.fonts.ready.then(() => {}));
    return response;
  }

  /** What went wrong since the last call. */
  faults() {
    return this.#faults.splice(0);
  }
}

/** Makes the page count its Content-Security-Policy violations and its layout shifts. */
export function instrument(page) {
  return page.addInitScript(() => {
    const seen = { violations: [], shift: 0, shifted: [] };
    window.seenByTests = seen;
    document.addEventListener("securitypolicyviolation", (event) => {
      seen.violations.push(`${event.effectiveDirective} blocked ${event.blockedURI}`);
    });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        seen.shift += entry.value;
        for (const source of entry.sources) {
          const node = source.node;
          seen.shifted.push(`${node?.nodeName ?? "?"}.${node?.className ?? ""} ${entry.value.toFixed(3)}`);
        }
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}
