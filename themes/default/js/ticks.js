/* Checklists: without a script their boxes are marks; here they can be ticked, and stay so in this browser, page by
   page, until they are cleared. A box is known by its text: others may come before it. */
(function () {
  "use strict";
  var all = self.ttpress.all, make = self.ttpress.make, say = self.ttpress.say, strings = self.ttpressStrings;
  var boxes = all(".authored li>input[type=checkbox],.authored li>p>input[type=checkbox]");
  var KEY = "ttpress-ticks:" + location.pathname.replace(/index\.html$/, "");
  if (!boxes.length) return;

  function read() {
    try { return JSON.parse(localStorage.getItem(KEY)); } catch (e) { return null; }
  }
  function keep() {
    var texts = {};
    boxes.forEach(function (box, i) { if (box.checked !== box.defaultChecked) texts[names[i]] = box.checked; });
    try {
      if (Object.keys(texts).length) localStorage.setItem(KEY, JSON.stringify(texts)); else localStorage.removeItem(KEY);
    } catch (e) { /* not remembered */ }
  }
  /* The text of the step itself, without the steps below it. */
  function textOf(box) {
    var text = "", node = box.nextSibling;
    for (; node && !/^([UO]L|PRE|DIV)$/.test(node.nodeName); node = node.nextSibling) text += node.textContent;
    return text.replace(/\s+/g, " ").trim();
  }
  var counts = {}, kept = read() || {};
  var names = boxes.map(function (box) {
    var text = textOf(box), n = counts[text] = (counts[text] || 0) + 1;
    return n > 1 ? text + " (" + n + ")" : text;
  });

  var buttons = [];
  function show() {
    buttons.forEach(function (b) { b.clear.disabled = !b.boxes.some(function (box) { return box.checked !== box.defaultChecked; }); });
  }
  boxes.forEach(function (box, i) {
    box.disabled = false;
    box.setAttribute("aria-label", names[i]);
    if (typeof kept[names[i]] === "boolean") box.checked = kept[names[i]];
    box.addEventListener("change", function () { keep(); show(); });
  });
  /* One button at the head of each section that has boxes. */
  all(".sec").forEach(function (sec) {
    var own = [], next = sec.nextElementSibling;
    for (; next && !next.matches(".sec"); next = next.nextElementSibling)
      own = own.concat(boxes.filter(function (box) { return next.contains(box); }));
    if (!own.length) return;
    var act = sec.querySelector(".act") || sec.appendChild(make("p", "act")), clear = act.appendChild(make("button", "clear", strings.ticks_clear));
    clear.addEventListener("click", function () {
      own.forEach(function (box) { box.checked = box.defaultChecked; });
      own[0].focus();
      keep();
      show();
      say(strings.ticks_clear);
    });
    buttons.push({ clear: clear, boxes: own });
  });
  show();
})();
