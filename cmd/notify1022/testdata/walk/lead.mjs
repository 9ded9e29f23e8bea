// A shift lead changes a text, sends to many, stops and starts the gateway, hands the shift over.
import { expects, fill, follow, inspect, look, press, received, sees, signedIn, site, takes, texted, unfold } from "./page.mjs";
import { gets, handsets, sends as texts } from "./handset.mjs";

// wording types into a text, and waits until what the page makes of it fits the pattern.
async function wording(page, text, said) {
  await page.fill("#text textarea", text);
  await page.press("#text textarea", "End");
  await page.waitForFunction((said) => new RegExp(said).test(document.getElementById("preview").innerText), said).catch(() => expects(page, false, `while one types “${text}” the page does not say ${said}`));
}

async function edits(size) {
  const me = site[size], page = await signedIn("shift_lead", size);
  await look(page, "/console/texts");
  await follow(page, me.text);
  const before = await page.inputValue("#text textarea"), shorter = before.replace("1022 Hải Phòng", "1022 HP");
  const units = Number(/(\d+) đơn vị ký tự/.exec(await page.textContent("#preview"))[1]);
  await wording(page, shorter, `${units - 7} đơn vị ký tự, gsm7, 1 tin, còn ${160 - units + 7}, 800 đ`);
  await fill(page.locator("#text"), { petition: me.story });
  await page.press("[name=petition]", "Tab");
  await page.waitForFunction((code) => document.getElementById("preview").innerText.includes(`theo ${code}`), me.story);
  await inspect(page);
  await wording(page, `${before} ${"Xin cảm ơn Ông/Bà đã phản ánh. ".repeat(5)}`, "^(?!.*đơn vị ký tự)");
  await wording(page, `${before} {khong_co}`, "có biến không dùng được");
  await press(page, "Lưu phiên bản mới");
  await page.waitForSelector("main > .note.wrong:has-text('có biến không dùng được')");
  await wording(page, shorter, "1 tin");
  await tries(page, me, shorter);
  await press(page, "Lưu phiên bản mới");
  await sees(page, `Đã lưu phiên bản mới của mẫu ${me.text}`, "đang dùng");
  expects(page, (await page.locator(".talk ins").allTextContents()).includes("HP"), "the versions do not show what was changed");
  await press(page, "Dùng lại bản này");
  await sees(page, `Đã lưu phiên bản mới của mẫu ${me.text}`);
  expects(page, await page.inputValue("#text textarea") === before, "the old wording is not back");
  await page.context().close();
}

// tries sends the wording as it is typed to oneself; the page keeps it.
async function tries(page, me, typed) {
  const had = await received(me.own);
  await fill(page.locator("#text"), { phone: me.own });
  await press(page, "Gửi thử nội dung đang soạn");
  await sees(page, "Đã gửi thử nội dung đang soạn");
  await texted(me.own, had, "1022 HP");
  expects(page, await page.inputValue("#text textarea") === typed, "what was typed is lost with the test");
}

// answers are what an officer sends and is answered with, and the word that a lead puts in.
const answers = {
  desk: { key: "A2", text: "HEN", words: "10h 26/11", put: "chép", said: "da ghi chep hen" },
  phone: { key: "A3", text: "XONG", words: "Da thay bong den, duong sang", put: "lưu", said: "da ghi luu ket qua" },
};

// approves has another person approve what a lead writes, in the second house; what officers
// are answered is the new wording from then on.
async function approves(size) {
  const there = site.second, { key, text, words, put, said } = answers[size];
  const lead = await signedIn("shift_lead", size, there.base), other = await signedIn("administrator", size, there.base);
  const changed = async (page) => (await page.locator("ins").allTextContents()).join(" ").includes(put);
  const inForce = async (page) => (await page.locator(".talk:has-text('đang dùng')").textContent()).includes(put);
  await look(lead, `/console/texts/${key}`);
  await lead.fill("#text textarea", (await lead.inputValue("#text textarea")).replace("ghi nhận", `ghi ${put}`));
  await press(lead, "Gửi duyệt");
  await sees(lead, "Bản chờ duyệt", "chờ duyệt");
  expects(lead, await changed(lead) && !await inForce(lead), "the draft does not show what it changes, or is in force");
  await barsItsAuthor(lead, there);
  await look(other, "/console/texts");
  await sees(other, "Chờ duyệt (");
  expects(other, await changed(other), "the list does not show what a draft changes");
  await look(other, `/console/texts/${key}`);
  await press(other, "Duyệt");
  await sees(other, `Đã duyệt mẫu ${key}`, "Người Mẫu duyệt");
  expects(other, await inForce(other), "what was approved is not in force");
  const phones = await handsets(size);
  await texts(phones, there.focal, `${text} ${there[size].reply} ${words}`);
  await gets(phones, there.focal, said);
  for (const page of [lead, other, phones]) await page.context().close();
}

// barsItsAuthor looks whether a draft's author could approve it, by a button or by hand.
async function barsItsAuthor(page, there) {
  expects(page, !await page.getByRole("button", { name: "Duyệt", exact: true }).count(), "who wrote a wording is offered to approve it");
  const withdraw = await page.locator("form[action$='/withdraw']").getAttribute("action");
  const answer = await page.request.post(there.base + withdraw.replace("withdraw", "approve"), { headers: { "Sec-Fetch-Site": "same-origin" } });
  expects(page, answer.status() === 422 && (await answer.text()).includes("không được tự duyệt"), `who wrote a wording approves it: ${answer.status()}`);
}

async function registers(size) {
  const me = site[size], page = await signedIn("shift_lead", size);
  await look(page, `/console/texts/${me.text}`);
  await sees(page, "chưa đăng ký");
  await unfold(page, "Thêm hoặc sửa đăng ký");
  const registered = { number: `VNPT-${size}`, on: "2026-11-20", registered: "1022 {1}" };
  const form = page.locator("details form[action$='/registration']");
  await fill(form, { ...registered, registered: "1022 {1" });
  await press(page, "Lưu đăng ký");
  await page.waitForSelector("main > .note.wrong");
  expects(page, await form.locator("[name=number]").inputValue() === registered.number, "a registration that was refused is lost");
  await fill(form, registered);
  await press(page, "Lưu đăng ký");
  await sees(page, `Số đăng ký VNPT-${size}`, "khớp mẫu đã đăng ký");
  await press(page, "Bỏ đăng ký này");
  await sees(page, "chưa đăng ký");
  await look(page, "/console/texts");
  await takes(page, page.getByRole("link", { name: "Mẫu tin để đăng ký với nhà mạng (CSV)" }), /\.csv$/, me.text);
  await page.context().close();
}

const many = (size, from) => Array.from({ length: 101 }, (_, i) => `0571${size === "desk" ? 1 : 2}${from}${String(i).padStart(4, "0")}`);

// prepares a sending up to what was shown, and starts it.
async function starts(page, title, numbers, total) {
  await look(page, "/console/send?template=T1");
  await fill(page.locator("form[enctype]"), { title, var_ma: "HP261116-0001", var_noi_dung: "họp giao ban", var_lp: "1022.vn/p/abc", numbers: numbers.join("\n") });
  await press(page, "Xem trước");
  await sees(page, `${total} người nhận, ${total} tin`);
  expects(page, await page.locator("section.note .bubble").count() === Math.min(10, total), "the preview does not show the first ten");
}

async function sends(size) {
  const me = site[size], page = await signedIn("shift_lead", size);
  await stopsTheGateway(page);
  await starts(page, `Họp ${size}`, many(size, 1), 101);
  await sees(page, "Tôi đồng ý gửi 101 tin");
  await page.click("section.note button[value=do]"); // the browser asks for the tick
  expects(page, await page.locator("[name=agree]:invalid").count() === 1, "a sending above the limit goes without being agreed to");
  await page.check("[name=agree]");
  await press(page, "Gửi 101 người");
  await sees(page, "Đã xếp hàng 101 tin.", "chờ gửi: 101");
  await press(page, "Tạm dừng");
  await sees(page, "Đã tạm dừng.", "tạm dừng");
  const paused = page.url();
  await startsTheGateway(page);
  await starts(page, `Báo ${size}`, [me.own, me.dead], 2); // goes past the one that waits
  await press(page, "Gửi 2 người");
  await sees(page, "đã đến máy: 1", "không gửi được: 1"); // the page follows it by itself
  await look(page, new URL(page.url()).pathname);
  await follow(page, "không gửi được");
  await sees(page, `${me.dead.slice(0, 3)}****${me.dead.slice(-3)}`);
  await takes(page, page.getByRole("link", { name: "Danh sách lỗi (CSV)" }), /\.csv$/, me.dead.slice(1));
  await look(page, paused.replace(site.base, ""));
  await sees(page, "chờ gửi: 101");
  await press(page, "Tiếp tục");
  await sees(page, "đã đến máy: 101");
  expects(page, await page.locator("progress").evaluate((p) => p.value === p.max), "the progress is not full");
  await page.context().close();
}

async function cancels(size) {
  const page = await signedIn("shift_lead", size);
  await stopsTheGateway(page);
  await starts(page, `Hủy ${size}`, many(size, 2).slice(0, 3), 3);
  await press(page, "Gửi 3 người");
  await press(page, "Hủy tin chưa gửi");
  await sees(page, "Đã hủy các tin chưa gửi.", "đã hủy", "không cần gửi nữa: 3");
  await startsTheGateway(page);
  await page.context().close();
}

async function stopsTheGateway(page) {
  await look(page, "/console/gateway");
  await sees(page, "đã kết nối");
  await press(page, "Tạm dừng gửi");
  await sees(page, "đang tạm dừng", "Tin vẫn được xếp hàng");
}

async function startsTheGateway(page) {
  await look(page, "/console/gateway");
  await press(page, "Gửi trở lại");
  await sees(page, "Đã gửi tin trở lại.", "đang gửi");
}

async function groups(size) {
  const page = await signedIn("shift_lead", size);
  await look(page, "/console/groups");
  await fill(page.locator("form"), { name: `Trực ${size}` });
  await press(page, "Tạo nhóm");
  await sees(page, `Nhóm Trực ${size}`, "Chưa có ai.");
  await fill(page.locator("form[role=search], form[method=get]"), { q: "focal" });
  await press(page, "Tìm");
  await page.locator("form[action$='/add'] [name=contact]").first().check();
  await press(page, "Thêm vào nhóm");
  await sees(page, "1 người");
  await look(page, "/console/send?template=T1");
  await page.fill("[name=q]", "focal");
  await page.press("[name=q]", "End");
  await page.locator("#people [name=contact]").first().check();
  await inspect(page);
  await page.context().close();
}

async function handsOver(size) {
  const me = site[size], page = await signedIn("shift_lead", size);
  await look(page, "/console/shift");
  await sees(page, "Giao ca", "Đang mở:", "Việc chưa xong", `${me.call} 3`);
  const first = page.locator("a.row").first();
  const code = await first.textContent();
  await follow(page, code);
  expects(page, page.url().includes(code), "the handover does not lead to its petitions");
  await look(page, "/console/calendar?year=2027");
  await sees(page, "Lịch làm việc 2027", "Tháng 12");
  expects(page, !(await page.locator("[name=date]").count()), "a shift lead is offered to change the calendar");
  await page.context().close();
}

// inherits hands what a unit that was merged leads to the one that has its tasks.
async function inherits(size) {
  const me = site[size], page = await signedIn("shift_lead", size);
  await look(page, `/console/directory/${me.merged}`);
  await sees(page, "Đơn vị đã thôi hoạt động");
  await press(page, `Xem các phiếu đang chủ trì để chuyển sang ${site.next.name}`);
  await sees(page, "Chuyển 1 phiếu", me.inherited, "Sẽ gửi");
  await press(page, "Chuyển");
  await sees(page, "Đã chuyển 1 phản ánh.");
  await look(page, `/console/p/${me.inherited}`);
  await sees(page, `${site.next.name} (chủ trì)`);
  await page.context().close();
}

export const journeys = [
  { name: "changes a text", walk: edits }, { name: "has a text approved", walk: approves }, { name: "enters a registration", walk: registers }, { name: "makes a group", walk: groups },
  { name: "sends to many", walk: sends, alone: true }, { name: "cancels a sending", walk: cancels, alone: true }, { name: "hands the shift over", walk: handsOver }, { name: "hands over for a merged unit", walk: inherits },
];
