// A static file server as plain as a bucket: files, index.html of folders, 404.html for the rest.

import { createServer } from "node:http";
import { readFile, stat } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".csv": "text/csv; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".xml": "application/xml",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
};

/** Serves `folder` at `prefix` ("/" or "/wiki/"), on a free port of the loopback. */
export async function serve(folder, prefix) {
  const missing = [];
  const server = createServer(async (request, response) => {
    const answer = (status, type, body) => {
      response.writeHead(status, { "Content-Type": type, "Content-Security-Policy": "default-src 'self'" });
      response.end(body);
    };
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const file = path.startsWith(prefix) ? await find(folder, path.slice(prefix.length)) : null;
    if (file) return answer(200, TYPES[extname(file)] ?? "application/octet-stream", await readFile(file));
    missing.push(path);
    answer(404, TYPES[".html"], await readFile(join(folder, "404.html")));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    base: `http://127.0.0.1:${server.address().port}${prefix}`,
    missing,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

async function find(folder, path) {
  let file = normalize(join(folder, path));
  if (file !== folder && !file.startsWith(folder + sep)) return null;
  try {
    if ((await stat(file)).isDirectory()) file = join(file, "index.html");
    return (await stat(file)).isFile() ? file : null;
  } catch {
    return null;
  }
}
