/* Pinned and recently viewed pages. They are kept in this browser alone; theme.js has made room for them. */
(function () {
  "use strict";
  var doc = document, root = doc.documentElement, all = self.ttpress.all, make = self.ttpress.make, say = self.ttpress.say;
  var base = new URL("../../", doc.currentScript.src), strings = self.ttpressStrings;
  var MOST = { pins: 60, recent: 12 };

  function key(list) { return "ttpress-" + list + ":" + base.pathname; }
  function read(list) {
    try {
      var found = JSON.parse(localStorage.getItem(key(list)) || "[]");
      return found.filter(function (e) { return e && typeof e.path === "string" && href(e.path).indexOf(base.href) === 0; });
    } catch (e) { return []; }
  }
  function href(path) {
    try { return new URL(path, base).href; } catch (e) { return ""; }
  }
  function write(list, entries) {
    try {
      if (entries.length) localStorage.setItem(key(list), JSON.stringify(entries.slice(0, MOST[list])));
      else localStorage.removeItem(key(list));
    } catch (e) { /* not remembered */ }
    draw(list);
  }
  function without(list, path) { return read(list).filter(function (e) { return e.path !== path; }); }

  function draw(list) {
    var entries = read(list);
    root.classList.toggle("has-" + list, entries.length > 0);
    all("[data-mine=" + list + "] ul").forEach(function (ul) {
      ul.textContent = "";
      entries.forEach(function (entry) {
        var item = make("li"), link = make("a");
        link.href = href(entry.path);
        if (entry.id) { link.appendChild(make("code", "", String(entry.id))); link.append(" "); }
        link.append(String(entry.name));
        item.appendChild(link);
        ul.appendChild(item);
      });
    });
  }

  /* This page, if it is one to come back to. */
  var pin = doc.querySelector(".acts .pin"), title = doc.querySelector(".head h1"), id = doc.querySelector(".head .id");
  if (pin && title) {
    var own = location.href.split(/[?#]/)[0].slice(base.href.length).replace(/(^|\/)$/, "$1index.html");
    var page = { path: own, id: id ? id.textContent : strings.playbook, name: title.textContent };
    var show = function () {
      pin.setAttribute("aria-pressed", String(read("pins").some(function (e) { return e.path === own; })));
    };
    pin.addEventListener("click", function () {
      var others = without("pins", own), was = others.length < read("pins").length;
      write("pins", was ? others : [page].concat(others));
      show();
      say(was ? strings.unpinned : strings.pinned);
    });
    show();
    write("recent", [page].concat(without("recent", own)));
    addEventListener("storage", function (e) { if (e.key === key("pins")) show(); });
  }
  ["pins", "recent"].forEach(function (list) {
    draw(list);
    all("[data-mine=" + list + "] .clear").forEach(function (b) {
      b.addEventListener("click", function () { write(list, []); if (pin) show(); });
    });
  });
  addEventListener("storage", function (e) {
    ["pins", "recent"].forEach(function (list) { if (e.key === key(list)) draw(list); });
  });
  /* Back to a page that the browser kept whole: what was read since is there too. */
  addEventListener("pageshow", function (e) { if (e.persisted) { draw("pins"); draw("recent"); } });

  var print = doc.querySelector(".acts .print");
  if (print) print.addEventListener("click", function () { self.print(); });
})();
