/* The card of a cell: what there is on its technique, and where. It opens where a pointer rests or the keyboard's
   focus stays, never for a touch; Tab leads from the cell into it, Escape closes it. */
(function () {
  "use strict";
  var M = self.ttpressMatrix, card = M.card = {}, make = M.make, box = make("div", "mx-card"), of = null, timer = 0;

  card.start = function () {
    box.hidden = true;
    box.setAttribute("role", "group");
    M.grid.insertAdjacentElement("afterend", box);
    M.grid.addEventListener("pointerover", function (e) {
      if (e.pointerType === "touch") return;
      if (e.target.cell) later(function () { show(e.target.cell); }, 400);
      else later(card.hide, 300);
    });
    M.grid.addEventListener("pointerleave", function () { later(card.hide, 300); });
    box.addEventListener("pointerenter", function () { clearTimeout(timer); });
    box.addEventListener("pointerleave", function () { if (!box.contains(document.activeElement)) later(card.hide, 300); });
    M.grid.addEventListener("focusin", function (e) {
      if (e.target.cell && e.target.matches(":focus-visible")) later(function () { show(e.target.cell); }, 600);
    });
    M.grid.addEventListener("focusout", function (e) { if (!box.contains(e.relatedTarget)) card.hide(); });
    box.addEventListener("focusout", function (e) { if (!box.contains(e.relatedTarget)) card.hide(); });
    document.addEventListener("keydown", function (e) {
      if (e.key !== "Escape" || box.hidden) return;
      var back = box.contains(document.activeElement) ? of : null;
      card.hide();
      if (back) back.link.focus();
    });
    /* Heads of columns come between a cell and its card. */
    M.grid.addEventListener("keydown", function (e) {
      if (e.key !== "Tab" || e.shiftKey || box.hidden || e.target.cell !== of) return;
      e.preventDefault();
      box.querySelector("a").focus();
    });
    box.addEventListener("keydown", function (e) {
      if (e.key !== "Tab" || !e.shiftKey || e.target !== box.querySelector("a")) return;
      e.preventDefault();
      of.link.focus();
    });
    M.grid.addEventListener("scroll", scrolled, { passive: true });
    addEventListener("scroll", scrolled, { passive: true });
  };
  /* The cell has moved from under its card; one that is still to come waits for the end of the way. */
  function scrolled() { if (!box.hidden) card.hide(); }
  function later(what, wait) {
    clearTimeout(timer);
    timer = setTimeout(what, wait);
  }
  card.hide = function () {
    clearTimeout(timer);
    box.hidden = true;
  };

  function link(href, label) {
    var element = make("a", "", label);
    element.setAttribute("href", href);
    return element;
  }
  function row(list, name, text) {
    list.append(make("dt", "", name), make("dd", "", text));
  }
  function show(cell) {
    if (!cell.link.isConnected || cell.at < 0) return;
    var t = M.techniques[cell.at], now = M.view.now, facts = make("dl"), words = M.box.dataset;
    of = cell;
    box.textContent = "";
    box.setAttribute("aria-label", cell.id + " " + cell.full);
    var title = make("p", "mx-name");
    title.append(make("code", "", cell.id), " ", make("b", "", cell.full));
    [now.a, now.b].forEach(function (overlay) {
      var entry = overlay && overlay.entry(cell.at, cell.column.tactic);
      /* What the wiki itself has is told below. */
      if (!entry || overlay.kind === "coverage" || overlay.kind === "detection") return;
      row(facts, overlay.name, (entry.score === null ? "\u2713" : String(entry.score)) + (entry.note ? " " + entry.note : ""));
    });
    row(facts, words.playbook, M.data.states[t.state]);
    if (cell.subs.length) row(facts, words.subs, String(cell.subs.length));
    if (t.rules) row(facts, words.rules, String(t.rules));
    if (t.tests) row(facts, words.tests, String(t.tests));
    var links = make("p", "mx-links");
    links.append(
      link(cell.link.getAttribute("href"), words.technique), " ",
      link(words.root + (t.playbook || "playbooks/" + t.id.replace(/\./g, "-").toLowerCase() + "/") + "index.html", words.playbook)
    );
    box.append(title, facts, links);
    box.hidden = false;
    put(cell.link.getBoundingClientRect());
  }
  /* Under the cell, else above it; never over the cell itself. */
  function put(at) {
    var own = box.getBoundingClientRect(), root = document.documentElement;
    var left = Math.max(8, Math.min(at.left, root.clientWidth - own.width - 8));
    var top = at.bottom + 2 + own.height > innerHeight && at.top - own.height - 2 > 0 ? at.top - own.height - 2 : at.bottom + 2;
    box.style.left = left + "px";
    box.style.top = top + "px";
  }
})();
