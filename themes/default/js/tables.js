/* Tables sort by a click on a head, and long ones filter by kind. Rows and headings show a link to themselves.
   What was sorted, filtered and opened is there again after "back". */
(function () {
  "use strict";
  var doc = document, all = self.ttpress.all, make = self.ttpress.make, say = self.ttpress.say;
  var strings = self.ttpressStrings;
  var order = null;

  /* What a cell is sorted by: a number where all of its column are, else its text. */
  function keys(rows, column) {
    var texts = rows.map(function (row) {
      var cell = row.cells[column], bar = cell && cell.querySelector("progress");
      return bar ? String(bar.position) : cell ? cell.textContent.trim() : "";
    });
    var numeric = texts.every(function (text) { return text === "" || isFinite(text); });
    return numeric ? texts.map(function (text) { return text === "" ? -Infinity : Number(text); }) : texts;
  }
  function sort(table, column, direction) {
    var body = table.tBodies[0];
    table.rowsAtFirst = table.rowsAtFirst || Array.prototype.slice.call(body.rows);
    var rows = table.rowsAtFirst.filter(function (row) { return !row.classList.contains("all"); });
    if (direction) {
      order = order || new Intl.Collator("en", { numeric: true, sensitivity: "base" });
      var key = keys(rows, column), sign = direction === "ascending" ? 1 : -1;
      var by = typeof key[0] === "number" ? function (a, b) { return key[a] - key[b]; } : function (a, b) { return order.compare(key[a], key[b]); };
      /* The built-in sort is stable: equal rows stay in the order of the page. */
      rows = rows.map(function (_, i) { return i; }).sort(function (a, b) { return sign * by(a, b); }).map(function (i) { return rows[i]; });
    }
    var part = doc.createDocumentFragment();
    rows.forEach(function (row) { part.appendChild(row); });
    body.insertBefore(part, body.querySelector(":scope > .all"));
    all("thead th", table).forEach(function (head, i) {
      if (direction && i === column) head.setAttribute("aria-sort", direction); else head.removeAttribute("aria-sort");
    });
    table.sortedBy = direction ? [column, direction] : null;
  }
  function sortable(table) {
    var body = table.tBodies[0], heads = table.tHead && table.tHead.rows.length === 1 ? table.tHead.rows[0].cells : [];
    if (!heads.length || !body || body.rows.length < 3 || body.querySelector("[rowspan],[colspan]")) return;
    Array.prototype.forEach.call(heads, function (head, column) {
      var button = make("button", "by", head.textContent);
      head.textContent = "";
      head.appendChild(button);
      button.addEventListener("click", function () {
        var now = head.getAttribute("aria-sort"), next = !now ? "ascending" : now === "ascending" ? "descending" : null;
        sort(table, column, next);
        keep();
      });
    });
    table.classList.add("sorts");
  }

  /* Kinds are known by the addresses of the rows' first links; the navigation has their names. */
  function kindOf(row) {
    var link = row.querySelector("td:nth-child(2) a[href]"), found = link && /(?:^|\/)([a-z]+)\/[^/]+\/(?:\d+\/)?index\.html/.exec(link.getAttribute("href"));
    return found ? found[1] : "";
  }
  function names() {
    var known = {};
    all(".nav a").forEach(function (a) {
      var found = /([a-z]+)\/index\.html$/.exec(a.getAttribute("href"));
      if (found) known[found[1]] = a.textContent;
    });
    return known;
  }
  function cuttable(table) {
    var sift = siftOf(table), rows = Array.prototype.slice.call(table.tBodies[0].rows), counts = {}, known = names();
    if (!sift) return;
    rows.forEach(function (row) { var kind = kindOf(row); counts[kind] = (counts[kind] || 0) + 1; });
    var kinds = Object.keys(known).filter(function (kind) { return counts[kind]; });
    if (kinds.length < 2) return;
    var select = make("select", "cut");
    select.setAttribute("aria-label", strings.rows_by_kind);
    select.add(new Option(strings.rows_every_kind, ""));
    kinds.forEach(function (kind) { select.add(new Option(known[kind] + " (" + counts[kind] + ")", kind)); });
    sift.parentNode.insertBefore(select, sift);
    select.addEventListener("change", function () {
      rows.forEach(function (row) { row.classList.toggle("off", !!select.value && kindOf(row) !== select.value); });
      table.classList.toggle("cutting", !!select.value);
      var more = moreOf(table);
      if (more) more.hidden = !!select.value || !!sift.value;
      say(select.selectedOptions[0].text);
      keep();
    });
  }
  function siftOf(table) {
    var section = table.previousElementSibling;
    while (section && !section.matches(".sec")) section = section.previousElementSibling;
    return section && section.querySelector(".sift");
  }
  function moreOf(table) {
    var next = table.nextElementSibling;
    return next && next.matches("button.more") ? next : null;
  }

  var tables = all("main table"), details = all("main details");
  tables.forEach(sortable);
  all("main table[data-more],main table[data-sift]").forEach(cuttable);

  /* A link to the row or heading under the pointer or the focus: one for the whole page. */
  var link = make("a", "perma", "#");
  link.setAttribute("aria-label", strings.link_here);
  function mark(e) {
    var at = e.target.closest && e.target.closest("main tbody tr[id], main h2[id], main h3[id]");
    if (!at || at.contains(link)) return;
    link.href = "#" + encodeURIComponent(at.id);
    (at.cells ? at.cells[0] : at).appendChild(link);
  }
  doc.addEventListener("pointerover", mark);
  doc.addEventListener("focusin", function (e) { if (e.target !== link) mark(e); });

  /* The state lies in the entry of the history that it belongs to. */
  function keep() {
    var state = {
      tables: tables.map(function (table) {
        var sift = siftOf(table), cut = sift && sift.parentNode.querySelector(".cut");
        return [table.sortedBy || null, sift && sift.value || "", cut && cut.value || "", table.classList.contains("open")];
      }),
      open: details.map(function (d) { return d.open ? 1 : 0; })
    };
    try { history.replaceState(Object.assign({}, history.state, { reading: state }), ""); } catch (e) { /* nothing is kept */ }
  }
  function restore(state) {
    state.tables.forEach(function (was, i) {
      var table = tables[i], sift = table && siftOf(table), cut = sift && sift.parentNode.querySelector(".cut");
      if (!table) return;
      if (was[0] && table.classList.contains("sorts")) sort(table, was[0][0], was[0][1]);
      if (cut && was[2]) { cut.value = was[2]; cut.dispatchEvent(new Event("change")); }
      if (sift && was[1]) { sift.value = was[1]; sift.dispatchEvent(new Event("input")); }
      if (was[3] && moreOf(table)) moreOf(table).click();
    });
    state.open.forEach(function (open, i) { if (details[i]) details[i].open = !!open; });
  }
  var before = history.state && history.state.reading;
  if (before && before.tables.length === tables.length && before.open.length === details.length) restore(before);
  var main = doc.getElementById("main"), later = 0;
  function soon() { clearTimeout(later); later = setTimeout(keep, 100); }
  main.addEventListener("input", soon);
  main.addEventListener("click", soon);
  main.addEventListener("toggle", soon, true);
})();
