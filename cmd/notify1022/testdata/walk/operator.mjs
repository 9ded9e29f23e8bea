// An operator takes petitions in by each way out, acts with a preview, does the calls, checks
// results; and at the desk works with keys, on a board that is live.
import { another, expects, fill, formTo, inspect, look, press, received, sees, shot, signedIn, site, takes, texted, unfold, visitor, follow } from "./page.mjs";

async function publishes(size) {
  const me = site[size], page = await signedIn("operator", size);
  await look(page, `/console/p/${me.story}`);
  await sees(page, "Đã thay bóng đèn, đường sáng trở lại");
  await follow(page, "Công khai kết quả");
  await fill(page.locator("form"), { public_content: `Đèn đường ${me.place} tắt`, written: "none" });
  await press(page, "Xem trước tin sẽ gửi");
  await sees(page, "Sẽ thực hiện", "Mọi người sẽ đọc tại /cong-khai", `Đèn đường ${me.place} tắt`);
  await press(page, "Thực hiện");
  await sees(page, "Nội dung công khai");
  const file = page.locator("p", { hasText: "sau khi xử lý" }).first();
  await press(page, "Công khai", page.locator("p:has-text('sau khi xử lý') ~ form, p:has-text('sau khi xử lý') form").first());
  await sees(page, "Thôi công khai");
  expects(page, await file.locator("text=công khai").count(), "the photo after the work is not marked as public");
  await page.context().close();
}

async function attaches(size) {
  const me = site[size], page = await signedIn("operator", size);
  await look(page, `/console/p/${me.work}`);
  await page.click("text=Xem thông tin (được ghi nhật ký)");
  await page.waitForSelector("#citizen dl");
  await sees(page, me.citizen.slice(-4));
  await unfold(page, "Thêm tệp");
  await fill(formTo(page, "/files"), { file: site.photo, stage: "before" });
  await press(page, "Thêm");
  await sees(page, "Đã lưu tệp.", "trước khi xử lý");
  const path = await page.locator("a[href*='/files/']").first().getAttribute("href");
  const answer = await page.request.get(site.base + path);
  expects(page, answer.ok() && /^image\//.test(answer.headers()["content-type"]), "the file that was added is not given");
  await page.context().close();
}

// intake records one, by a way out, and comes to its page.
async function intake(page, fields, words) {
  await look(page, "/console/intake");
  await fill(page.locator("#intake"), { content: "Loa kéo ồn quá 22 giờ ở khu tập thể", area: "P Lạch Tray", name: "Nguyễn Thử", phone: "0570000044", ...fields });
  await press(page, "Ghi nhận");
  await sees(page, ...words);
  expects(page, /\/console\/p\/HP/.test(page.url()), "intake does not lead to the petition");
}

async function takesIn(size) {
  const me = site[size], page = await signedIn("operator", size);
  await look(page, "/console/intake");
  await page.fill("[name=content]", `Đèn đường ${me.place} tắt bốn tối nay, rất nguy hiểm`);
  await page.fill("[name=area]", "P Lạch Tray");
  await page.fill("[name=phone]", me.citizen);
  await page.press("[name=phone]", "Tab");
  await page.waitForSelector("#hints >> text=Cùng người dân");
  await page.locator("#hints details", { hasText: me.story }).locator("summary").click();
  await inspect(page);
  if (size === "desk") await shot(page, "desk-intake-hints");
  await page.locator("#hints details", { hasText: me.story }).getByRole("button", { name: "Dùng câu trả lời này" }).click();
  expects(page, await page.inputValue("#answer_text") === "Đã thay bóng đèn, đường sáng trở lại" && await page.isChecked("[name=way][value=answer]"), "a published answer is not taken over into the form");
  await page.fill("[name=name]", "Trần Thị Thử");
  await press(page, "Ghi nhận");
  await sees(page, "Trả lời trực tiếp", "đã trả lời trực tiếp");
  await intake(page, { content: `Quán ${me.place} lấn vỉa hè để xe`, way: "forward", lead: site.unit, note: "Dân gọi lần đầu" }, ["UBND phường Lạch Tray (chủ trì)"]);
  await intake(page, { content: `Hỏi vé xe khách ${me.place} đi tỉnh khác`, way: "reject", reject_reason: "không thuộc phạm vi tiếp nhận", reject_guidance: "bến xe Vĩnh Niệm" }, ["Hướng dẫn: bến xe Vĩnh Niệm"]);
  await intake(page, { content: `Cháy bãi phế liệu ${me.place}`, way: "emergency", emergency_to: "114", emergency_outcome: "answered", emergency_unit: site.unit }, ["114"]);
  await intake(page, { content: `Hố ga ${me.place} mất nắp`, way: "later" }, ["Đã tiếp nhận"]);
  await look(page, "/console/intake");
  await fill(page.locator("#intake"), { content: "Hố ga mất nắp", name: "Nguyễn Thử", phone: "123", way: "later" });
  await press(page, "Ghi nhận");
  await page.waitForSelector(".note.wrong");
  expects(page, await page.inputValue("[name=content]") === "Hố ga mất nắp", "a form that was refused has lost what was typed");
  await page.context().close();
}

async function acts(size) {
  const me = site[size], page = await signedIn("operator", size);
  await look(page, `/console/p/${me.work}`);
  await follow(page, "Ghi tiến độ");
  await page.fill("textarea[name=text]", "Đã gọi cho đơn vị");
  await press(page, "Xem trước tin sẽ gửi");
  await sees(page, "Sẽ thực hiện");
  await press(page, "Thực hiện");
  await page.waitForSelector(".note.good");
  await sees(page, "Đã gọi cho đơn vị");
  await page.context().close();
}

// calls has one outcome for each of three tasks: by its key at the desk, by touch on a phone.
async function calls(size) {
  const me = site[size], page = await signedIn("operator", size);
  await look(page, "/console/tasks?kind=call");
  for (const [key, name, said] of [["1", "Nghe máy", "Đã ghi: đã nghe máy"], ["2", "Không nghe", "Đã ghi: không nghe máy: máy bận. Việc còn mở"], ["3", "Gọi lại sau", "Đã ghi: hẹn gọi lại. Việc còn mở"]]) {
    const row = page.locator("tr", { hasText: `${me.call} ${key}` });
    if (key === "2") await row.locator("[name=note]").fill("máy bận");
    if (size === "desk") {
      await row.locator("a.row").focus();
      await Promise.all([page.waitForEvent("load"), page.keyboard.press(key)]);
      await inspect(page);
    } else await press(page, name, row);
    await sees(page, said);
  }
  expects(page, !(await page.locator("tr", { hasText: `${me.call} 1` }).count()), "a call that was answered is still to be made");
  await look(page, "/console/tasks?done=1");
  await sees(page, `${me.call} 1`);
  await look(page, "/console/shift");
  await sees(page, "Việc chưa xong", `${me.call} 2`);
  await page.context().close();
}

// decidesReturns agrees with one unit, which passes the petition on, and not with another.
async function decidesReturns(size) {
  const me = site[size], page = await signedIn("operator", size);
  const decides = async (code, word) => {
    await look(page, "/console/tasks?kind=confirm");
    const row = page.locator("tr", { hasText: code }).filter({ hasText: "trả lại" });
    await sees(page, "hãy chọn đồng ý hoặc không đồng ý"); // it cannot be ticked off
    expects(page, !(await row.getByRole("button", { name: "Đã xử lý" }).count()), `the return of ${code} may be ticked off`);
    await follow(page, word, row);
  };
  const carriesOut = async (...words) => {
    await press(page, "Xem trước tin sẽ gửi");
    await sees(page, "Sẽ thực hiện", ...words);
    await press(page, "Thực hiện");
    await page.waitForSelector(".note.good");
  };
  const next = await received(site.next.phone), unit = await received(me.colleague);
  await decides(me.given, "Đồng ý");
  await fill(page.locator("main form"), { unit: site.next.unit, note: "Quốc lộ qua An Biên" });
  await carriesOut(`1022 HP chuyen PAKN ${me.given}`);
  await sees(page, `${site.next.name} (chủ trì)`, "chấp thuận trả lại");
  await texted(site.next.phone, next, `1022 HP chuyen PAKN ${me.given}`);
  await texted(me.colleague, unit, `khong phai xu ly tiep PAKN ${me.given}`);
  const focal = await received(site.focal);
  await decides(me.kept, "Không đồng ý");
  await fill(page.locator("main form"), { reason: "Rãnh nằm trên đường công cộng" });
  await carriesOut(`chua chap thuan tra lai PAKN ${me.kept}`);
  await sees(page, `UBND phường Lạch Tray (chủ trì)`, "không chấp thuận trả lại");
  await texted(site.focal, focal, `chua chap thuan tra lai PAKN ${me.kept}`);
  await look(page, "/console/tasks?kind=confirm");
  for (const code of [me.given, me.kept]) expects(page, !await page.locator("tr", { hasText: code }).filter({ hasText: "trả lại" }).count(), `the return of ${code} waits still`);
  await page.context().close();
}

// sendsFiles sends the files that the Office has to have (Đ9.6), with the letter.
async function sendsFiles(size) {
  const me = site[size], page = await signedIn("operator", size);
  await look(page, "/console/ho-so");
  const file = page.getByRole("region", { name: `của ${me.urgent}` });
  await file.locator("[name=code]").check();
  await file.locator(`[name="reason_${me.urgent}"]`).fill("Kéo dài, dân gọi nhiều lần");
  await takes(page, page.getByRole("button", { name: "Phiếu đề nghị (.docx)" }), /^phieu-de-nghi-.*\.docx$/, "PK");
  await press(page, "Xem trước việc gửi các hồ sơ đã chọn đến Văn phòng (một tin V4)");
  await sees(page, me.urgent);
  await press(page, "Gửi");
  await sees(page, "Đã gửi 1 hồ sơ", "Danh sách 1 hồ sơ", me.urgent);
  me.batch = new URL(page.url()).pathname;
  expects(page, /^\/console\/ho-so\/\w+/.test(me.batch), "the files that were sent have no list of their own");
  await look(page, "/console/ho-so?state=sent");
  await sees(page, me.urgent);
  await takes(page, page.getByRole("link", { name: "XLSX" }), /\.xlsx$/, "PK");
  await takes(page, page.getByRole("link", { name: "CSV" }), /\.csv$/, "Mã phản ánh,Đơn vị");
  await page.context().close();
}

// keyboard goes by keys alone; a session that ends over a form loses nothing.
async function keyboard() {
  const page = await signedIn("operator", "desk"), context = page.context();
  await page.goto(site.base + "/console/board");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/console\/p\//);
  await page.goto(site.base + `/console/p/${site.code}/act/progress`);
  await page.fill("textarea[name=text]", "Đã hẹn đơn vị đến xem");
  await page.click("text=Xem trước tin sẽ gửi");
  await page.waitForSelector("button[value=do]");
  await page.focus("text=Thôi"); // Enter on a link follows the link, and carries nothing out
  await page.keyboard.press("Enter");
  await page.waitForURL((u) => u.pathname === `/console/p/${site.code}`);
  expects(page, !(await page.locator("text=Đã hẹn đơn vị đến xem").count()), "Enter on a link has carried out the act");
  await page.keyboard.press("r"); // on a petition an act's key
  await page.waitForURL(/act\/acknowledge/);
  await page.goto(site.base + "/console/tasks");
  await page.keyboard.press("1"); // a digit outside a row does nothing
  await page.keyboard.press("u");
  await page.waitForURL(/bao-cao/);
  await page.goto(site.base + "/console/me");
  await page.uncheck("#keys-on");
  await page.keyboard.press("Tab");
  await page.keyboard.press("b");
  await page.check("#keys-on");
  expects(page, page.url().endsWith("/console/me"), "a key works that was switched off");
  await context.close();
}

async function outlivesItsSession(size) {
  const me = site[size], page = await visitor("operator", size);
  const signIn = async () => { await fill(page.locator("form"), { name: "operator", password: site.password }); await press(page, "Đăng nhập"); };
  await look(page, "/console/sign-in");
  await signIn();
  await look(page, `/console/p/${me.work}/act/progress`);
  await page.fill("textarea[name=text]", "Đã gọi lại cho đơn vị");
  await page.context().clearCookies(); // the session ends over the form
  await press(page, "Xem trước tin sẽ gửi");
  await signIn();
  await page.waitForURL(/act\/progress/);
  await page.click("text=Đưa vào biểu mẫu");
  expects(page, await page.inputValue("textarea[name=text]") === "Đã gọi lại cho đơn vị", "what was typed before the session ended is lost");
  await inspect(page);
  await press(page, "Xem trước tin sẽ gửi");
  await press(page, "Thực hiện");
  await sees(page, "Đã gọi lại cho đơn vị");
  const kept = await page.evaluate(() => Object.keys(sessionStorage).filter((name) => name.startsWith("kept:")));
  expects(page, !kept.length, `forms that were taken are still kept: ${kept}`);
  await page.context().close();
}

// watches sees a petition come onto the board that somebody else has recorded; the focus
// stays on its row while the rows are replaced.
async function watches(size) {
  const me = site[size], page = await signedIn("operator", size);
  const watching = await another(page.context(), "operator, watching", size);
  const live = watching.waitForResponse((r) => r.url().endsWith("/console/events")); // it may come before the page is whole
  await watching.goto(site.base + `/console/board?q=${me.seen}`);
  await live;
  await intake(page, { content: `Cây đổ chắn lối ${me.seen}`, way: "later" }, ["Đã tiếp nhận"]);
  await watching.waitForSelector(`#rows tbody td:has-text("${me.seen}")`);
  await inspect(watching);
  const row = await watching.locator("#rows a.row").first().getAttribute("id");
  await watching.focus(`#${row}`);
  await watching.evaluate(() => htmx.ajax("GET", document.querySelector("[data-live]").dataset.live, { target: document.querySelector("[data-live]"), swap: "innerHTML" }));
  expects(watching, await watching.evaluate(() => document.activeElement.id) === row, "the focus is lost with the rows");
  await page.context().close();
}

// clocks stop with working time and go on with it.
async function clocks(size) {
  const me = site[size], page = await signedIn("operator", size);
  await page.clock.install();
  await page.goto(site.base + `/console/p/${me.work}`);
  // The longest, for the others may run out.
  const from = await page.evaluate(() => {
    const [longest] = [...document.querySelectorAll(".left[data-left]")].sort((a, b) => b.dataset.left - a.dataset.left);
    longest.id = "longest";
    return longest.dataset.left / 60;
  });
  const left = () => page.evaluate(() => { const [h, m] = document.getElementById("longest").textContent.replace(" giờ", "h0").replace(/^(\d+) phút$/, "0h$1").split("h").map(Number); return h * 60 + m; });
  await page.clock.runFor("01:00:00");
  const anHour = from - await left();
  await page.clock.fastForward("03:30:00"); // 14:30: the pause at noon does not count
  await page.clock.runFor(2000);
  const noon = from - await left();
  expects(page, Math.abs(anHour - 60) <= 2 && Math.abs(noon - 180) <= 2, `after an hour ${anHour} minutes are gone, after the noon's pause ${noon}`);

  // A part of the page brings its calendar along: off for ten minutes, at work for the ten after.
  await page.evaluate(() => document.getElementById("main").insertAdjacentHTML("beforeend", '<span hidden data-hours="own" data-working="false" data-edges="600 1200"></span><span class="left" id="own" data-left="36000" data-calendar="own">10 giờ</span>'));
  await page.clock.runFor(2000);
  const off = await page.evaluate(() => [document.getElementById("own").classList.contains("still"), document.getElementById("longest").classList.contains("still")]);
  await page.clock.runFor("00:15:00");
  const own = await page.textContent("#own");
  expects(page, off[0] && !off[1] && (own === "9h55" || own === "9h54"), `a clock by its own calendar stands still ${off[0]}, the city's ${off[1]}, and says ${own} after five minutes of work`);
  await page.context().close();
}

// A stream that is refused for good is said, tried again and taken up.
async function losesTheServer(size) {
  const page = await signedIn("operator", size);
  page.removeAllListeners("console"); // it tells of the 503
  await page.clock.install();
  await page.route("**/console/events", (r) => r.fulfill({ status: 503 }));
  await page.goto(site.base + "/console/board");
  await page.waitForSelector("#stale:not([hidden])");
  await inspect(page);
  await page.unroute("**/console/events");
  await page.clock.fastForward(6000);
  await page.waitForSelector("#stale", { state: "hidden" });
  await page.context().close();
}

export const journeys = [
  { name: "publishes a result and its photo", walk: publishes }, { name: "adds a file", walk: attaches }, { name: "takes petitions in", walk: takesIn },
  { name: "acts with a preview", walk: acts }, { name: "makes the calls", walk: calls }, { name: "decides returns", walk: decidesReturns }, { name: "sends files to the Office", walk: sendsFiles },
  { name: "goes by keys", walk: keyboard, at: ["desk"] }, { name: "signs in again over a form", walk: outlivesItsSession }, { name: "watches the board", walk: watches },
  { name: "reads the clocks", walk: clocks }, { name: "loses the server", walk: losesTheServer },
];
