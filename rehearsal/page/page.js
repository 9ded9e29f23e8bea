// The page of the interactive demo: it asks /demo/state again and again and shows
// what changed. It keeps nothing but what is chosen.

const chosen = { petition: "", handset: "", list: "open", people: "all" };
const shown = {}; // what each part showed last, as JSON
const read = {}; // texts of each handset that have been looked at
let state = null;

const $ = (id) => document.getElementById(id);

// h makes an element: h("p.soft", {title: "…"}, child, "text", …).
function h(what, attributes, ...children) {
  const [tag, ...classes] = what.split(".");
  const e = document.createElement(tag);
  if (classes.length) e.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) e.setAttribute(name, value);
  }
  e.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false && c !== ""));
  return e;
}

async function call(path, body) {
  const options = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch("/demo/" + path, options);
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.detail || json.title);
  return json;
}

let toastTimer;
function toast(text, bad) {
  const t = $("toast");
  t.textContent = text;
  t.className = bad ? "shown bad" : "shown";
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { t.className = ""; }, 4000);
}

// once draws a part only when what it shows has changed.
function once(part, data, draw) {
  const json = JSON.stringify(data);
  if (shown[part] === json) return;
  shown[part] = json;
  draw();
}

// Times come with the city's offset; they are shown as written, wherever the browser is.
function when(iso) {
  if (!iso) return "";
  const [date, time] = iso.split("T");
  const [, month, day] = date.split("-");
  return `${time.slice(0, 5)} ${Number(day)}/${Number(month)}`;
}

function tone(p) {
  if (p.status === "overdue") return "t-red";
  if (p.status === "escalated") return "t-amber";
  if (["disputed", "with_office"].includes(p.status)) return "t-office";
  if (["resolved", "published", "answered_directly", "closed"].includes(p.status)) return "t-done";
  if (["forwarded", "in_progress", "verifying", "return_requested", "emergency_transferred"].includes(p.status)) return "t-work";
  return "t-new";
}

const chip = (p) => h("span.chip." + tone(p), {}, p.label);

function drawClock(c) {
  $("now").textContent = c.text;
  $("working").textContent = c.skip ? "đang tua đến " + c.skip : c.working ? "trong giờ làm việc" : "ngoài giờ";
  $("working").className = "chip " + (c.skip ? "t-office" : c.working ? "t-done" : "t-new");
  for (const b of document.querySelectorAll("[data-speed]")) b.setAttribute("aria-pressed", Number(b.dataset.speed) === c.speed && !c.skip);
}

function petitionCard(p) {
  const side = p.status === "overdue" ? ".red" : p.status === "escalated" ? ".amber" : "";
  const next = p.next && h("span.left" + (p.next.soon ? ".soon" : ""), { title: "Hạn " + when(p.next.due) }, `${p.next.label} · còn ${p.next.left}`);
  return h("button.card" + side + (p.urgent ? ".urgent" : ""), { type: "button", "aria-current": p.code === chosen.petition, onclick: () => choosePetition(p.code) },
    h("span.top", {}, h("span.code", {}, p.code), chip(p)),
    h("span.what", {}, p.confidential ? "(bảo mật) " : "", p.summary),
    h("span.foot", {}, h("span", {}, p.unit || "1022"), next || (p.waits_for ? "chờ " + p.waits_for : "")));
}

function taskCard(t) {
  const code = (t.text.match(/HP\d{6}-\d{4,}/) || [])[0];
  return h("button.card", { type: "button", onclick: () => code && choosePetition(code) },
    h("span.top", {}, h("span.code", {}, { call: "Gọi", contact: "Liên hệ dân", unreachable: "Không liên lạc được", publish: "Công khai", confirm: "Quyết định", intake: "Tiếp nhận" }[t.kind] || t.kind), h("small", {}, when(t.at))),
    h("span.what", {}, t.text));
}

function drawPetitions() {
  const open = state.petitions.filter((p) => !p.ended);
  const counts = { open: open.length, all: state.petitions.length, tasks: state.tasks.length };
  for (const b of document.querySelectorAll("[data-list]")) {
    b.setAttribute("aria-selected", b.dataset.list === chosen.list);
    b.querySelector("i").textContent = counts[b.dataset.list];
  }
  const list = chosen.list === "tasks" ? state.tasks : chosen.list === "open" ? open : state.petitions;
  once("petitions", [list, chosen.petition, chosen.list], () => {
    $("petition-list").replaceChildren(...(list.length ? list.map(chosen.list === "tasks" ? taskCard : petitionCard) : [h("p.empty", {}, "Chưa có gì ở đây.")]));
  });
}

const kinds = { all: () => true, unit: (r) => ["focal", "deputy", "head", "leader", "duty"].includes(r), office: (r) => ["office", "city_leader", "shift_lead", "operator", "administrator"].includes(r), citizen: (r) => r === "citizen" };

function drawHandsets() {
  for (const b of document.querySelectorAll("[data-people]")) b.setAttribute("aria-selected", b.dataset.people === chosen.people);
  const list = state.handsets.filter((s) => kinds[chosen.people](s.role));
  once("handsets", [list, chosen.people, read], () => {
    $("handset-list").replaceChildren(...list.map((s) => {
      const fresh = s.count - (read[s.id] || 0);
      return h("button.card", { type: "button", onclick: () => chooseHandset(s.id) },
        h("span.top", {}, h("b", {}, s.name), fresh > 0 ? h("span.badge", {}, String(fresh)) : h("small", {}, s.at && s.count ? when(s.at) : "")),
        h("small", {}, s.what),
        s.last ? h("span.what", {}, s.last) : "");
    }));
  });
}

// linked makes petition codes and links of a text clickable.
function linked(text) {
  return text.split(/(HP\d{6}-\d{4,}|\S+\/[tp]\/[0-9A-Za-z]{8,})/).map((piece, i) => {
    if (i % 2 === 0) return piece;
    if (piece.startsWith("HP")) return h("a", { href: "#" + piece, onclick: (e) => { e.preventDefault(); choosePetition(piece); } }, piece);
    return h("a", { href: piece.slice(piece.search(/\/[tp]\//)), target: "_blank", rel: "noopener" }, piece);
  });
}

function drawChat(c) {
  read[c.id] = c.count;
  $("phone-name").textContent = c.name;
  $("phone-what").textContent = c.what;
  $("phone-number").textContent = c.number;
  once("chat", c, () => {
    const box = $("chat");
    box.replaceChildren(...c.texts.map((t) => h("div.bubble" + (t.out ? "" : ".mine"), { title: t.template || t.state }, linked(t.text), h("time", {}, when(t.at)))));
    drawQuick(c);
    box.scrollTop = box.scrollHeight;
  });
}

// drawQuick offers the words that the newest text with a code asks for.
function drawQuick(c) {
  const asked = [...c.texts].reverse().find((t) => t.out && /\b(?:NHAN|XONG|HEN|SAI) \d{5,}/.test(t.text));
  const code = asked && asked.text.match(/\b(?:NHAN|XONG|HEN|SAI) (\d{5,})/)[1];
  const words = code ? [`NHAN ${code}`, `HEN ${code} 16h`, `XONG ${code} da xu ly xong `, `SAI ${code} khong thuoc tham quyen `, `HOI ${code} `, "DS"] : [];
  $("quick").replaceChildren(...words.map((w) => h("button", { type: "button", onclick: () => { $("text").value = w; $("text").focus(); } }, w.trim())));
}

// acts are what the console may do, by status: verb, words, who acts, fields.
const unit = { name: "unit", label: "Đơn vị (mã)", list: "units" };
const reason = { name: "reason", label: "Lý do" };
const due = { name: "due", label: "Trước", type: "datetime-local" };
const withUnit = ["forwarded", "in_progress", "verifying", "return_requested", "escalated", "overdue", "emergency_transferred"];
const acts = [
  { verb: "touch", label: "Mở xem", as: "operator", in: ["received"] },
  { verb: "forward", label: "Chuyển đơn vị", as: "operator", in: ["received", "awaiting_info"], fields: [unit, { name: "note", label: "Ghi chú", optional: true }] },
  { verb: "answer", label: "Trả lời ngay", as: "operator", in: ["received", "awaiting_info"], fields: [{ name: "text", label: "Nội dung trả lời", long: true }] },
  { verb: "clarify", label: "Hỏi người dân", as: "operator", in: ["received", "awaiting_info"], fields: [{ name: "missing", label: "Cần bổ sung" }] },
  { verb: "reject", label: "Không tiếp nhận", as: "operator", in: ["received", "awaiting_info"], fields: [reason, { name: "guidance", label: "Hướng dẫn đến" }] },
  { verb: "emergency", label: "Khẩn cấp: nối máy", as: "operator", in: ["received"], fields: [{ name: "to", label: "Nối tới (số hoặc mã đơn vị)" }, { name: "outcome", label: "Kết quả" }] },
  { verb: "publish", label: "Công khai kết quả", as: "operator", in: ["resolved"], main: true },
  { verb: "send-back", label: "Trả lại kết quả", as: "operator", in: ["resolved"], fields: [reason] },
  { verb: "accept-return", label: "Chấp thuận trả lại", as: "operator", in: ["return_requested"], main: true, fields: [{ ...unit, label: "Chuyển tiếp đến (mã, để trống: nhận lại)", optional: true }] },
  { verb: "refuse-return", label: "Từ chối trả lại", as: "operator", in: ["return_requested"], fields: [reason] },
  { verb: "reassign", label: "Chuyển lại", as: "operator", in: withUnit, fields: [unit, { ...reason, optional: true }] },
  { verb: "urgent", label: "Đánh dấu khẩn", as: "operator", in: ["received", ...withUnit], fields: [reason] },
  { verb: "merge", label: "Gộp", as: "operator", in: ["received", ...withUnit], fields: [{ name: "into", label: "Vào phản ánh (mã)" }] },
  { verb: "written-file", label: "Gửi hồ sơ văn bản", as: "operator", in: [...withUnit, "resolved", "published"], fields: [{ ...reason, optional: true }] },
  { verb: "acknowledge", label: "VP: tiếp nhận", as: "office", in: ["disputed"], main: true },
  { verb: "submit-to-leader", label: "VP: trình lãnh đạo", as: "office", in: ["disputed", "with_office", "overdue"], fields: [{ name: "text", label: "Nội dung trình", optional: true }] },
  { verb: "direct", label: "VP: chỉ đạo", as: "office", in: ["disputed", "with_office", ...withUnit], fields: [{ name: "leader", label: "Lãnh đạo" }, { name: "text", label: "Nội dung", long: true }, due, { ...unit, optional: true }] },
  { verb: "urge", label: "VP: đôn đốc", as: "office", in: withUnit, fields: [{ name: "text", label: "Nội dung" }, due] },
  { verb: "hold", label: "VP: tạm dừng", as: "office", in: withUnit, fields: [reason, { ...due, name: "until", label: "Đến" }] },
  { verb: "resume", label: "VP: tiếp tục", as: "office", in: withUnit },
  { verb: "dispute", label: "Chuyển Văn phòng (Đ9.5)", as: "operator", in: [...withUnit, "resolved"], fields: [reason] },
  { verb: "rating", label: "Dân: đánh giá", as: "citizen", in: ["published", "closed", "answered_directly"], fields: [{ name: "score", label: "Điểm 1–5", type: "number" }, { name: "comment", label: "Ý kiến", optional: true }] },
  { verb: "supplement", label: "Dân: bổ sung", as: "citizen", in: ["awaiting_info", "rejected", "answered_directly", ...withUnit], fields: [{ name: "text", label: "Nội dung", long: true }] },
  { verb: "withdraw", label: "Dân: rút", as: "citizen", in: ["received", "awaiting_info", ...withUnit], fields: [{ ...reason, optional: true }] },
  { verb: "reopen", label: "Mở lại", as: "operator", in: ["published", "closed", "rejected", "answered_directly", "withdrawn"], fields: [reason] },
];

function drawDetail(d) {
  once("detail", d, () => {
    const body = $("detail-body");
    const top = body.dataset.code === d.code ? body.scrollTop : 0;
    body.dataset.code = d.code;
    const buttons = acts.filter((a) => a.in.includes(d.status)).map((a) => h("button" + (a.main ? ".primary" : ""), { type: "button", onclick: () => act(d, a) }, a.label));
    body.replaceChildren(h("article", {},
      h("div.head", {}, h("h2" + (d.urgent ? ".urgent" : ""), {}, d.code), chip(d),
        d.was_overdue && d.status !== "overdue" ? h("span.chip.t-red", {}, "đã từng quá hạn") : "",
        d.confidential ? h("span.chip", {}, "bảo mật") : "",
        h("small", {}, d.unit || "chưa chuyển đơn vị"),
        h("a", { href: "/t/" + d.token, target: "_blank", rel: "noopener" }, "Trang người dân ↗")),
      h("blockquote", {}, d.content),
      d.result ? h("blockquote.result", {}, d.result) : "",
      h("div.controls", {}, buttons),
      h("div", {}, h("h3", {}, "Thời hạn"), h("div.deadlines", {}, d.deadlines.map(deadline))),
      h("div", {}, h("h3", {}, "Diễn biến"), h("ol.timeline", {}, [...d.timeline].reverse().map(entry))),
      h("div", {}, h("h3", {}, `Tin nhắn (${d.messages.length})`), [...d.messages].reverse().map(message))));
    body.scrollTop = top;
  });
}

function deadline(r) {
  const how = r.state === "fired" ? "✓ " + when(r.fired_at) : r.state === "armed" ? "còn " + r.left : r.state === "paused" ? "tạm dừng" : "chờ quyết định";
  return h("div.deadline." + r.state, {}, h("span", {}, r.label), h("span", {}, when(r.due)), h("span" + (r.soon ? ".soon" : ""), {}, how));
}

const channels = { phone: "điện thoại", web: "trang web", email: "thư", facebook: "fanpage", sms: "tin nhắn", console: "tổng đài", api: "API", slip_page: "trang phiếu", system: "tự động" };

function entry(e) {
  return h("li" + (e.channel === "system" ? ".system" : e.channel === "sms" ? ".sms" : ""), { title: e.action },
    h("div", {}, e.text), e.private ? h("div.private", {}, "“" + e.private + "”") : "",
    h("small", {}, `${when(e.at)} · ${e.actor} · ${channels[e.channel] || e.channel}`));
}

function message(m) {
  return h("div.sms-row", {}, h("span.top", {}, h("small", {}, `${when(m.at)} · ${m.template} → ${m.role} ${m.to}`), h("small.state-" + m.state, { title: m.why }, { delivered: "đã nhận", accepted: "đã gửi", queued: "chờ gửi", sending: "đang gửi", failed: "không đến", suppressed: "bỏ", expired: "hết hạn", unknown: "chưa rõ" }[m.state])),
    m.text ? h("p", {}, m.text) : "");
}

// ask opens the dialog; send gets the fields' values and may throw.
function ask(title, fields, send) {
  $("form-title").textContent = title;
  $("form-error").textContent = "";
  $("form-fields").replaceChildren(...fields.map((f) => {
    const attributes = { name: f.name, type: f.type || "text", required: !f.optional && f.type !== "checkbox" ? "" : false, list: f.list || false, min: f.type === "number" ? 1 : false, max: f.type === "number" ? 5 : false, value: f.value || false };
    const box = f.long ? h("textarea", { name: f.name, rows: 3, required: f.optional ? false : "" }) : h("input", attributes);
    return f.type === "checkbox" ? h("label.check", {}, box, f.label) : h("label", {}, f.label, box);
  }));
  $("form").onsubmit = async (e) => {
    e.preventDefault();
    try {
      await send(values(fields));
      $("dialog").close();
      look();
    } catch (err) {
      $("form-error").textContent = err.message;
    }
  };
  $("dialog").showModal();
}

function values(fields) {
  const form = new FormData($("form")), all = {};
  for (const f of fields) {
    const v = form.get(f.name);
    if (f.type === "checkbox") all[f.name] = v !== null;
    else if (v === "" || v === null) continue;
    else if (f.type === "number") all[f.name] = Number(v);
    else if (f.type === "datetime-local") all[f.name] = v + ":00+07:00";
    else all[f.name] = v;
  }
  return all;
}

async function act(p, a) {
  const send = async (command) => { await call(`petitions/${p.code}/${a.verb}`, { as: a.as, command }); toast(`${a.label}: ${p.code}`); };
  const ahead = new Date(new Date(state.clock.now.slice(0, 19) + "Z").getTime() + 24 * 3600e3).toISOString().slice(0, 16);
  if (a.fields) return ask(`${a.label} · ${p.code}`, a.fields.map((f) => (f.type === "datetime-local" ? { ...f, value: ahead } : f)), send);
  try { await send({}); look(); } catch (err) { toast(err.message, true); }
}

function pane(name) {
  document.querySelector("main").dataset.pane = name;
  for (const b of document.querySelectorAll("nav button")) b.setAttribute("aria-current", b.dataset.pane === name);
}

function choosePetition(code) {
  chosen.petition = code;
  pane("detail");
  look();
}

function chooseHandset(id) {
  chosen.handset = id;
  shown.chat = "";
  $("phone").hidden = !id;
  $("handset-list").hidden = !!id;
  document.querySelector("#handsets > .bar").hidden = !!id;
  if (id) look();
}

// look asks once and shows what there is. Only one look is under way at a time.
let looking = false, again = false;
async function look() {
  if (looking) { again = true; return; }
  looking = true;
  try {
    const parts = [call("state"), chosen.petition ? call("petitions/" + chosen.petition) : null, chosen.handset ? call("handsets/" + chosen.handset) : null];
    const [next, detail, chat] = await Promise.all(parts);
    state = next;
    drawClock(state.clock);
    if (chat) drawChat(chat);
    drawPetitions();
    drawHandsets();
    if (detail) drawDetail(detail);
  } catch (err) {
    $("working").textContent = "mất kết nối";
    $("working").className = "chip t-red";
  } finally {
    looking = false;
    if (again) { again = false; look(); }
  }
}

for (const b of document.querySelectorAll("[data-speed], [data-skip]")) {
  b.addEventListener("click", async () => {
    try { drawClock(await call("clock", b.dataset.skip ? { skip: b.dataset.skip } : { speed: Number(b.dataset.speed) })); } catch (err) { toast(err.message, true); }
  });
}
for (const b of document.querySelectorAll("[data-list]")) b.addEventListener("click", () => { chosen.list = b.dataset.list; if (state) drawPetitions(); });
for (const b of document.querySelectorAll("[data-people]")) b.addEventListener("click", () => { chosen.people = b.dataset.people; if (state) drawHandsets(); });
for (const b of document.querySelectorAll("nav button")) b.addEventListener("click", () => pane(b.dataset.pane));
$("phone-back").addEventListener("click", () => chooseHandset(""));
$("form-cancel").addEventListener("click", () => $("dialog").close());
$("new").addEventListener("click", () => {
  const fields = [{ name: "content", label: "Nội dung phản ánh", long: true }, { ...unit, label: "Chuyển ngay đến đơn vị (mã, để trống: chưa chuyển)", optional: true }, { name: "urgent", label: "Khẩn", type: "checkbox" }];
  ask("Phản ánh mới", fields, async (v) => { const p = await call("petitions", v); choosePetition(p.code); });
});
$("write").addEventListener("submit", async (e) => {
  e.preventDefault();
  const text = $("text").value;
  if (!text.trim() || !chosen.handset) return;
  try {
    await call("handsets/" + chosen.handset, { text });
    $("text").value = "";
    look();
  } catch (err) { toast(err.message, true); }
});

look();
setInterval(look, 800);
