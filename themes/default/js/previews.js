/* Rest the pointer or the focus on a link, and a line says what it leads to. The lines of each kind come as one script,
   when first asked for. The preview can be pointed at, stays until left, and goes away at Escape. */
(function () {
  "use strict";
  var doc = document, make = self.ttpress.make;
  var root = new URL("../../", doc.currentScript.src).href;
  var shards = {}, timer = 0, shown = null, box = null;
  if (!matchMedia("(hover:hover)").matches) return;

  var folders = Array.prototype.map.call(doc.querySelectorAll(".nav a"), function (a) {
    var found = /([a-z]+)\/index\.html$/.exec(a.getAttribute("href"));
    return found ? found[1] : "";
  });
  self.ttpressPreviews = function (folder, lines) { shards[folder] = lines; };
  function load(folder, then) {
    if (shards[folder]) return then(shards[folder]);
    var script = doc.createElement("script");
    script.onload = function () { if (shards[folder]) then(shards[folder]); };
    script.src = root + "previews/" + folder + ".js";
    doc.head.appendChild(script);
  }

  /* Where a link leads: the folder of a kind and a place in it. Not for the page itself. */
  function target(link) {
    if (!link || link.href.indexOf(root) !== 0 || link.closest(".toc,.crumbs,.nav,.bar")) return null;
    var path = link.href.slice(root.length).split(/[?#]/)[0];
    if (root + path === location.href.split(/[?#]/)[0]) return null;
    var found = /^([a-z]+)\/(.+)\/index\.html$/.exec(path);
    return found && folders.indexOf(found[1]) >= 0 && found[1] !== "matrices" ? { folder: found[1], place: decodeURIComponent(found[2]) } : null;
  }
  function draw(link, lines) {
    if (!box) {
      box = make("div", "peek");
      box.id = "_peek";
      box.setAttribute("role", "tooltip");
      doc.body.appendChild(box);
      box.addEventListener("pointerenter", function () { clearTimeout(timer); });
      box.addEventListener("pointerleave", leave);
    }
    box.textContent = "";
    var head = make("p"), id = make("code", "", lines[0]);
    if (lines[0]) head.appendChild(id);
    head.appendChild(make("b", "", lines[2]));
    head.appendChild(make("small", "", lines[1]));
    box.appendChild(head);
    if (lines[3]) box.appendChild(make("p", "", lines[3]));
    box.hidden = false;
    shown = link;
    /* The browser's own tip would lie over it. */
    if (link.title) { link.dataset.title = link.title; link.removeAttribute("title"); }
    link.setAttribute("aria-describedby", box.id);
    var at = link.getClientRects()[0], size = box.getBoundingClientRect();
    if (!at) return hide();
    var below = at.bottom + 6 + size.height < innerHeight || at.top < size.height + 6;
    var left = Math.max(8, Math.min(at.left, doc.documentElement.clientWidth - size.width - 8));
    box.style.left = left + scrollX + "px";
    box.style.top = (below ? at.bottom + 6 : at.top - size.height - 6) + scrollY + "px";
  }
  function hide() {
    clearTimeout(timer);
    if (!shown) return;
    box.hidden = true;
    shown.removeAttribute("aria-describedby");
    if (shown.dataset.title) { shown.title = shown.dataset.title; delete shown.dataset.title; }
    shown = null;
  }
  function leave() { clearTimeout(timer); timer = setTimeout(hide, 250); }
  function come(link, is) {
    var to = target(link);
    clearTimeout(timer);
    if (link === shown && shown) return;
    if (!to) { if (shown) leave(); return; }
    timer = setTimeout(function () {
      load(to.folder, function (lines) {
        if (!lines[to.place] || !is()) return;
        hide();
        draw(link, lines[to.place]);
      });
    }, 300);
  }

  doc.addEventListener("pointerover", function (e) {
    if (e.pointerType !== "mouse" || (box && box.contains(e.target))) return;
    var link = e.target.closest("a[href]");
    come(link, function () { return link.matches(":hover"); });
  });
  doc.addEventListener("focusin", function (e) {
    hide();
    if (!e.target.matches("a[href]:focus-visible")) return;
    come(e.target, function () { return doc.activeElement === e.target; });
  });
  doc.addEventListener("focusout", hide);
  doc.addEventListener("pointerdown", hide);
  addEventListener("keydown", function (e) {
    if (e.key === "Escape" && shown) { hide(); e.preventDefault(); }
  }, true);
  /* A preview still to come is for what lies under the pointer once the page stands still. */
  addEventListener("scroll", function () { if (shown) hide(); }, { capture: true, passive: true });
  addEventListener("pagehide", hide);
})();
