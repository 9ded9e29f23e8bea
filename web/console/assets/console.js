// What the console does beyond its pages: the board is live, clocks count working
// time, keys work. Without it every page still works.
(function () {
  "use strict";
  var body = document.body, speed = parseFloat(body.dataset.speed) || 1;

  function span(seconds) {
    var hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60, rest = Math.floor(seconds) % 60;
    if (hours === 0 && minutes < 10) return minutes + ":" + String(rest).padStart(2, "0");
    return hours + "h" + String(minutes).padStart(2, "0");
  }

  // A clock stands still outside working time: the server says whether it runs.
  var seen = new WeakMap();
  function tick() {
    var now = performance.now();
    document.querySelectorAll(".left[data-left]").forEach(function (el) {
      var start = seen.get(el);
      if (!start) { start = { at: now, left: parseFloat(el.dataset.left) }; seen.set(el, start); }
      if (el.dataset.running !== "true") return;
      var left = Math.max(0, start.left - (now - start.at) / 1000 * speed);
      el.textContent = span(left);
      el.classList.toggle("soon", left < 3600);
    });
  }
  setInterval(tick, 1000);
  tick();

  // Live: the server says that something has changed; the page asks for its part.
  var live = document.querySelector("[data-live]");
  if (live && window.EventSource) {
    var stamp = live.dataset.stamp, pending = false, wanted = false;
    var refresh = function () {
      if (pending) { wanted = true; return; }
      pending = true;
      htmx.ajax("GET", live.dataset.live, { target: live, swap: "innerHTML" }).then(function () { return true; }, function () { return false; }).then(function () {
        setTimeout(function () { pending = false; if (wanted) { wanted = false; refresh(); } }, 1000);
      });
    };
    var events = new EventSource("/console/events");
    events.addEventListener("changed", function (e) {
      if (e.data !== stamp) { stamp = e.data; refresh(); }
    });
    window.addEventListener("pagehide", function () { events.close(); });
  }

  // Keys: a letter opens what carries it in data-key; j and k walk the rows, / searches.
  var row = -1;
  document.addEventListener("keydown", function (e) {
    if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName)) return;
    if (e.key === "?") { var help = document.getElementById("keys"); if (help) { help.open = !help.open; help.scrollIntoView(); } return; }
    if (e.key === "/") { var q = document.querySelector("input[type=search]"); if (q) { q.focus(); e.preventDefault(); } return; }
    if (e.key === "j" || e.key === "k") {
      var links = document.querySelectorAll("tbody a.row");
      if (links.length) { row = Math.max(0, Math.min(links.length - 1, row + (e.key === "j" ? 1 : -1))); links[row].focus(); e.preventDefault(); }
      return;
    }
    var near = e.target.closest && e.target.closest("[data-keys]");
    var target = (near || document).querySelector("[data-key='" + CSS.escape(e.key) + "']");
    if (target) { e.preventDefault(); target.click(); }
  });
})();
