/* Tabs: one query in several languages. Without this script the blocks stand one below the other. The language that a
   reader chooses is chosen everywhere, on this page and on the next. */
(function () {
  "use strict";
  var doc = document, KEY = "ttpress-dialect", groups = [];
  function remembered() {
    try { return localStorage.getItem(KEY); } catch (e) { return null; }
  }
  function remember(key) {
    try { localStorage.setItem(KEY, key); } catch (e) { /* not remembered */ }
  }
  function key(panel) { return panel.getAttribute("data-tab"); }

  function show(group, chosen) {
    group.panels.forEach(function (panel, i) {
      var on = i === chosen;
      panel.hidden = !on;
      group.tabs[i].setAttribute("aria-selected", String(on));
      group.tabs[i].tabIndex = on ? 0 : -1;
    });
  }
  function showKey(group, wanted) {
    var at = group.panels.map(key).indexOf(wanted);
    if (at >= 0) show(group, at);
  }
  /* What is chosen here is chosen in all groups that have it; the tab under the pointer stays where it is. */
  function choose(group, at) {
    var wanted = key(group.panels[at]), before = group.list.getBoundingClientRect().top;
    groups.forEach(function (other) { if (other !== group) showKey(other, wanted); });
    show(group, at);
    remember(wanted);
    group.tabs[at].focus({ preventScroll: true });
    scrollBy(0, group.list.getBoundingClientRect().top - before);
  }
  function move(group, at, e) {
    var last = group.tabs.length - 1;
    var to = { ArrowRight: at < last ? at + 1 : 0, ArrowLeft: at > 0 ? at - 1 : last, Home: 0, End: last }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    choose(group, to);
  }

  Array.prototype.forEach.call(doc.querySelectorAll(".tabs"), function (box, n) {
    var panels = Array.prototype.filter.call(box.children, function (child) { return child.classList.contains("tab"); });
    if (panels.length < 2) return;
    var list = doc.createElement("div"), group = { box: box, list: list, panels: panels, tabs: [] };
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", box.getAttribute("data-name"));
    panels.forEach(function (panel, i) {
      var tab = doc.createElement("button");
      tab.type = "button";
      tab.textContent = panel.getAttribute("data-label");
      tab.id = "tab-" + n + "-" + i;
      panel.id = panel.id || "panel-" + n + "-" + i;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panel.id);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      tab.addEventListener("click", function () { choose(group, i); });
      tab.addEventListener("keydown", function (e) { move(group, i, e); });
      list.appendChild(tab);
      group.tabs.push(tab);
    });
    box.insertBefore(list, box.firstChild);
    box.classList.add("on");
    groups.push(group);
    show(group, 0);
    showKey(group, remembered());
  });

  /* An address that leads into a tab opens it. */
  function openHash() {
    var target = null;
    try { target = doc.getElementById(decodeURIComponent(location.hash.slice(1))); } catch (e) { return; }
    if (!target) return;
    groups.forEach(function (group) {
      group.panels.forEach(function (panel, i) { if (panel.hidden && panel.contains(target)) show(group, i); });
    });
    if (groups.length) target.scrollIntoView();
  }
  openHash();
  addEventListener("hashchange", openHash);
})();
