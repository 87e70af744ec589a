/* The matrix: arrow keys lead from cell to cell, and the tools above it. What the tools need is loaded when they
   are first used, or when the address holds a view. */
(function () {
  "use strict";
  var doc = document, box = doc.getElementById("explorer"), grid = doc.getElementById("matrix");
  if (!box || !grid) return;
  var M = self.ttpressMatrix = self.ttpressMatrix || {}, words = box.dataset, form = doc.getElementById("mx-tools");
  var PARTS = ["sets", "layer", "view", "card", "pick", "save"];
  M.box = box;
  M.grid = grid;
  M.form = form;
  /* A word of the page, with its blanks filled. */
  M.say = function (key, values) {
    return (words[key] || "").replace(/\{(\w+)\}/g, function (_, name) { return String(values[name]); });
  };
  M.make = function (tag, cls, text) {
    var element = doc.createElement(tag);
    if (cls) element.className = cls;
    if (text) element.textContent = text;
    if (tag === "button") element.type = "button";
    return element;
  };

  /* Cells as the page has them: columns of techniques, each perhaps with a fold of sub-techniques. */
  M.cells = [];
  M.columns = Array.prototype.map.call(grid.children, function (section) {
    var small = section.querySelector("small"), column = {
      section: section, tactic: section.dataset.tactic || "", name: section.querySelector("h2").firstChild.textContent.trim(),
      small: small, total: parseInt(small.textContent, 10), unit: small.textContent.replace(/^\d+/, ""), cells: []
    };
    Array.prototype.forEach.call(section.querySelector("ol").children, function (item) { add(item, column, null); });
    return column;
  });
  function add(item, column, parent) {
    var link = item.firstElementChild, fold = item.querySelector("details");
    var cell = { id: link.title, name: link.textContent, link: link, item: item, column: column, parent: parent, fold: fold, subs: [] };
    link.tabIndex = -1;
    link.cell = cell;
    M.cells.push(cell);
    column.cells.push(cell);
    if (parent) parent.subs.push(cell);
    if (!fold) return;
    cell.summary = fold.firstElementChild;
    cell.summary.tabIndex = -1;
    Array.prototype.forEach.call(fold.lastElementChild.children, function (sub) { add(sub, column, cell); });
  }

  /* One cell is in the tab order; arrows move it. */
  var current = M.cells[0];
  if (current) current.link.tabIndex = 0;
  function seen(cell) {
    return !cell.item.hidden && !cell.column.section.hidden && (!cell.parent || (cell.parent.fold.open && !cell.parent.item.hidden));
  }
  function stand(cell) {
    current.link.tabIndex = -1;
    current = cell;
    current.link.tabIndex = 0;
  }
  /* After a filter, the tab order must not lead to a cell that is not shown. */
  M.settle = function () {
    if (!current || seen(current)) return;
    var first = M.cells.filter(seen)[0];
    if (first) stand(first);
  };
  function beside(cell, step) {
    var at = M.columns.indexOf(cell.column) + step, top = cell.link.getBoundingClientRect().top, best = null, least = Infinity;
    while (M.columns[at] && !M.columns[at].cells.some(seen)) at += step;
    if (!M.columns[at]) return null;
    M.columns[at].cells.filter(seen).forEach(function (other) {
      var far = Math.abs(other.link.getBoundingClientRect().top - top);
      if (far < least) { least = far; best = other; }
    });
    return best;
  }
  function next(cell, key) {
    var shown = cell.column.cells.filter(seen), at = shown.indexOf(cell);
    switch (key) {
      case "ArrowDown": return shown[at + 1];
      case "ArrowUp": return shown[at - 1];
      case "Home": return shown[0];
      case "End": return shown[shown.length - 1];
      case "ArrowRight": return beside(cell, 1);
      case "ArrowLeft": return beside(cell, -1);
    }
    return undefined;
  }
  grid.addEventListener("focusin", function (e) { if (e.target.cell) stand(e.target.cell); });
  grid.addEventListener("keydown", function (e) {
    var cell = e.target.cell;
    if (!cell || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "e") {
      var top = cell.parent || cell;
      if (!top.fold || top.fold.hidden) return;
      toggle(top);
      if (!top.fold.open) top.link.focus();
      return e.preventDefault();
    }
    var to = next(cell, e.key);
    if (to === undefined) return;
    e.preventDefault();
    if (!to) return;
    to.link.focus();
    to.link.scrollIntoView({ block: "nearest", inline: "nearest" });
  });

  /* The view as the address holds it: `#a=G0016&b=coverage&platform=Windows`. */
  var KEYS = ["a", "b", "only", "platform", "tactic", "source", "q", "layout", "open"];
  function read() {
    var state = {}, values = new URLSearchParams(location.hash.slice(1));
    KEYS.forEach(function (key) { state[key] = (values.get(key) || "").slice(0, 2000); });
    return state;
  }
  function write(replace) {
    var values = new URLSearchParams();
    KEYS.forEach(function (key) { if (M.state[key]) values.set(key, M.state[key]); });
    var hash = values.toString().replace(/%2C/g, ",").replace(/%3A/g, ":");
    if (hash === location.hash.slice(1)) return;
    var url = location.href.split("#")[0] + (hash ? "#" + hash : "");
    try {
      history[replace ? "replaceState" : "pushState"](null, "", url);
    } catch (e) {
      /* Some browsers keep files from doing so, but not from this. */
      if (hash) location.hash = hash;
    }
  }
  M.state = read();
  /* Changes the view. What is typed makes one step of the history, not one a letter. */
  var typed = false;
  M.set = function (changes) {
    var typing = Object.keys(changes).join() === "q";
    Object.keys(changes).forEach(function (key) { M.state[key] = changes[key]; });
    write(typing && typed);
    typed = typing;
    M.view.show();
  };
  addEventListener("popstate", function () {
    var isView = location.hash.indexOf("=") > 0;
    typed = false;
    if (!isView && (location.hash || !M.ready)) return;
    M.open(function () {
      M.state = read();
      M.view.show();
    });
  });

  /* Folds: by ID, in every column that has the technique. */
  function opened() { return M.state.open && M.state.open !== "all" ? M.state.open.split(",") : []; }
  M.isOpen = function (cell) { return M.state.open === "all" || opened().indexOf(cell.id) >= 0; };
  function toggle(cell) {
    if (!M.ready) {
      cell.fold.open = !cell.fold.open;
      return;
    }
    var all = M.state.open === "all" ? M.cells.filter(function (c) { return c.fold; }).map(function (c) { return c.id; }) : opened();
    var ids = all.filter(function (id, at) { return id !== cell.id && all.indexOf(id) === at; });
    if (!cell.fold.open) ids.push(cell.id);
    M.set({ open: ids.join(",") });
  }
  grid.addEventListener("click", function (e) {
    var summary = e.target.closest("summary");
    if (!summary || !M.ready) return;
    e.preventDefault();
    toggle(summary.parentNode.parentNode.firstElementChild.cell);
  });

  /* Loads the other parts and the data, once. */
  var waiting = null;
  M.open = function (then) {
    if (M.ready) return then && then();
    if (waiting) return then && waiting.push(then);
    waiting = then ? [then] : [];
    var files = PARTS.map(function (part) { return words.root + "assets/js/matrix-" + part + ".js"; }).concat(words.file);
    var left = files.length;
    files.forEach(function (file) {
      var script = doc.createElement("script");
      script.async = false;
      script.src = file;
      script.onload = function () { if (--left === 0) ready(); };
      script.onerror = function () { doc.getElementById("mx-view").textContent = M.say("missing"); };
      doc.head.appendChild(script);
    });
    return undefined;
  };
  function ready() {
    M.ready = true;
    var open = M.cells.filter(function (cell) { return cell.fold && cell.fold.open; }).map(function (cell) { return cell.id; });
    if (!M.state.open && open.length) M.state.open = open.filter(function (id, at) { return open.indexOf(id) === at; }).join(",");
    M.sets.start();
    M.view.start();
    M.card.start();
    M.pick.start();
    M.view.show();
    waiting.splice(0).forEach(function (then) { then(); });
  }

  /* The tools. */
  function load() { M.open(); }
  ["pointerenter", "pointerdown", "focusin"].forEach(function (kind) { box.addEventListener(kind, load); });
  var foldButton = box.querySelector(".mx-fold");
  foldButton.addEventListener("click", function () {
    foldButton.setAttribute("aria-expanded", String(box.classList.toggle("on")));
  });
  form.addEventListener("submit", function (e) { e.preventDefault(); });
  form.addEventListener("change", function (e) {
    var change = {}, at = e.target;
    if (at.tagName !== "SELECT") return;
    change[at.name] = at.value;
    M.open(function () { M.set(change); });
  });
  form.elements.q.addEventListener("input", function () { M.open(function () { M.set({ q: form.elements.q.value.trim() }); }); });
  ["open", "layout"].forEach(function (name) { form.elements[name].hidden = !M.cells.some(function (cell) { return cell.fold; }); });
  form.elements.open.addEventListener("click", function () {
    M.open(function () { M.set({ open: M.state.open === "all" ? "" : "all" }); });
  });
  var menus = Array.prototype.slice.call(form.querySelectorAll("details"));
  function close(but) { menus.forEach(function (menu) { if (menu !== but) menu.open = false; }); }
  doc.addEventListener("click", function (e) { close(e.target.closest(".mx-menu")); });
  form.addEventListener("keydown", function (e) {
    var menu = e.target.closest("details[open]");
    if (e.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.firstElementChild.focus();
  });
  form.addEventListener("click", function (e) {
    var what = e.target.dataset.do;
    if (!what) return;
    close(null);
    M.open(function () {
      if (what === "reset") {
        var clear = {};
        KEYS.forEach(function (key) { clear[key] = ""; });
        M.set(clear);
      } else if (what === "import") chooser.click();
      else M.save(what);
    });
  });

  /* Layer files: chosen, or dropped anywhere on the page. They are read here and go nowhere. */
  var chooser = M.make("input");
  chooser.type = "file";
  chooser.accept = ".json,application/json";
  chooser.addEventListener("change", function () {
    take(chooser.files[0]);
    chooser.value = "";
  });
  function take(file) { if (file) M.open(function () { M.layer.take(file); }); }
  function isFile(e) { return e.dataTransfer && Array.prototype.indexOf.call(e.dataTransfer.types, "Files") >= 0; }
  doc.addEventListener("dragover", function (e) {
    if (!isFile(e)) return;
    e.preventDefault();
    grid.classList.add("drop");
    grid.dataset.drop = words.drop;
  });
  doc.addEventListener("dragleave", function (e) { if (!e.relatedTarget) grid.classList.remove("drop"); });
  doc.addEventListener("drop", function (e) {
    if (!isFile(e)) return;
    e.preventDefault();
    grid.classList.remove("drop");
    take(e.dataTransfer.files[0]);
  });

  /* A pointer that rests on a cell asks for its card. */
  var rest = 0;
  grid.addEventListener("pointerover", function (e) {
    clearTimeout(rest);
    if (!M.ready && e.pointerType === "mouse" && e.target.cell) rest = setTimeout(load, 300);
  });
  grid.addEventListener("focusin", function (e) { if (e.target.cell && e.target.matches(":focus-visible")) load(); });

  /* Paper shows the view: what it folds stays folded, though pages are otherwise printed whole. */
  addEventListener("beforeprint", function () {
    if (!grid.classList.contains("view")) return;
    M.cells.forEach(function (cell) { if (cell.fold && !cell.column.section.hidden) cell.fold.open = cell.was.open; });
  });

  if (location.hash.indexOf("=") > 0) load();
})();
