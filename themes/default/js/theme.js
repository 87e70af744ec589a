/* Loaded in <head> without defer: theme and contrast before first paint, the "js" mark that progressive styles wait
   for, and room for the reader's own pages where there are any. */
(function (d) {
  d.classList.add("js");
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
