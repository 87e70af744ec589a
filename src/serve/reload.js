/* The preview server's own script; no page of a built site has it. Loads the page again when the site has changed,
   and shows what is wrong with it. Text from the server stays text. */
(function () {
  "use strict";
  var doc = document, own = doc.currentScript.getAttribute("data-version"), source = null, panel = null;

  function element(name, parent) {
    return parent.appendChild(doc.createElement(name));
  }
  function open() {
    var style = element("link", doc.head);
    style.rel = "stylesheet";
    style.href = "/.ttpress/panel.css";
    panel = element("details", doc.body);
    panel.className = "ttpress-findings";
    panel.setAttribute("role", "status");
    element("summary", panel);
    element("pre", panel).tabIndex = 0;
  }
  function show(status) {
    if (!panel && status.summary) open();
    if (!panel) return;
    panel.hidden = !status.summary;
    panel.open = status.is_broken;
    panel.classList.toggle("broken", status.is_broken);
    panel.firstChild.textContent = status.summary;
    panel.lastChild.textContent = status.report;
  }
  /* A browser has six connections to a server: a page that nobody looks at gives its own back. */
  function listen() {
    if (source) source.close();
    source = null;
    if (doc.hidden) return;
    source = new EventSource("/.ttpress/events");
    source.onmessage = function (message) {
      var status = JSON.parse(message.data);
      if (status.version === own) return show(status);
      source.close();
      location.reload();
    };
  }
  doc.addEventListener("visibilitychange", listen);
  listen();
})();
