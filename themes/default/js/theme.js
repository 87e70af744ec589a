/* Loaded in <head> without defer: theme before first paint, and the "js" mark that progressive styles wait for. */
(function (d) {
  d.classList.add("js");
  try {
    var t = localStorage.getItem("ttpress-theme");
    if (t === "light" || t === "dark") d.setAttribute("data-theme", t);
  } catch (e) { /* storage is blocked: the system's theme stays */ }
})(document.documentElement);
