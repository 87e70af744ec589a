/* The view as a file: Navigator layer, CSV, and a drawing that becomes SVG or PNG. */
(function () {
  "use strict";
  var M = self.ttpressMatrix, make = M.make;

  M.save = function (what) {
    var now = M.view.now, stem = now.title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 80) || "matrix";
    function text(name, type, content) { download(stem + name, new Blob([content], { type: type })); }
    if (what === "print") print();
    else if (what === "layer") text("-layer.json", "application/json", JSON.stringify(M.layer.write(), null, 2) + "\n");
    else if (what === "csv") text(".csv", "text/csv", csv(now));
    else if (what === "svg") text(".svg", "image/svg+xml", svg(draw(now)));
    else if (what === "png") canvas(draw(now)).toBlob(function (blob) { if (blob) download(stem + ".png", blob); });
  };
  function download(name, blob) {
    var link = make("a"), url = URL.createObjectURL(blob);
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(function () { URL.revokeObjectURL(url); }, 10000);
  }

  /* A line for each technique in view, as the tables of the wiki write theirs. */
  function csv(now) {
    var words = M.box.dataset, rows = {}, heads = ["ID", words.name, words.tactics, words.playbook, words.rules, words.tests];
    var overlays = [now.a, now.b].filter(Boolean);
    M.cells.forEach(function (cell) {
      if (!cell.kept || cell.at < 0) return;
      (rows[cell.id] = rows[cell.id] || { cell: cell, tactics: [] }).tactics.push(cell.column);
    });
    var lines = Object.keys(rows).sort().map(function (id) {
      var cell = rows[id].cell, t = M.techniques[cell.at], columns = rows[id].tactics;
      var cells = [id, cell.full, columns.map(function (column) { return column.name; }).join(", "), M.data.states[t.state], t.rules, t.tests];
      return cells.concat(overlays.map(function (overlay) {
        var entry = columns.map(function (column) { return overlay.entry(cell.at, column.tactic); }).filter(Boolean)[0];
        return entry ? (entry.score === null ? 1 : entry.score) : "";
      }));
    });
    return [heads.concat(overlays.map(function (overlay) { return overlay.name; }))].concat(lines).map(record).join("");
  }
  /* A spreadsheet must not run what a name holds. */
  function record(cells) {
    return cells.map(function (cell) {
      var text = typeof cell === "number" ? String(cell) : String(cell).replace(/^[=+\-@\t\r]/, "'$&");
      return /[",\r\n]/.test(text) ? "\"" + text.replace(/"/g, "\"\"") + "\"" : text;
    }).join(",") + "\r\n";
  }

  /* The drawing: boxes and lines of text, in CSS pixels. */
  var FONT = "\"Plex Sans\", Arial, Helvetica, sans-serif", WIDTH = 132, GAP = 6, EDGE = 16, LINE = 12, PAD = 4;
  var INK = "#1b1e21", QUIET = "#575e66", RULE = "#d0d2cd";
  var pen = document.createElement("canvas").getContext("2d");

  function font(size, bold) { return (bold ? "600 " : "") + size + "px " + FONT; }
  function wrap(text, width, size, bold) {
    var lines = [], line = "";
    pen.font = font(size, bold);
    text.split(/\s+/).forEach(function (word) {
      var longer = line ? line + " " + word : word;
      if (line && pen.measureText(longer).width > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    });
    return lines.concat(line);
  }
  function draw(now) {
    var shapes = [], right = 0, bottom = 0, side = M.state.layout === "side";
    function box(x, y, w, h, fill) { shapes.push({ x: x, y: y, w: w, h: h, fill: fill }); }
    function write(x, y, text, size, bold, fill) { shapes.push({ x: x, y: y, text: text, size: size, bold: bold, fill: fill }); }
    function cell(each, x, y, width) {
      var lines = wrap(each.name, width - 2 * PAD - (now.compare ? 14 : 0), 10, false), height = lines.length * LINE + 2 * PAD;
      var fill = each.color || "#ffffff", ink = !each.kept ? QUIET : M.sets.ink(fill) === "#ffffff" ? "#ffffff" : INK;
      box(x, y, width, height, fill);
      lines.forEach(function (line, at) { write(x + PAD, y + PAD + (at + 1) * LINE - 3, line, 10, false, ink); });
      if (now.compare && each.color) write(x + width - 16, y + PAD + LINE - 3, ["", "A", "B", "AB"][each.part], 8, true, ink);
      return height;
    }
    var y0 = EDGE + 18, x = EDGE;
    write(EDGE, EDGE + 14, M.box.dataset.title + (now.order.length ? ": " + now.title : ""), 16, true, INK);
    write(EDGE, y0 + 16, now.count + (location.hash ? " \u00b7 " + decode(location.hash.slice(1)) : ""), 10, false, QUIET);
    y0 += 26;
    now.legend.forEach(function (item) {
      var label = item.label + (item.count === undefined ? "" : " " + item.count);
      pen.font = font(10, false);
      var width = pen.measureText(label).width + 2 * PAD;
      box(x, y0, width, 18, item.color);
      write(x + PAD, y0 + 13, label, 10, false, M.sets.ink(item.color));
      x += width + GAP;
      right = Math.max(right, x);
    });
    y0 += now.legend.length ? 28 : 6;
    x = EDGE;
    M.columns.forEach(function (column) {
      if (column.section.hidden) return;
      var y = y0, wide = side && column.section.classList.contains("wide"), heads = wrap(column.name, WIDTH - 2 * PAD, 11, true);
      heads.forEach(function (line, at) { write(x, y + 12 + at * 13, line, 11, true, INK); });
      write(x, y + 12 + heads.length * 13, column.small.textContent, 9, false, QUIET);
      y = y0 + 56;
      column.cells.forEach(function (each) {
        if (each.parent || each.item.hidden) return;
        var subs = each.fold && each.fold.open ? each.subs.filter(function (sub) { return sub.kept; }) : [];
        var height = cell(each, x, y, WIDTH), down = side ? y : y + height;
        subs.forEach(function (sub) { down += side ? cell(sub, x + WIDTH + 2, down, WIDTH) : cell(sub, x + 10, down, WIDTH - 10); });
        y = Math.max(y + height, down) + 1;
      });
      bottom = Math.max(bottom, y);
      x += WIDTH + (wide ? WIDTH + 2 : 0) + GAP;
    });
    return { width: Math.ceil(Math.max(right, x, 480) - GAP + EDGE), height: Math.ceil(Math.max(bottom, y0) + EDGE), shapes: shapes };
  }
  function decode(hash) {
    try { return decodeURIComponent(hash.replace(/\+/g, " ")); } catch (e) { return hash; }
  }

  var SVG = "http://www.w3.org/2000/svg";
  function svg(drawing) {
    var root = document.createElementNS(SVG, "svg");
    function add(tag, attributes, text) {
      var element = document.createElementNS(SVG, tag);
      Object.keys(attributes).forEach(function (name) { element.setAttribute(name, attributes[name]); });
      if (text) element.textContent = text;
      root.appendChild(element);
    }
    root.setAttribute("viewBox", "0 0 " + drawing.width + " " + drawing.height);
    root.setAttribute("width", drawing.width);
    root.setAttribute("height", drawing.height);
    root.setAttribute("font-family", FONT.replace(/"/g, "'"));
    add("rect", { width: "100%", height: "100%", fill: "#ffffff" });
    drawing.shapes.forEach(function (s) {
      if (s.text === undefined) add("rect", { x: s.x, y: s.y, width: s.w, height: s.h, fill: s.fill, stroke: RULE });
      else add("text", { x: s.x, y: s.y, "font-size": s.size, "font-weight": s.bold ? 600 : 400, fill: s.fill }, s.text);
    });
    return new XMLSerializer().serializeToString(root);
  }
  /* Drawn anew, not made from the SVG: a strict policy keeps pages from loading pictures that they made. */
  function canvas(drawing) {
    var sheet = document.createElement("canvas"), to = sheet.getContext("2d");
    var scale = Math.min(2, 16000 / Math.max(drawing.width, drawing.height));
    sheet.width = Math.floor(drawing.width * scale);
    sheet.height = Math.floor(drawing.height * scale);
    to.scale(scale, scale);
    to.fillStyle = "#ffffff";
    to.fillRect(0, 0, drawing.width, drawing.height);
    drawing.shapes.forEach(function (s) {
      to.fillStyle = s.fill;
      if (s.text === undefined) {
        to.fillRect(s.x, s.y, s.w, s.h);
        to.strokeStyle = RULE;
        to.strokeRect(s.x, s.y, s.w, s.h);
      } else {
        to.font = font(s.size, s.bold);
        to.fillText(s.text, s.x, s.y);
      }
    });
    return sheet;
  }
})();
