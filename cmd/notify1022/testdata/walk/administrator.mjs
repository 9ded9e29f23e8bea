// An administrator makes accounts, connects programs, answers requests about personal data,
// changes the calendar, takes sheets in, reads the log, sends reports; a leader opens one.
import { createHmac } from "node:crypto";
import { confirm, expects, fill, follow, formTo, inspect, linkIn, look, press, received, sees, signedIn, signIn, site, takes, texted, visitor } from "./page.mjs";

// totp is the code of so many half minutes from now (RFC 6238) for a secret in base32.
function totp(secret, ahead) {
  const bits = [...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const mac = createHmac("sha1", key).update(step).digest(), at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

async function people(size) {
  const page = await signedIn("administrator", size), name = `moi.${size}`;
  await look(page, "/console/people");
  const form = page.locator("form[action$='/console/people']");
  await fill(form, { name, full_name: "Người Mới", role: "operator" });
  await press(page, "Thêm", form);
  await sees(page, `Mật khẩu của ${name}`);
  const given = await page.locator("[role=status] code").textContent();
  await settles(size, name, given);
  await look(page, "/console/people");
  const row = page.locator("tr", { hasText: name });
  expects(page, /có mã xác thực/.test(await row.textContent()), "the list does not say who has a second factor");
  await press(page, "Khóa", row);
  await sees(page, `Đã lưu ${name}.`);
  expects(page, /đã khóa/.test(await row.textContent()), "the account is not closed");
  await page.context().close();
}

// settles signs in with a password that was given out, sets an own one and a second factor.
async function settles(size, name, given) {
  const page = await visitor(name, size), own = "mật khẩu của riêng mình";
  await signIn(page, name, given);
  await sees(page, "Mật khẩu này do quản trị cấp");
  await fill(formTo(page, "/me/password"), { password: given, next: "ngắn", again: "ngắn" });
  expects(page, await page.locator("[name=next]:invalid").count() === 1, "a short password is taken");
  await fill(formTo(page, "/me/password"), { password: given, next: own, again: own });
  await press(page, "Đổi mật khẩu");
  await sees(page, "Đã đổi mật khẩu");
  await look(page, "/console/me");
  await press(page, "Bật mã xác thực");
  const secret = await page.locator("main code").textContent();
  await fill(formTo(page, "/me/totp-on"), { password: own, code: totp(secret, 0) });
  await press(page, "Bật");
  await sees(page, "Đã bật mã xác thực.");
  await press(page, "Đăng xuất");
  await signIn(page, name, own);
  await sees(page, "không đúng");
  await fill(page.locator("form"), { name, password: own, code: totp(secret, 1) });
  await press(page, "Đăng nhập");
  await sees(page, "Bảng việc");
  await page.context().close();
}

async function connects(size) {
  const page = await signedIn("administrator", size);
  await look(page, "/console/links");
  const key = page.locator("form[action$='/links/key']"), hook = page.locator("form[action$='/links/webhook']");
  await fill(key, { name: `Cổng thử ${size}`, role: "operator" });
  await press(page, "Tạo khóa");
  await sees(page, "Mã bí mật của khóa", `Cổng thử ${size}`);
  await press(page, "Thu hồi", page.locator("tr", { hasText: `Cổng thử ${size}` }));
  await sees(page, "đã thu hồi");
  await fill(hook, { url: `https://${size}.example.vn/nhan` });
  await press(page, "Đăng ký");
  await sees(page, `https://${size}.example.vn/nhan`, "Mã bí mật của");
  const row = page.locator("tr", { hasText: `https://${size}.example.vn` });
  await press(page, "Gửi lại sự kiện lỗi", row);
  await sees(page, "Sẽ gửi lại 0 sự kiện.");
  await press(page, "Tắt", row);
  await sees(page, "đã tắt");
  await page.context().close();
}

// A double click makes one key and shows its secret, though the answer is slow.
async function clicksTwice(size) {
  const page = await signedIn("administrator", size), name = `Cổng ${size} dịch vụ công`;
  await page.route("**/console/links/key", async (r) => {
    const answer = await r.fetch({ headers: { ...(await r.request().allHeaders()), "sec-fetch-site": "same-origin" } });
    await new Promise((done) => setTimeout(done, 500)); // as a slow line
    await r.fulfill({ response: answer }).catch(() => {}); // the browser has given it up
  });
  await page.goto(site.base + "/console/links");
  await page.fill("[name=name]", name);
  await page.dblclick("text=Tạo khóa", { delay: 100 }); // as a hand does it
  await page.waitForSelector("[role=status]");
  expects(page, /Mã bí mật của khóa/.test(await page.textContent("[role=status]")), "a double click has lost the secret of a new key");
  expects(page, await page.locator(`td:text-is('${name}')`).count() === 1, "a double click has not made one key");
  await inspect(page);
  await page.context().close();
}

async function personal(size) {
  const me = site[size], page = await signedIn("administrator", size);
  await look(page, "/console/personal");
  await fill(page.locator("form"), { kind: "correct", phone: me.citizen, note: "Gọi lại đúng số, hỏi ngày sinh" });
  await press(page, "Ghi nhận");
  await sees(page, "Đã ghi nhận yêu cầu", "hạn trả lời", me.story);
  expects(page, /\/personal\/\d+$/.test(page.url()), "a request does not lead to its page");
  await takes(page, page.getByRole("button", { name: "Tải bản đọc (HTML)" }), /\.html$/, "Dữ liệu mà Tổng đài 1022 lưu");
  await takes(page, page.getByRole("button", { name: "Tải JSON" }), /\.json$/, "{");
  const row = page.locator("tr", { hasText: me.story });
  await row.locator("summary").click();
  await fill(row.locator("form"), { name: "Trần Thị Thử", phone: me.citizen, email: "", address: "Số 7 ngõ 3" });
  await press(page, "Lưu", row);
  await sees(page, `Đã chỉnh sửa thông tin của ${me.story}.`);
  await fill(formTo(page, "/answer"), { outcome: "done", answer: "Đã sửa địa chỉ, gọi báo lại" });
  await press(page, "Kết thúc yêu cầu");
  await sees(page, "Đã ghi nhận trả lời.", "Đã sửa địa chỉ, gọi báo lại");
  expects(page, !(await formTo(page, "/answer").count()), "a request that is over can be answered");
  await page.context().close();
}

async function calendar(size) {
  const page = await signedIn("administrator", size), [date, shown] = size === "desk" ? ["2026-11-25", "25"] : ["2026-11-26", "26"];
  await look(page, "/console/calendar");
  await sees(page, "Lịch làm việc 2026", "Tháng 12", "Ngày Văn hóa Việt Nam");
  await follow(page, "2027");
  await sees(page, "Lịch làm việc 2027");
  await look(page, "/console/calendar");
  await fill(page.locator("form[method=post]"), { date, kind: "off", name: `Nghỉ bão ${size}` });
  await press(page, "Xem các thời hạn sẽ dời");
  await sees(page, "cần tên ngày nghỉ và văn bản thông báo");
  await fill(page.locator("form[method=post]"), { document: `Công điện ${size}` });
  await press(page, "Xem các thời hạn sẽ dời");
  expects(page, /^[1-9]\d* thời hạn của [1-9]\d* phản ánh sẽ dời/.test(await page.textContent("section.note h2")), "the dry run says of no deadline that it would move");
  expects(page, (await page.locator("section.note li").first().textContent()).includes("→"), "the dry run does not say from when to when");
  await press(page, "Lưu và tính lại");
  await sees(page, "Đã lưu lịch;", `${date}: Nghỉ bão ${size}`);
  expects(page, await page.locator(`td.off[title*="Nghỉ bão ${size}"]`).textContent() === shown, "the day is not off in the year");
  await page.context().close();
}

async function exchanges(size) {
  const page = await signedIn("administrator", size), code = `THU-${size.toUpperCase()}`;
  const sheet = (rows) => ({ name: "don-vi.csv", mimeType: "text/csv", buffer: Buffer.from(`Mã đơn vị,Tên đơn vị,Tên ngắn,Loại đơn vị\n${rows}\n`) });
  await look(page, "/console/exchange");
  const form = page.locator("form[enctype]");
  await fill(form, { kind: "units", file: sheet(`${code},Đơn vị thử,Don vi thu,không có loại này`) });
  await press(page, "Xem trước");
  await sees(page, "1 lỗi", "D");
  expects(page, !(await page.locator("form[action$='/do']").count()), "a sheet with a problem can be taken in");
  await fill(form, { kind: "units", file: sheet(`${code},Đơn vị thử ${size},Don vi thu,phường`) });
  await press(page, "Xem trước");
  await sees(page, "mới");
  await press(page, "Nhập: thêm 1, sửa 0");
  await page.waitForSelector(".note.good");
  await look(page, `/console/directory/${code}`);
  await sees(page, `Đơn vị thử ${size}`);
  await look(page, "/console/exchange");
  const out = page.locator("form[action$='/export']");
  await fill(out, { kind: "units", format: "csv" });
  await takes(page, out.getByRole("button", { name: "Xuất" }), /\.csv$/, "code,name");
  await page.context().close();
}

async function readsTheLog(size) {
  const page = await signedIn("administrator", size);
  await look(page, "/console/log");
  await sees(page, "Nhật ký thay đổi", "Người Mẫu");
  for (const what of ["mẫu tin", "lần gửi", "lịch làm việc"]) {
    await follow(page, what);
    expects(page, !(await page.locator("td", { hasText: "Chưa có." }).count()), `the log has nothing about ${what}`);
  }
  await page.context().close();
}

async function reports(size) {
  const me = site[size], page = await signedIn("administrator", size);
  await look(page, "/console/bao-cao?period=2026-11");
  await sees(page, "Toàn thành phố");
  expects(page, await page.locator("main svg").count() > 0, "the report has no chart");
  const file = (name) => page.getByRole("link", { name, exact: true });
  await takes(page, file("Bảng tính XLSX"), /\.xlsx$/, "PK");
  await takes(page, file("CSV"), /\.csv$/, "11");
  await look(page, `/console/bao-cao?period=2026-11&unit=${site.unit}`);
  await follow(page, "Gửi ngay cho lãnh đạo (Đ13.6)");
  await sees(page, "Gửi báo cáo", "P Lach Tray thang 11/2026", me.leaderName);
  const before = await received(me.leader);
  await press(page, "Gửi ngay");
  await page.waitForSelector(".note.wrong"); // nobody is chosen
  await page.locator("p", { hasText: me.leaderName }).locator("[value$=':sms']").check();
  await press(page, "Gửi ngay");
  await sees(page, "Đã gửi báo cáo đến 1 người");
  await page.context().close();
  await opensReport(size, linkIn(await texted(me.leader, before, "thang 11/2026")));
}

// A leader opens a report from the link in the text, with a code to the same phone.
async function opensReport(size, path) {
  const me = site[size], page = await visitor("leader", size);
  await look(page, path);
  expects(page, !(await page.locator("table").count()), "the figures are shown to a device that nobody knows");
  await confirm(page, me.leader, me.leader.slice(-3));
  await sees(page, "UBND phường Lạch Tray, tháng 11 năm 2026", "Trang không có thông tin cá nhân");
  expects(page, await page.locator("table").count() > 0, "the report has no figures");
  await page.context().close();
}

async function drafts(size) {
  const page = await signedIn("administrator", size), month = size === "desk" ? "2026-10" : "2026-09";
  await look(page, "/console/bao-cao");
  const form = page.locator("form[action$='/du-thao']");
  await fill(form, { period: "2026-12" });
  await press(page, "Lập dự thảo");
  await sees(page, "chưa kết thúc");
  await look(page, "/console/bao-cao");
  await fill(form, { period: month });
  await press(page, "Lập dự thảo");
  await follow(page, /./, page.locator("tr", { hasText: new RegExp(`tháng ${Number(month.slice(5))} năm 2026.*chờ xác nhận`, "s") }));
  await sees(page, "Xác nhận và gửi Văn phòng UBND thành phố");
  await takes(page, page.getByRole("link", { name: "Bảng tính XLSX" }), /\.xlsx$/, "PK");
  await fill(page.locator("form[action$='/confirm']"), { note: "Đã đối chiếu" });
  await press(page, "Xác nhận và gửi Văn phòng UBND thành phố");
  await sees(page, "Đã xác nhận và gửi Văn phòng UBND thành phố", "Ghi chú: Đã đối chiếu");
  await page.context().close();
}

export const journeys = [
  { name: "makes an account", walk: people }, { name: "connects programs", walk: connects }, { name: "clicks twice", walk: clicksTwice },
  { name: "answers about personal data", walk: personal }, { name: "changes the calendar", walk: calendar, alone: true }, { name: "takes a sheet in", walk: exchanges, alone: true },
  { name: "reads the log", walk: readsTheLog }, { name: "sends a report", walk: reports }, { name: "drafts the month", walk: drafts },
];
