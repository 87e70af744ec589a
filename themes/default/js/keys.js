/* The menu: shortcuts, settings, pages. Shortcuts go by the character typed, never while one types a text, and can be
   turned off; then search.js leaves its keys alone too. */
(function () {
  "use strict";
  var doc = document, root = doc.documentElement, menu = doc.getElementById("_menu"), button = doc.querySelector(".open-menu");
  if (!menu || !menu.showModal) return;

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
      var link = /^[a-z]$/.test(e.key) && menu.querySelector("a[data-go=" + e.key + "]");
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
