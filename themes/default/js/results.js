/* The page of results: query in the address, facets with counts, snippets with the words marked, recent searches. */
(function () {
  "use strict";
  var doc = document, files = self.ttpressSearch, strings = self.ttpressStrings, form = doc.querySelector(".ask"), input = doc.getElementById("ask");
  var tally = doc.querySelector(".tally"), facets = doc.querySelector(".facets"), answers = doc.querySelector(".answers");
  var early = make("div", "");
  var current = null; /* the list that is wanted: what comes late for another is dropped */
  var STEP = 20, RECENT = "ttpress-searches", MOST_RECENT = 8, SNIPPET = 220;
  if (!files || !form) return;
  function make(tag, cls, text) {
    var element = doc.createElement(tag);
    if (cls) element.className = cls;
    if (text) element.textContent = text;
    return element;
  }

  answers.parentNode.appendChild(early);

  /* ---- recent searches ---- */
  function recent() {
    try { return JSON.parse(localStorage.getItem(RECENT)) || []; } catch (e) { return []; }
  }
  function keep(list) {
    try { localStorage.setItem(RECENT, JSON.stringify(list.slice(0, MOST_RECENT))); } catch (e) { /* not remembered */ }
  }
  function remember(query) { keep([query].concat(recent().filter(function (q) { return q !== query; }))); }
  function showRecent() {
    var list = recent();
    facets.hidden = true;
    answers.textContent = "";
    tally.textContent = "";
    if (!list.length) return;
    var head = make("p", "act", ""), forget = make("button", "", strings.search_forget), links = make("ul", "cols");
    forget.type = "button";
    forget.addEventListener("click", function () { keep([]); showRecent(); });
    head.appendChild(make("b", "", strings.search_recent));
    head.appendChild(forget);
    list.forEach(function (query) {
      var item = make("li");
      item.appendChild(link(query, "?q=" + encodeURIComponent(query)));
      links.appendChild(item);
    });
    answers.appendChild(head);
    answers.appendChild(links);
  }
  function link(text, href) {
    var a = make("a", "", text);
    a.href = href;
    return a;
  }

  /* ---- snippets ---- */
  function marker(words) {
    var known = new Set(words);
    return function (text, into) {
      var at = 0;
      text.replace(/[\p{Alphabetic}\p{N}]+/gu, function (word, start) {
        if (!known.has(word.toLowerCase())) return;
        into.appendChild(doc.createTextNode(text.slice(at, start)));
        into.appendChild(make("mark", "", word));
        at = start + word.length;
      });
      into.appendChild(doc.createTextNode(text.slice(at)));
    };
  }
  /* The stretch of a text that holds most different words of the query. */
  function snippet(text, words) {
    var known = new Set(words), best = 0, most = -1, spots = [];
    text = text.replace(/\s+/g, " ");
    text.replace(/[\p{Alphabetic}\p{N}]+/gu, function (word, start) {
      word = word.toLowerCase();
      if (known.has(word)) spots.push([start, word]);
    });
    spots.forEach(function (spot) {
      var seen = new Set(spots.filter(function (s) { return s[0] >= spot[0] && s[0] < spot[0] + SNIPPET - 40; }).map(function (s) { return s[1]; }));
      if (seen.size > most) { most = seen.size; best = spot[0]; }
    });
    var from = best < SNIPPET / 2 ? 0 : text.lastIndexOf(" ", best - 50) + 1;
    var cut = from + SNIPPET >= text.length ? text.length : text.lastIndexOf(" ", from + SNIPPET);
    return (from ? "\u2026 " : "") + text.slice(from, cut) + (cut < text.length ? " \u2026" : "");
  }

  /* ---- results ---- */
  function answer(hit, marks, text) {
    var d = hit.document, item = make("li"), head = make("h2"), a = link("", files.root + d.href);
    var mark = marker(marks);
    head.appendChild(make("code", "", files.idOf(d)));
    mark(d.title, a);
    head.appendChild(a);
    head.appendChild(make("span", "tag", d.kind.one));
    item.appendChild(head);
    if (d.aliases.length) {
      var others = make("p", "also");
      mark(d.aliases.join(", "), others);
      item.appendChild(others);
    }
    if (text) {
      var says = make("p");
      mark(snippet(text, marks), says);
      item.appendChild(says);
    }
    return item;
  }
  function shards(documents, size) {
    var wanted = new Set(documents.map(function (d) { return Math.floor(d.number / size); }));
    return Array.from(wanted);
  }
  function loadTexts(numbers, then) {
    var left = numbers.length;
    if (!left) return then();
    numbers.forEach(function (n) {
      files.load("search/texts/" + n + ".js", function (ok) {
        if (!ok) (files.texts = files.texts || [])[n] = [];
        if (--left === 0) then();
      });
    });
  }
  function textOf(engine, d) {
    var shard = files.texts && files.texts[Math.floor(d.number / engine.names.shard)];
    return (shard && shard[d.number % engine.names.shard]) || "";
  }

  /* The list comes whole, once its snippets are there, and `before` it what stands around it: so nothing moves. */
  function list(engine, hits, marks, before) {
    var ol = current = make("ol", "results"), shown = 0, more = make("button", "more", strings.search_more);
    more.type = "button";
    function next() {
      var some = hits.slice(shown, shown + STEP), first = shown;
      loadTexts(shards(some.map(function (h) { return h.document; }), engine.names.shard), function () {
        if (current !== ol) return;
        some.forEach(function (hit) { ol.appendChild(answer(hit, marks, textOf(engine, hit.document))); });
        shown += some.length;
        more.hidden = shown >= hits.length;
        if (first) return ol.children[first].querySelector("a").focus();
        before();
        early.textContent = "";
        answers.textContent = "";
        answers.appendChild(ol);
        answers.appendChild(more);
      });
    }
    more.addEventListener("click", next);
    next();
  }

  /* What the names alone tell, until the rest is there; beside the answers, so that no answer moves. */
  function showEarly(engine, query) {
    var hits = engine.text ? [] : engine.quick(query, STEP), words = files.engine.words(query), ol = make("ol", "results");
    if (!hits.length) return;
    hits.forEach(function (hit) { ol.appendChild(answer(hit, words, "")); });
    answers.textContent = "";
    early.appendChild(ol);
  }

  /* A facet's value is a filter of the query: choosing it writes it there, so the address tells all. */
  function without(query, name) {
    return query.replace(new RegExp("(^|\\s)" + name + ':(?:"[^"]*"?|\\S*)', "gi"), " ").replace(/\s+/g, " ").trim();
  }
  function facet(engine, query, name, title, position, valuesOf) {
    var chosen = files.engine.parse(query).filters[position].map(files.engine.compact), counts = new Map();
    var rest = without(query, name), found = engine.search(rest || name + ":");
    (found.hits || (rest ? [] : engine.names.documents.map(function (d) { return { document: d }; }))).forEach(function (hit) {
      valuesOf(hit.document).forEach(function (value) { counts.set(value, (counts.get(value) || 0) + 1); });
    });
    if (!counts.size) return;
    var box = make("section"), ul = make("ul"), all = Array.from(counts).sort(function (a, b) { return b[1] - a[1] || (a[0] < b[0] ? -1 : 1); });
    box.appendChild(make("h2", "", title));
    all.slice(0, 15).forEach(function (pair) {
      var on = chosen.indexOf(files.engine.compact(pair[0])) >= 0, item = make("li"), value = pair[0].indexOf(" ") < 0 ? pair[0] : '"' + pair[0] + '"';
      var a = link(pair[0], "?q=" + encodeURIComponent(on ? rest : (rest + " " + name + ":" + value).trim()));
      if (on) a.setAttribute("aria-current", "true");
      a.appendChild(make("small", "", String(pair[1])));
      item.appendChild(a);
      ul.appendChild(item);
    });
    box.appendChild(ul);
    facets.appendChild(box);
  }
  function showFacets(engine, query) {
    facets.textContent = "";
    facet(engine, query, "type", strings.search_type, 0, function (d) { return [d.kind.one]; });
    facet(engine, query, "tactic", strings.search_tactic, 1, function (d) { return engine.text.tactics[d.number]; });
    facet(engine, query, "platform", strings.search_platform, 2, function (d) { return engine.text.platforms[d.number]; });
    facets.hidden = !facets.firstChild;
  }
  function showNothing(engine, query) {
    var near = engine.nearest(query, 6), ul = make("ul", "cols");
    tally.textContent = strings.search_none.replace("{query}", function () { return query; });
    answers.textContent = "";
    if (!near.length) return;
    near.forEach(function (d) {
      var item = make("li");
      item.appendChild(make("code", "", files.idOf(d)));
      item.appendChild(link(d.title, files.root + d.href));
      ul.appendChild(item);
    });
    answers.appendChild(make("h2", "lesser", strings.search_nearest));
    answers.appendChild(ul);
  }

  function run(query) {
    input.value = query;
    current = null;
    early.textContent = "";
    if (!query) return showRecent();
    tally.textContent = strings.search_wait;
    files.open(function (engine) { if (engine && asked() === query) showEarly(engine, query); });
    files.openAll(function (engine) {
      if (!engine) { tally.textContent = strings.search_missing; return; }
      var found = engine.search(query);
      if (found.missing) return loadTexts(found.missing, function () { run(query); });
      remember(query);
      if (!found.hits.length) {
        early.textContent = "";
        showFacets(engine, query);
        return showNothing(engine, query);
      }
      var n = found.hits.length;
      list(engine, found.hits, found.marks, function () { showFacets(engine, query); });
      tally.textContent = (n === 1 ? strings.search_one : strings.search_other).replace("{n}", n) + (found.relaxed ? ". " + strings.search_relaxed : "");
    });
  }
  function asked() { return (new URLSearchParams(location.search).get("q") || "").trim(); }
  form.addEventListener("submit", function (e) {
    e.preventDefault();
    var query = input.value.trim();
    if (query === asked()) return;
    try { history.pushState(null, "", "?q=" + encodeURIComponent(query)); } catch (x) { location.search = "?q=" + encodeURIComponent(query); return; }
    run(query);
  });
  addEventListener("popstate", function () { run(asked()); });
  run(asked());
  if (!asked()) input.focus();
})();
