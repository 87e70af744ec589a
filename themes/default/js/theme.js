/* Loaded in <head> without defer: theme and contrast before first paint, the "js" mark that progressive styles wait
   for, the "later" mark of pages that open at their top, and room for the reader's own pages where there are any. Fonts are fetched at once, not when the first text is
   laid out: they are there before it shows, so that no line breaks anew. (A preload in HTML fails from file://.) */
(function (d) {
  d.classList.add("js");
  var come = performance.getEntriesByType("navigation")[0];
  if (!location.hash && come && come.type === "navigate") d.classList.add("later");
  if (document.fonts) document.fonts.forEach(function (face) {
    /* Those for Latin text; what is for accented letters waits for one. */
    if (/^U\+0/i.test(face.unicodeRange)) face.load().catch(function () {});
  });
  try {
    var at = new URL("../../", document.currentScript.src).pathname;
    var t = localStorage.getItem("ttpress-theme");
    if (t === "light" || t === "dark") d.setAttribute("data-theme", t);
    if (localStorage.getItem("ttpress-contrast")) d.setAttribute("data-contrast", "more");
    if (localStorage.getItem("ttpress-keys")) d.setAttribute("data-no-keys", "off");
    ["pins", "recent"].forEach(function (list) {
      if (localStorage.getItem("ttpress-" + list + ":" + at)) d.classList.add("has-" + list);
    });
  } catch (e) { /* storage is blocked: the system's theme stays */ }
})(document.documentElement);
