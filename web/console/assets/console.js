// What the console does beyond its pages: the board is live, clocks count working
// time, keys work, what was typed outlives a session. Without it every page still works.
(function () {
  "use strict";
  var body = document.body, speed = parseFloat(body.dataset.speed) || 1;

  function span(seconds) {
    var hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60, rest = Math.floor(seconds) % 60;
    if (hours === 0) return minutes < 10 ? minutes + ":" + String(rest).padStart(2, "0") : minutes + " phút";
    return minutes === 0 ? hours + " giờ" : hours + "h" + String(minutes).padStart(2, "0"); // as the server says it
  }

  // A clock stands still outside the working time of its calendar. The page has each
  // calendar once and says whether it is working time by it and when that changes: seconds
  // from when that part of the page came, the next first. A part that is replaced brings
  // its calendars along.
  var loaded = performance.now(), calendars = new WeakMap(), seen = new WeakMap();
  function passed() { return (performance.now() - loaded) / 1000 * speed; }
  function calendarOf(name) {
    var all = document.querySelectorAll("[data-hours='" + CSS.escape(name) + "']"), el = all[all.length - 1];
    if (el && !calendars.has(el)) calendars.set(el, { began: passed(), first: el.dataset.working === "true", edges: el.dataset.edges.split(" ").filter(Boolean).map(Number) });
    return el && calendars.get(el);
  }
  // worked is the working time by the calendar since it came; running, whether it is
  // working time now.
  function worked(calendar) {
    var t = passed() - calendar.began, sum = 0, from = 0, running = calendar.first, edges = calendar.edges;
    for (var i = 0; i < edges.length && edges[i] <= t; i++) {
      if (running) sum += edges[i] - from;
      from = edges[i];
      running = !running;
    }
    return { sum: running ? sum + t - from : sum, running: running };
  }
  function tick() {
    var city = calendarOf(""), said = document.getElementById("working");
    if (said && city) said.textContent = worked(city).running ? said.dataset.on : said.dataset.off;
    document.querySelectorAll(".left[data-left]").forEach(function (el) {
      var start = seen.get(el);
      if (!start) {
        var calendar = calendarOf(el.dataset.calendar || "");
        if (!calendar) return;
        start = { calendar: calendar, sum: worked(calendar).sum, left: parseFloat(el.dataset.left) };
        seen.set(el, start);
      }
      var now = worked(start.calendar);
      el.classList.toggle("still", !now.running);
      if (now.sum === start.sum) return;
      var left = Math.max(0, start.left - (now.sum - start.sum));
      el.textContent = span(left);
      el.classList.toggle("soon", left < 3600);
    });
  }
  setInterval(tick, 1000);
  tick();

  // Live: the server says that something has changed; the page asks for its part. A stream
  // that is refused (the session is over, the server is away) is tried again, and until it
  // is back the page says that it may be old.
  var live = document.querySelector("[data-live]"), stale = document.getElementById("stale");
  if (live && window.EventSource) {
    var stamp = live.dataset.stamp, pending = false, wanted = false, events, again, wait = 5000;
    var refresh = function () {
      if (pending) { wanted = true; return; }
      pending = true;
      htmx.ajax("GET", live.dataset.live, { target: live, swap: "innerHTML" }).then(function () { return true; }, function () { return false; }).then(function () {
        setTimeout(function () { pending = false; if (wanted) { wanted = false; refresh(); } }, 1000);
      });
    };
    var open = function () {
      events = new EventSource("/console/events");
      events.addEventListener("open", function () { wait = 5000; if (stale) stale.hidden = true; });
      events.addEventListener("changed", function (e) {
        if (e.data !== stamp) { stamp = e.data; refresh(); }
      });
      events.addEventListener("error", function () {
        if (events.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
        if (stale) stale.hidden = false;
        again = setTimeout(open, wait);
        wait = Math.min(60000, wait * 2);
      });
    };
    open();
    window.addEventListener("pagehide", function () { clearTimeout(again); events.close(); });
    window.addEventListener("pageshow", function (e) { if (e.persisted) open(); });
  }

  // Keys: a letter opens what carries it in data-key, an act of the page before a page of
  // the menu; a digit acts in the row that has the focus alone; j and k walk the rows, /
  // searches. They are off where the browser was told so (WCAG 2.1.4).
  var keysOff = "keys-off";
  var choice = document.getElementById("keys-on");
  if (choice) {
    choice.closest("[hidden]").hidden = false;
    choice.checked = !localStorage.getItem(keysOff);
    choice.addEventListener("change", function () {
      if (choice.checked) localStorage.removeItem(keysOff); else localStorage.setItem(keysOff, "1");
    });
  }
  function keyed(from, key) {
    var row = from.closest("[data-keys]"), named = "[data-key='" + CSS.escape(key) + "']";
    if (row && row.querySelector(named)) return row.querySelector(named);
    if (/[0-9]/.test(key)) return null;
    return document.querySelector("main " + named) || document.querySelector(named);
  }
  document.addEventListener("keydown", function (e) {
    if (e.key.length !== 1 || e.key === " " || e.isComposing || e.ctrlKey || e.metaKey || e.altKey || localStorage.getItem(keysOff)) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName) || e.target.isContentEditable) return;
    if (e.key === "?") { var help = document.getElementById("keys"); if (help) { help.open = !help.open; help.scrollIntoView(); } return; }
    if (e.key === "/") { var q = document.querySelector("input[type=search]"); if (q) { q.focus(); e.preventDefault(); } return; }
    if (e.key === "j" || e.key === "k") {
      var links = Array.from(document.querySelectorAll("tbody a.row")), at = links.indexOf(document.activeElement.closest("tr") && document.activeElement.closest("tr").querySelector("a.row"));
      if (links.length) { links[Math.max(0, Math.min(links.length - 1, at + (e.key === "j" ? 1 : -1)))].focus(); e.preventDefault(); }
      return;
    }
    var target = keyed(e.target.closest ? e.target : body, e.key);
    if (target) { e.preventDefault(); target.click(); }
  });

  // A hint is taken over into the form where it stands; without this the server does it.
  document.addEventListener("click", function (e) {
    var button = e.target.closest && e.target.closest("[data-fill]"), field = button && document.getElementById(button.dataset.fill);
    if (!field) return;
    e.preventDefault();
    field.value = field.tagName === "SELECT" ? button.value : button.parentElement.querySelector(".text").textContent;
    field.form.querySelector("[name=way][value=" + button.dataset.way + "]").checked = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });

  // A form with a number is sent once by a double click: what the second is answered would
  // stand in the place of the first one's answer, which alone has a new secret.
  var sent = new WeakMap();
  document.addEventListener("submit", function (e) {
    if (!e.target.querySelector("[name=nonce]")) return;
    if (e.timeStamp - sent.get(e.target) < 2000) e.preventDefault(); else sent.set(e.target, e.timeStamp);
  });

  // Kept: what is typed into a form that carries data-keep stays in this tab until it has
  // been taken, so that a session that ends over it loses nothing. It is offered to the
  // account that typed it alone.
  var account = body.dataset.account, prefix = "kept:";
  function kept(key) {
    try { return JSON.parse(sessionStorage.getItem(prefix + key)); } catch (e) { return null; }
  }
  function typedIn(form) {
    return Array.from(new FormData(form)).filter(function (f) { return typeof f[1] === "string" && !form.querySelector("[type=hidden][name='" + CSS.escape(f[0]) + "']"); });
  }
  function keep(form, sent) {
    try { sessionStorage.setItem(prefix + form.dataset.keep, JSON.stringify({ account: account, once: form.dataset.once, sent: sent, fields: typedIn(form) })); } catch (e) { /* full, or forbidden: nothing is kept */ }
  }
  function putBack(form, fields) {
    Array.from(form.elements).forEach(function (el) {
      if (!el.name || el.type === "hidden" || el.type === "submit" || el.tagName === "BUTTON") return;
      var values = fields.filter(function (f) { return f[0] === el.name; }).map(function (f) { return f[1]; });
      if (el.type === "checkbox" || el.type === "radio") el.checked = values.indexOf(el.value) >= 0;
      else if (el.multiple && el.options) Array.from(el.options).forEach(function (o) { o.selected = values.indexOf(o.value) >= 0; });
      else if (values.length) el.value = values[0];
    });
  }
  // A page that says what was done, or that has all of it in its form, needs nothing put back.
  var here = {}, done = document.querySelector("main > .note.good");
  document.querySelectorAll("form[data-keep]").forEach(function (form) {
    var key = form.dataset.keep, old = kept(key), offer = document.getElementById("kept");
    here[key] = true;
    form.addEventListener("input", function () { keep(form, false); });
    form.addEventListener("submit", function () { keep(form, true); });
    if (old && old.sent && done) { sessionStorage.removeItem(prefix + key); return; }
    if (!old || old.account !== account || old.once === form.dataset.once || !offer || JSON.stringify(old.fields) === JSON.stringify(typedIn(form))) return;
    offer.hidden = false;
    offer.querySelector("[data-take]").addEventListener("click", function () { putBack(form, old.fields); offer.hidden = true; keep(form, false); });
    offer.querySelector("[data-drop]").addEventListener("click", function () { sessionStorage.removeItem(prefix + key); offer.hidden = true; });
  });
  if (account) Object.keys(sessionStorage).forEach(function (name) { // another page answered what was sent: it was taken
    var old = name.indexOf(prefix) === 0 && kept(name.slice(prefix.length));
    if (old && (old.account !== account || old.sent && !here[name.slice(prefix.length)])) sessionStorage.removeItem(name);
  });
  document.addEventListener("submit", function (e) {
    if (/\/me\/sign-out/.test(e.target.action)) Object.keys(sessionStorage).forEach(function (name) { if (name.indexOf(prefix) === 0) sessionStorage.removeItem(name); });
  });
})();
