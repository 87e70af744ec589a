/* The two fields for overlays: type a name, another name or an ID, and choose. */
(function () {
  "use strict";
  var M = self.ttpressMatrix, make = M.make, pick = M.pick = {}, fields = [], MOST = 12;

  pick.start = function () { ["a", "b"].forEach(function (slot) { fields.push(field(slot)); }); };
  pick.reflect = function () { fields.forEach(function (each) { each.reflect(); }); };

  function field(slot) {
    var input = M.form.elements[slot], list = make("ul"), options = [], chosen = -1;
    list.id = "mx-" + slot;
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.getAttribute("aria-label"));
    input.parentNode.appendChild(list);

    function name() {
      var overlay = M.sets.get(M.state[slot]);
      return overlay ? overlay.name : M.state[slot];
    }
    function close() {
      list.hidden = true;
      chosen = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }
    function take(key) {
      close();
      var change = { only: "" };
      change[slot] = key;
      M.set(change);
    }
    function choose(next) {
      if (options[chosen]) options[chosen].element.setAttribute("aria-selected", "false");
      chosen = next;
      if (!options[chosen]) return input.removeAttribute("aria-activedescendant");
      options[chosen].element.setAttribute("aria-selected", "true");
      options[chosen].element.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", options[chosen].element.id);
      return undefined;
    }
    function option(overlay, typed) {
      var element = make("li"), other = M.sets.otherName(overlay, typed);
      element.id = list.id + "-" + options.length;
      element.setAttribute("role", "option");
      element.setAttribute("aria-selected", "false");
      element.append(
        make("span", "", overlay.id || "\u00b7"), make("span", "", overlay.name + (other ? " (" + other + ")" : "")),
        make("span", "", M.say(overlay.kind))
      );
      element.addEventListener("pointerdown", function (e) { e.preventDefault(); });
      element.addEventListener("click", function () { take(overlay.key); });
      list.appendChild(element);
      options.push({ element: element, key: overlay.key });
    }
    function show() {
      var typed = input.value === name() ? "" : input.value;
      list.textContent = "";
      options = [];
      chosen = -1;
      M.sets.find(typed, MOST).forEach(function (overlay) { option(overlay, typed); });
      if (!options.length) return close();
      input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-expanded", "true");
      list.hidden = false;
      return undefined;
    }
    input.addEventListener("input", function () {
      if (!input.value && M.state[slot]) take("");
      show();
    });
    input.addEventListener("focus", function () { input.select(); show(); });
    input.addEventListener("click", function () { if (list.hidden) show(); });
    input.addEventListener("blur", function () { close(); input.value = name(); });
    input.addEventListener("keydown", function (e) {
      var down = e.key === "ArrowDown" ? 1 : e.key === "ArrowUp" ? -1 : 0;
      if (down) {
        e.preventDefault();
        if (list.hidden) return show();
        choose((chosen + 1 + down + options.length + 1) % (options.length + 1) - 1);
      } else if (e.key === "Enter") {
        e.preventDefault();
        if (!list.hidden && options.length) take(options[Math.max(chosen, 0)].key);
      } else if (e.key === "Escape") {
        e.preventDefault();
        if (list.hidden && M.state[slot]) take("");
        close();
        input.value = name();
      }
      return undefined;
    });
    if (document.activeElement === input) show();
    return {
      reflect: function () {
        if (document.activeElement !== input || list.hidden) input.value = name();
        input.classList.toggle("set", Boolean(M.state[slot]));
      }
    };
  }
})();
