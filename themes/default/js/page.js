/* ttpress default theme. Classic script, loaded with defer. Every part is an improvement; no page needs it. */
(function () {
  "use strict";
  var doc = document, root = doc.documentElement, strings = self.ttpressStrings;
  function all(sel, from) { return Array.prototype.slice.call((from || doc).querySelectorAll(sel)); }
  function make(tag, cls, text) {
    var e = doc.createElement(tag);
    if (cls) e.className = cls;
    if (text) e.textContent = text;
    if (tag === "button") e.type = "button";
    return e;
  }

  /* One polite live region for "Copied", "12 of 223 rows". */
  var live = make("div", "vh");
  live.setAttribute("role", "status");
  doc.body.appendChild(live);
  function say(text) { live.textContent = ""; setTimeout(function () { live.textContent = text; }, 30); }
  self.ttpress = { all: all, make: make, say: say };

  /* Theme: system, light, dark. */
  var themes = ["system", "light", "dark"], names = { system: strings.theme_auto, light: strings.theme_light, dark: strings.theme_dark };
  var button = doc.querySelector(".theme");
  function theme() { return root.getAttribute("data-theme") || "system"; }
  function label() { button.lastElementChild.textContent = names[theme()]; }
  function store(t) {
    try {
      if (t === "system") localStorage.removeItem("ttpress-theme");
      else localStorage.setItem("ttpress-theme", t);
    } catch (e) { /* not remembered */ }
  }
  if (button) {
    label();
    button.addEventListener("click", function () {
      var t = themes[(themes.indexOf(theme()) + 1) % 3];
      if (t === "system") root.removeAttribute("data-theme"); else root.setAttribute("data-theme", t);
      store(t); label(); say(strings.theme_is.replace("{theme}", names[t]));
    });
    addEventListener("storage", function (e) {
      if (e.key !== "ttpress-theme") return;
      if (e.newValue === "light" || e.newValue === "dark") root.setAttribute("data-theme", e.newValue);
      else root.removeAttribute("data-theme");
      label();
    });
  }

  /* Copy: the ID badge and every code block. */
  function fallback(text) {
    var area = make("textarea", "vh"), ok = false, back = doc.activeElement;
    area.value = text; area.setAttribute("readonly", "");
    doc.body.appendChild(area); area.select();
    try { ok = doc.execCommand("copy"); } catch (e) { /* reported below */ }
    doc.body.removeChild(area);
    if (back && back.focus) back.focus();
    return ok;
  }
  function copy(text, b) {
    function done(ok) {
      b.textContent = ok ? strings.copied : strings.copy_by_hand;
      say(b.textContent);
      setTimeout(function () { b.textContent = strings.copy; }, 1600);
    }
    if (navigator.clipboard && window.isSecureContext)
      navigator.clipboard.writeText(text).then(function () { done(true); }, function () { done(fallback(text)); });
    else done(fallback(text));
  }
  function copier(from, name) {
    var b = make("button", "copy", strings.copy);
    b.setAttribute("aria-label", strings.copy_what.replace("{what}", name));
    b.addEventListener("click", function () { copy(from.textContent.replace(/\n$/, ""), b); });
    return b;
  }
  all(".head .id").forEach(function (id) { id.parentNode.insertBefore(copier(id, id.textContent), id.nextSibling); });
  all("pre").forEach(function (pre) {
    var box = make("div", "pre");
    pre.parentNode.insertBefore(box, pre);
    box.appendChild(pre);
    /* What attackers ran is to be read. */
    if (!pre.closest(".theirs")) box.appendChild(copier(pre, strings.copy_code));
    if (!pre.hasAttribute("tabindex") && pre.scrollWidth > pre.clientWidth) pre.tabIndex = 0;
  });

  /* Long tables: 25 rows until asked, of software in playbooks 5. CSS hides the rest, so there is no jump while
     loading. */
  var long = all("table[data-more],table[data-sift]"), openers = [];
  long.forEach(function (t) {
    var rows = t.tBodies[0].rows, n = rows.length, first = t.classList.contains("tools") ? 5 : 25;
    if (n <= first) return;
    var more = make("button", "more", strings.rows_all.replace("{n}", n));
    if (t.hasAttribute("data-more")) t.parentNode.insertBefore(more, t.nextSibling);
    function open(focus) {
      if (t.classList.contains("open")) return;
      t.classList.add("open"); more.remove();
      if (focus) { var a = rows[first].querySelector("a"); if (a) a.focus({ preventScroll: true }); }
    }
    more.addEventListener("click", function () { open(true); });
    openers.push({ table: t, open: open });

    /* and a filter, where it saves more than it takes */
    if (n <= 25) return;
    var sec = t.previousElementSibling;
    while (sec && !sec.matches(".sec,.toprow")) sec = sec.previousElementSibling;
    if (!sec) return;
    var act = sec.querySelector(".act") || sec.appendChild(make("p", "act"));
    var input = make("input", "sift"), texts = null, filter = strings.rows_filter.replace("{n}", n);
    input.type = "search"; input.placeholder = filter; input.autocomplete = "off";
    var h = sec.querySelector("h2");
    input.setAttribute("aria-label", filter + (h ? ": " + h.firstChild.textContent.trim() : ""));
    act.insertBefore(input, act.firstChild);
    input.addEventListener("input", function () {
      var asked = input.value.toLowerCase().split(/\s+/).filter(Boolean), hits = 0, i;
      if (!texts) {
        texts = new Map();
        for (i = 0; i < n; i++) texts.set(rows[i], rows[i].textContent.toLowerCase());
      }
      texts.forEach(function (text, row) {
        var hit = asked.every(function (w) { return text.indexOf(w) >= 0; });
        row.hidden = !hit;
        if (hit && !row.classList.contains("off")) hits++;
      });
      t.classList.toggle("filtering", asked.length > 0);
      more.hidden = asked.length > 0 || t.classList.contains("cutting");
      if (asked.length) say(strings.rows_found.replace("{found}", hits).replace("{n}", n));
    });
    input.addEventListener("keydown", function (e) {
      if (e.key === "Escape" && input.value) { input.value = ""; input.dispatchEvent(new Event("input")); e.preventDefault(); }
    });
  });
  /* Long lists of references are laid out when the reader first does something, before it is done: what is scrolled or
     gone to lies where it stays. */
  var signs = ["scroll", "wheel", "touchstart", "pointerdown", "keydown", "focusin"];
  function layOut() {
    root.classList.remove("later");
    signs.forEach(function (sign) { removeEventListener(sign, layOut, true); });
  }
  signs.forEach(function (sign) { addEventListener(sign, layOut, { capture: true, passive: true }); });

  function openAll() { openers.forEach(function (o) { o.open(false); }); }
  function openHash() {
    var id = location.hash.slice(1), e;
    try { e = id && doc.getElementById(decodeURIComponent(id)); } catch (x) { return; }
    if (!e) return;
    for (var p = e; p; p = p.parentElement) if (p.tagName === "DETAILS") p.open = true;
    openers.forEach(function (o) { if (o.table.contains(e)) { o.open(false); e.scrollIntoView(); } });
  }
  openHash();
  addEventListener("hashchange", openHash);

  /* The browser's own search must find every row. */
  addEventListener("keydown", function (e) {
    if (((e.ctrlKey || e.metaKey) && (e.key === "f" || e.key === "F")) || e.key === "F3") openAll();
  });

  /* Paper: everything is open, and closes again. */
  var opened = [];
  addEventListener("beforeprint", function () {
    all("details:not([open])").forEach(function (d) { d.open = true; opened.push(d); });
  });
  addEventListener("afterprint", function () { opened.forEach(function (d) { d.open = false; }); opened = []; });

  /* Where you are, in the section list; and the current section in the bar's view on a phone. */
  var links = all(".toc a[href^='#']");
  if (links.length && window.IntersectionObserver) {
    var marks = links.map(function (a) { return doc.getElementById(a.getAttribute("href").slice(1)); });
    var here = -1, strip = links[0].closest("ul");
    var update = function () {
      var at = 0, i;
      for (i = 0; i < marks.length; i++) if (marks[i] && marks[i].offsetParent && marks[i].getBoundingClientRect().top < innerHeight * 0.3) at = i;
      if (innerHeight + scrollY >= root.scrollHeight - 2) {
        var hash = links.findIndex(function (a) { return a.getAttribute("href") === location.hash; });
        at = hash >= at ? hash : marks.length - 1;
      }
      if (at === here) return;
      if (here >= 0) { links[here].classList.remove("here"); links[here].removeAttribute("aria-current"); }
      links[at].classList.add("here"); links[at].setAttribute("aria-current", "location");
      here = at;
      /* On a phone the list is a strip that stays: it follows. */
      strip.scrollLeft += links[at].getBoundingClientRect().left - strip.getBoundingClientRect().left - 40;
    };
    var eye = new IntersectionObserver(update, { rootMargin: "1000000px 0px -70% 0px" });
    marks.forEach(function (m) { if (m) eye.observe(m); });
  }
  var nav = doc.querySelector(".nav"), now = nav && nav.querySelector("[aria-current]");
  if (nav) nav.addEventListener("focusin", function (e) { e.target.scrollIntoView({ block: "nearest", inline: "nearest" }); });
  /* Asked once the other scripts have written what they write: the page is laid out once. */
  if (now) requestAnimationFrame(function () {
    if (now.offsetLeft + now.offsetWidth > nav.offsetLeft + nav.clientWidth) nav.scrollLeft = now.offsetLeft - nav.offsetLeft - 40;
  });
})();
