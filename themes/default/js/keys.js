/* The menu: all sections, pages, settings, shortcuts. Shortcuts go by the character typed, never while one types a text, and can be
   turned off; then search.js leaves its keys alone too. The menu is made here, not in each of thousands of pages; the
   header's links say which keys lead where. */
(function () {
  "use strict";
  var doc = document, root = doc.documentElement, button = doc.querySelector(".open-menu");
  var make = self.ttpress.make, all = self.ttpress.all, strings = self.ttpressStrings;
  var menu = make("dialog", "menu");
  if (!menu.showModal) return;

  function heading(level, text) { return menu.appendChild(make(level, "", text)); }
  function list(mine, title) {
    var section = menu.appendChild(make("section"));
    section.setAttribute("data-mine", mine);
    section.append(make("h3", "", title), make("ul"), make("button", "clear", strings.clear));
  }
  function box(name, text) {
    var label = menu.appendChild(make("label")), input = make("input");
    input.type = "checkbox";
    input.setAttribute("data-set", name);
    label.append(input, text);
  }
  function key(into, names, what) {
    var row = into.appendChild(make("div")), term = row.appendChild(make("dt"));
    names.forEach(function (name, i) { term.append(i ? " " : "", make("kbd", "", name)); });
    row.appendChild(make("dd")).append(what);
  }
  var head = menu.appendChild(make("header")), title = head.appendChild(make("h2", "", strings.menu));
  /* Anchors of headings hold no underscore, so this ID is free. */
  title.id = "_menu";
  menu.setAttribute("aria-labelledby", title.id);
  head.appendChild(make("button", "shut", strings.menu_close));
  heading("h3", strings.sections);
  var places = menu.appendChild(make("ul", "places"));
  all(".brand,.nav a,.foot a[href$='/index.html']").forEach(function (link) {
    var letter = link.getAttribute("data-go"), copy = make("a", "", letter === "h" ? strings.home : link.textContent);
    var item = places.appendChild(make("li"));
    copy.href = link.href;
    item.append(copy);
    if (letter) item.append(" ", make("kbd", "", "g"), " ", make("kbd", "", letter));
  });
  list("pins", strings.pinned);
  list("recent", strings.recently);
  heading("h3", strings.menu_settings);
  box("contrast", strings.menu_contrast);
  box("keys", strings.menu_keys);
  heading("h3", strings.menu_keyboard);
  var keys = menu.appendChild(make("dl", "keys"));
  key(keys, ["/", "s"], strings.search);
  key(keys, ["?"], strings.menu_this);
  key(keys, ["Esc"], strings.menu_escape);
  doc.body.appendChild(menu);

  function open() { if (!menu.open) menu.showModal(); }
  if (button) button.addEventListener("click", open);
  menu.querySelector(".shut").addEventListener("click", function () { menu.close(); });
  /* A click beside the dialog is one on its backdrop, which counts as the dialog itself. */
  menu.addEventListener("click", function (e) { if (e.target === menu) menu.close(); });

  function store(key, value) {
    try {
      if (value) localStorage.setItem(key, value); else localStorage.removeItem(key);
    } catch (e) { /* not remembered */ }
  }
  function setting(name, attribute, key, value, inverse) {
    var box = menu.querySelector("[data-set=" + name + "]");
    box.checked = root.hasAttribute(attribute) !== inverse;
    box.addEventListener("change", function () {
      var set = box.checked !== inverse;
      if (set) root.setAttribute(attribute, value); else root.removeAttribute(attribute);
      store(key, set ? value : "");
    });
  }
  setting("keys", "data-no-keys", "ttpress-keys", "off", true);
  setting("contrast", "data-contrast", "ttpress-contrast", "more", false);

  var waiting = 0;
  function handle(e) {
    var at = e.target;
    /* AltGr only helps to type a character; elsewhere it counts as Ctrl and Alt. */
    var command = (e.ctrlKey || e.metaKey || e.altKey) && !e.getModifierState("AltGraph");
    if (root.hasAttribute("data-no-keys") || command || e.isComposing) return;
    if (at && (/^(TEXTAREA|SELECT)$/.test(at.tagName) || at.isContentEditable || at.matches && at.matches("input:not([type=checkbox])"))) return;
    var goes = waiting;
    clearTimeout(waiting);
    waiting = 0;
    if (goes) {
      var link = /^[a-z]$/.test(e.key) && doc.querySelector("a[data-go=" + e.key + "]");
      if (link) {
        e.preventDefault();
        e.stopImmediatePropagation();
        location.href = link.href;
      }
      return;
    }
    if (e.key === "?") { e.preventDefault(); open(); }
    else if (e.key === "g") waiting = setTimeout(function () { waiting = 0; }, 1500);
  }
  /* Before all others: after `g`, `s` leads to the software, not into the search. */
  addEventListener("keydown", handle, true);
})();
