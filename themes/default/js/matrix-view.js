/* The view: which cells are shown, how each is marked, and the legend that says so. Only what changed since the last
   view is written to the page. */
(function () {
  "use strict";
  var M = self.ttpressMatrix, view = M.view = {}, make = M.make, place = document.getElementById("mx-view");
  /* Parts of a comparison, by bits: 1 for A, 2 for B. Colours are for paper and files; the page has its theme's. */
  var NAMES = ["none", "a", "b", "both"], COLORS = ["#ffffff", "#a9d5de", "#f6c57f", "#0b5a6e"], SOLE = "#66b1ff";
  var status = make("p", "mx-count"), notes = make("div", "mx-note"), list = make("ul", "legend mx-legend");

  view.start = function () {
    status.setAttribute("role", "status");
    notes.setAttribute("role", "status");
    place.append(notes, status, list);
    M.cells.forEach(function (cell) { cell.link.removeAttribute("title"); });
    fill("platform", [["", "platform"]]);
    fill("source", [[M.say("components"), "component"], [M.say("logs"), "log"]]);
    if (self.requestIdleCallback) requestIdleCallback(prepare);
  };
  /* What folds hide is laid out when it is asked where it lies. Asked while nothing else happens, all of it is there
     when all folds open. */
  var folded = M.cells.filter(function (cell) { return cell.fold; });
  function prepare(idle) {
    while (folded.length && idle.timeRemaining() > 1) folded.pop().subs[0].link.getBoundingClientRect();
    if (folded.length) requestIdleCallback(prepare);
  }
  /* The choices of a filter, in groups where there are several. */
  function fill(name, groups) {
    var select = M.form.elements[name];
    groups.forEach(function (group) {
      var names = M.sets.names(group[1]), box = group[0] ? make("optgroup") : select;
      if (!names.length) return;
      names.forEach(function (each) {
        var option = make("option", "", each);
        option.value = group[0] ? group[1] + ":" + each : each;
        box.appendChild(option);
      });
      if (group[0]) {
        box.label = group[0];
        select.appendChild(box);
      }
    });
  }

  view.show = function () {
    var state = M.state, faults = [], a = overlay(state.a, faults), b = overlay(state.b, faults), sole = a && b ? null : a || b;
    var passes = M.sets.filter(state), wanted = NAMES.indexOf(state.only), filtered = Boolean(state.platform || state.tactic || state.source || state.q || wanted >= 0);
    var found = {}, total = {};
    M.cells.forEach(function (cell) {
      var tactic = cell.column.tactic, own = cell.at >= 0;
      var inA = own && a ? a.entry(cell.at, tactic) : null, inB = own && b ? b.entry(cell.at, tactic) : null;
      cell.part = sole ? (inA || inB ? 1 : 0) : (inA ? 1 : 0) | (inB ? 2 : 0);
      cell.entry = inA || inB;
      cell.kept = passes(cell);
      total[cell.id] = true;
      if (!cell.kept) return;
      found[cell.id] = (found[cell.id] || 0) | cell.part;
      cell.kept = wanted < 0 || cell.part === wanted;
    });
    var now = view.now = describe(a, b, sole, found, filtered, Object.keys(total).length);
    M.columns.forEach(function (column) { arrange(column, now); });
    M.grid.classList.toggle("side", now.side);
    M.grid.classList.toggle("compare", now.compare);
    M.grid.classList.toggle("marked", Boolean(a || b));
    M.grid.classList.toggle("view", Object.keys(state).some(function (key) { return state[key]; }));
    M.settle();
    reflect();
    say(now, faults);
    M.card.hide();
  };
  function overlay(key, faults) {
    var found = key ? M.sets.get(key) : null;
    var fault = found || !key ? "" : /^layer\d+$/.test(key) ? M.say("gone") : M.say("nooverlay", { id: key });
    if (fault && faults.indexOf(fault) < 0) faults.push(fault);
    return found;
  }

  /* What the view is, for the legend and for files. */
  function describe(a, b, sole, found, filtered, all) {
    var counts = [0, 0, 0, 0], shown = 0;
    Object.keys(found).forEach(function (id) { counts[found[id]]++; });
    M.columns.forEach(function (column) { column.cells.forEach(function (cell) { if (cell.kept && found[cell.id] >= 0) { shown++; found[cell.id] = -1; } }); });
    var parts = [], order = [];
    function part(bits, label, color) {
      parts[bits] = { bits: bits, name: NAMES[bits], label: label, color: color, count: counts[bits] };
      order.push(parts[bits]);
    }
    if (sole) {
      part(1, sole.name, SOLE);
      part(0, M.say("others"), COLORS[0]);
    } else if (a) {
      part(3, M.say("both"), COLORS[3]);
      part(1, M.say("only", { name: a.name }), COLORS[1]);
      part(2, M.say("only", { name: b.name }), COLORS[2]);
      part(0, M.say("neither"), COLORS[0]);
    }
    var legend = order.filter(function (each) { return each.bits; });
    if (sole && sole.legend && sole.legend.length) legend = sole.legend;
    return {
      a: a, b: b, compare: Boolean(a && b), parts: parts, order: order, legend: legend, filtered: filtered,
      gradient: sole && sole.gradient || null, items: sole && sole.legend || [],
      side: M.state.layout === "side",
      byTactic: [a, b].some(function (each) { return each && each.kind === "layer"; }),
      title: [a, b].filter(Boolean).map(function (each) { return each.name; }).join(" / ") || M.box.dataset.title,
      count: M.say("count", { n: shown, all: all }), shown: shown
    };
  }

  /* A column: a technique stays where one of its sub-techniques does. */
  function arrange(column, now) {
    var shown = 0, wide = false, none = !column.cells.some(function (cell) { return cell.kept; });
    put(column, "hidden", none, function (on) { column.section.hidden = on; });
    if (none) return;
    column.cells.forEach(function (cell) {
      if (cell.parent) return;
      var subs = cell.subs.filter(function (sub) { return sub.kept; }), keep = cell.kept || subs.length > 0;
      put(cell, "hidden", !keep, function (on) { cell.item.hidden = on; });
      if (!keep) return;
      shown++;
      put(cell, "faint", !cell.kept, function (on) { cell.item.classList.toggle("faint", on); });
      mark(cell, now);
      if (!cell.fold) return;
      cell.subs.forEach(function (sub) {
        put(sub, "hidden", !sub.kept, function (on) { sub.item.hidden = on; });
        if (sub.kept) mark(sub, now);
      });
      var open = M.isOpen(cell) || (now.filtered && !cell.kept), spread = open && subs.length > 0, some = subs.filter(function (sub) { return sub.part; }).length;
      put(cell, "folded", !subs.length, function (on) { cell.fold.hidden = on; });
      put(cell, "open", open, function (on) { cell.fold.open = on; });
      put(cell, "spread", now.side && spread, function (on) { cell.item.classList.toggle("spread", on); });
      put(cell, "sum", some ? some + "/" + subs.length : String(subs.length), function (text) { cell.summary.textContent = text; });
      put(cell, "some", some > 0, function (on) { cell.item.classList.toggle("some", on); });
      wide = wide || spread;
    });
    put(column, "wide", wide, function (on) { column.section.classList.toggle("wide", on); });
    put(column, "count", (shown === column.total ? "" : shown + "/") + column.total, function (text) { column.small.textContent = text + column.unit; });
  }
  function put(on, name, value, write) {
    var was = on.was = on.was || {};
    if (was[name] === value) return;
    was[name] = value;
    write(value);
  }
  /* A score has the colour of its gradient, a layer's own colour wins; all else has a class of the theme. */
  function paint(cell, now) {
    if (now.compare) return "";
    return cell.entry.color || (now.gradient && cell.entry.score !== null ? M.sets.shade(now.gradient, cell.entry.score) : "");
  }
  function mark(cell, now) {
    var part = cell.kept ? cell.part : 0, color = part ? paint(cell, now) : "";
    var cls = !part ? "" : color ? "mk" : now.compare ? "mk mk-" + NAMES[part] : "mk mk-both";
    cell.color = color || (part ? now.parts[part].color : "");
    put(cell, "class", cls, function (text) { cell.link.className = text; });
    put(cell, "paint", color, function (hex) {
      cell.link.style.backgroundColor = hex;
      cell.link.style.color = hex ? M.sets.ink(hex) : "";
    });
    var says = cell.id + (now.order.length ? ", " + now.parts[cell.part].label : "") + (cell.entry && cell.entry.score !== null ? ", " + cell.entry.score : "");
    put(cell, "says", says, function (text) { cell.link.setAttribute("aria-description", text); });
  }

  /* The tools show the view too, whoever changed it. */
  function reflect() {
    var fields = M.form.elements, state = M.state;
    ["platform", "tactic", "source", "layout"].forEach(function (name) {
      fields[name].value = state[name];
      if (fields[name].selectedIndex < 0) fields[name].selectedIndex = 0;
      fields[name].classList.toggle("set", Boolean(state[name]));
    });
    if (fields.q.value.trim() !== state.q) fields.q.value = state.q;
    fields.open.setAttribute("aria-pressed", String(state.open === "all"));
    M.pick.reflect();
  }

  function say(now, faults) {
    list.textContent = "";
    list.classList.toggle("compare", now.compare);
    place.classList.toggle("on", now.filtered || now.order.length > 0);
    status.textContent = now.shown ? now.count : M.say("none");
    notes.textContent = "";
    now.order.forEach(function (part) {
      var item = make("li"), button = make("button", now.compare && part.bits ? "mk mk-" + part.name : part.bits && !now.gradient ? "mk mk-both" : "mx-rest");
      button.setAttribute("aria-pressed", String(M.state.only === part.name));
      button.append(make("span", "", part.label), " ", make("b", "", String(part.count)));
      button.addEventListener("click", function () {
        M.set({ only: M.state.only === part.name ? "" : part.name });
        var again = list.querySelectorAll("button")[now.order.indexOf(part)];
        if (again) again.focus();
      });
      item.appendChild(button);
      list.appendChild(item);
    });
    if (now.gradient && !now.items.length) list.appendChild(ramp(now.gradient));
    now.items.forEach(function (each) {
      var item = make("li", "", each.label);
      item.style.backgroundColor = each.color;
      item.style.color = M.sets.ink(each.color);
      list.appendChild(item);
    });
    if (faults.length) view.note(faults);
  }
  function ramp(gradient) {
    var item = make("li", "mx-ramp"), bar = make("i");
    bar.style.backgroundImage = "linear-gradient(to right," + gradient.colors.join(",") + ")";
    item.append(make("span", "", String(gradient.min)), bar, make("span", "", gradient.max + (gradient.andMore ? "+" : "")));
    return item;
  }

  /* Remarks, one a line, until the view changes. */
  view.note = function (lines) {
    notes.textContent = "";
    lines.forEach(function (line) { notes.appendChild(make("p", "", line)); });
  };
  view.choose = function (question, names, then) {
    view.note([question]);
    var choices = make("div");
    names.forEach(function (name, at) {
      var button = make("button", "", name);
      button.addEventListener("click", function () { then(at); });
      choices.appendChild(button);
    });
    notes.appendChild(choices);
    choices.firstElementChild.focus();
  };
})();
