/* Search in the bar of every page: loads the names on focus, shows what they tell while you type, and hands
   whole searches to search/index.html. */
(function () {
  "use strict";
  var doc = document, form = doc.querySelector(".find"), input = form ? form.querySelector("input") : doc.getElementById("ask");
  if (!input) return;
  var files = self.ttpressSearch = self.ttpressSearch || {};
  var MOST = 9, engine = null, strings = self.ttpressStrings;

  /* Scripts, each once; `then` gets whether it came. */
  var asked = {};
  files.root = form ? form.getAttribute("data-root") : "../";
  files.load = function (path, then) {
    var state = asked[path] = asked[path] || { done: false, ok: false, waiting: [] };
    if (state.done) return then(state.ok);
    state.waiting.push(then);
    if (state.waiting.length > 1) return;
    var script = doc.createElement("script");
    function finish(ok) {
      state.done = true;
      state.ok = ok;
      state.waiting.forEach(function (call) { call(ok); });
    }
    script.onload = function () { finish(true); };
    script.onerror = function () { finish(false); };
    script.src = files.root + path;
    doc.head.appendChild(script);
  };
  /* The engine over the names; `then` gets null where a file is missing. */
  files.open = function (then) {
    if (engine) return then(engine);
    files.load("assets/js/engine.js", function (ok) {
      if (!ok) return then(null);
      files.load("search/names.js", function (named) {
        engine = engine || (named ? files.engine.open(files) : null);
        then(engine);
      });
    });
  };
  /* The engine over everything. */
  files.openAll = function (then) {
    /* It takes longest: it is on its way while the names are read. */
    files.load("search/text.js", function () {});
    files.open(function (opened) {
      if (!opened) return then(null);
      files.load("search/text.js", function (ok) { then(ok && opened.addText() ? opened : null); });
    });
  };

  /* What stands for a document in a list: of a playbook, the ID that its address begins with, as those of
     `ttpress new` do. */
  files.idOf = function (d) {
    var own = /^playbooks\/((?:ta|[tgsc])\d{4})(?:-(\d{3}))?(?:-|$)/.exec(d.id);
    if (own) return own[1].toUpperCase() + (own[2] ? "." + own[2] : "");
    return d.id.indexOf("/") > 0 ? "" : d.id.split("#")[0];
  };

  /* `/` and `s` lead here, by the character typed. */
  addEventListener("keydown", function (e) {
    var at = e.target, typing = at && (/^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) || at.isContentEditable);
    if (typing || e.ctrlKey || e.metaKey || e.altKey || (e.key !== "/" && e.key !== "s")) return;
    if (doc.documentElement.hasAttribute("data-no-keys")) return;
    e.preventDefault();
    input.focus();
    input.select();
  });
  if (!form) return;

  var list = doc.createElement("ul"), options = [], chosen = -1;
  list.id = "hits";
  list.className = "hits";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", strings.search_hits);
  form.appendChild(list);

  function close() {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
  function choose(next) {
    if (chosen >= 0 && options[chosen]) options[chosen].element.setAttribute("aria-selected", "false");
    chosen = next;
    if (chosen < 0) return input.removeAttribute("aria-activedescendant");
    options[chosen].element.setAttribute("aria-selected", "true");
    options[chosen].element.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[chosen].element.id);
  }
  function option(cells, href, cls) {
    var element = doc.createElement("li");
    element.id = "hit-" + options.length;
    element.setAttribute("role", "option");
    element.setAttribute("aria-selected", "false");
    if (cls) element.className = cls;
    cells.forEach(function (text) {
      var cell = doc.createElement("span");
      cell.textContent = text;
      element.appendChild(cell);
    });
    element.addEventListener("mousedown", function (e) { e.preventDefault(); });
    element.addEventListener("click", function () { location.href = href; });
    list.appendChild(element);
    options.push({ element: element, href: href });
  }
  function page(query) { return files.root + "search/index.html?q=" + encodeURIComponent(query); }

  /* Once the postings are there, the page's own ranking; until then, names alone. */
  function find(query) {
    if (!engine.text) return engine.quick(query, MOST);
    var found = engine.search(query);
    return found.hits ? found.hits.slice(0, MOST) : engine.quick(query, MOST);
  }
  function otherName(hit, query) {
    var key = files.engine.compact(query);
    if (hit.named < 1 || files.engine.compact(hit.document.title).indexOf(key) === 0) return "";
    var alias = hit.document.aliases.filter(function (name) { return files.engine.compact(name).indexOf(key) === 0; })[0];
    return alias ? " (" + alias + ")" : "";
  }
  function show() {
    var query = input.value.trim();
    if (!engine || !query || doc.activeElement !== input) return close();
    list.textContent = "";
    options = [];
    chosen = -1;
    find(query).forEach(function (hit) {
      var d = hit.document;
      option([files.idOf(d), d.title + otherName(hit, query), d.kind.one], files.root + d.href);
    });
    option([strings.search_all.replace("{query}", function () { return query; })], page(query), "all");
    input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-expanded", "true");
    list.hidden = false;
  }
  function ready() {
    files.open(function (opened) {
      if (!opened) return;
      show();
      /* What comes late must not take the choice away. */
      if (input.value.trim().length > 1 && !opened.text) files.openAll(function () { if (chosen < 0) show(); });
    });
  }
  input.addEventListener("focus", ready);
  input.addEventListener("input", ready);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", function (e) {
    if (e.key === "Escape") {
      if (list.hidden) input.value = "";
      close();
      e.preventDefault();
    } else if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      if (list.hidden) return show();
      var step = e.key === "ArrowDown" ? 1 : -1;
      choose((chosen + 1 + step + options.length + 1) % (options.length + 1) - 1);
    }
  });
  /* Enter: what is chosen, else the sole exact hit, else the page of results. */
  form.addEventListener("submit", function (e) {
    var query = input.value.trim();
    e.preventDefault();
    if (!query) return;
    if (chosen >= 0) { location.href = options[chosen].href; return; }
    files.open(function (opened) {
      var exact = opened ? opened.quick(query, MOST).filter(function (hit) { return hit.named >= files.engine.EXACT; }) : [];
      location.href = exact.length === 1 ? files.root + exact[0].document.href : page(query);
    });
  });
})();
