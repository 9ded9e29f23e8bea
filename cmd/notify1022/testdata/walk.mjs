// Walks the pages as their users do, in Chromium, and says what it found as JSON.
// Arguments: the directory with node_modules, and a file with {base, chromium, token,
// citizen, secret, code, password, phones, shots}; phones answers what codes they were sent.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [modules, settings] = process.argv.slice(2);
const load = createRequire(modules + "/");
const { chromium } = load("playwright-core");
const axe = readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");
const site = JSON.parse(readFileSync(settings, "utf8"));
const faults = [];
const visited = [];
const sizes = { desk: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };

// look checks a page: status, errors of the console, accessibility, width.
async function look(page, path, size, who) {
  const where = `${path} (${who}, ${size})`;
  const answer = await page.goto(site.base + path);
  if (answer.status() !== 200) faults.push(`${where}: status ${answer.status()}`);
  await inspect(page, where);
}

async function inspect(page, where) {
  visited.push(where);
  await page.evaluate(axe); // as a debugger would: the page's own policy lets no script in
  const found = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }));
  if (found.passes.length < 8) faults.push(`${where}: only ${found.passes.length} rules could be looked at`);
  for (const v of found.violations) {
    if (v.impact === "serious" || v.impact === "critical") faults.push(`${where}: ${v.id}: ${v.help}: ${v.nodes.slice(0, 2).map((n) => n.html.slice(0, 160)).join(" | ")}`);
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 1) {
    const beyond = await page.evaluate(() => [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).slice(-2).map((e) => e.outerHTML.slice(0, 120)));
    faults.push(`${where}: ${wide} px wider than the screen: ${beyond.join(" | ")}`);
  }
}

async function shot(page, name) {
  if (site.shots) await page.screenshot({ path: `${site.shots}/${name}.png` });
}

function listen(page, who) {
  page.on("console", (m) => { if (m.type() === "error" && !/status of 4\d\d/.test(m.text())) faults.push(`${who}: console: ${m.text()} at ${page.url()}`); });
  page.on("pageerror", (e) => faults.push(`${who}: script: ${e.message} at ${page.url()}`));
}

async function signIn(page, name) {
  await page.goto(site.base + "/console/sign-in");
  await page.fill("[name=name]", name);
  await page.fill("[name=password]", site.password);
  await page.click("button");
  await page.waitForLoadState("load");
  if (!page.url().endsWith("/console/board")) faults.push(`${name} is at ${page.url()} after signing in`);
}

// confirm gives the code that a page asks for, as the phone shows it, and returns the
// device's cookies.
async function confirm(page, path, phone, whom) {
  await page.goto(site.base + path);
  await inspect(page, `${path} (before its code)`);
  const before = await (await fetch(`${site.phones}/count?phone=${phone}`)).text();
  await page.click(`label:has-text("${whom}") input[name=to]`);
  await page.click("button:has-text('Gửi mã')");
  const code = await (await fetch(`${site.phones}/code?phone=${phone}&after=${before}`)).text();
  await page.fill("[name=code]", code);
  await inspect(page, `${path} (with its code)`);
  await page.click("button:has-text('Mở')");
  await page.waitForSelector("h1:has-text('Phiếu chuyển'), h1:has-text('Phản ánh')");
  return page.context().cookies();
}

const browser = await chromium.launch({ executablePath: site.chromium, args: ["--no-sandbox"] });
const pages = {
  administrator: ["/console/board", "/console/intake", "/console/tasks", "/console/shift", "/console/office", "/console/ho-so", "/console/ho-so?state=asking", "/console/texts", "/console/texts/O1", "/console/send", "/console/send?template=T1", "/console/send?template=T1&q=nguoi", "/console/groups", "/console/groups/1?q=nguoi", "/console/send/1",
    "/console/directory", `/console/directory/${site.unit}`, "/console/directory/_", "/console/directory/-", "/console/calendar", "/console/gateway", "/console/people", "/console/links", "/console/personal", "/console/exchange", "/console/bao-cao", "/console/log", "/console/me", `/console/p/${site.code}`, `/console/p/${site.code}/act/forward`, `/console/p/${site.code}/act/result`, `/console/p/${site.code}/why/1/head`],
  operator: ["/console/board?q=den+duong", "/console/ho-so", `/console/p/${site.code}`],
  office: ["/console/board", "/console/office", "/console/ho-so?state="],
  officer: ["/console/board", `/console/p/${site.code}`],
  shift_lead: ["/console/board", "/console/shift", "/console/texts/O1", "/console/bao-cao"],
  head: ["/console/board", `/console/p/${site.code}`, "/console/bao-cao"],
};
let device = null; // cookies of a device that has shown both codes
for (const [size, viewport] of Object.entries(sizes)) {
  for (const colorScheme of size === "desk" ? ["light", "dark"] : ["light"]) {
    for (const [who, paths] of Object.entries(pages)) {
      const context = await browser.newContext({ viewport, colorScheme, locale: "vi-VN" });
      const page = await context.newPage();
      listen(page, who);
      await signIn(page, who);
      for (const path of paths) {
        await look(page, path, `${size}, ${colorScheme}`, who);
        if (who === "administrator" && colorScheme === "light") await shot(page, `${size}-${path.split("/").slice(2).join("-").replace(site.code, "petition").replace(/\W+/g, "-")}`);
      }
      await context.close();
    }
    const context = await browser.newContext({ viewport, colorScheme, locale: "vi-VN" });
    const page = await context.newPage();
    listen(page, "public");
    for (const path of ["/console/sign-in", "/api/docs", "/gui-phan-anh", "/tra-cuu", "/cong-khai", `/t/${site.citizen}`, `/p/${site.token}`, `/t/${site.secret}`, "/t/khongcodau"]) {
      if (path === "/t/khongcodau") { await page.goto(site.base + path); await inspect(page, path); } else await look(page, path, `${size}, ${colorScheme}`, "public");
      if (colorScheme === "light") await shot(page, `${size}-public${path.replace(site.citizen, "citizen").replace(site.token, "slip").replace(site.secret, "secret").replace(/\W+/g, "-")}`);
    }
    if (!device) {
      await confirm(page, `/p/${site.token}`, site.focal, "Cán bộ đầu mối");
      device = await confirm(page, `/t/${site.secret}`, site.owner, "Số");
    }
    await context.addCookies(device);
    for (const [path, heading] of [[`/p/${site.token}`, "Kết quả xử lý"], [`/t/${site.secret}`, "Quá trình xử lý"]]) {
      await look(page, path, `${size}, ${colorScheme}, with its code`, "public");
      if (!(await page.locator(`h2:has-text("${heading}")`).count())) faults.push(`${path}: not open after its code`);
      if (colorScheme === "light") await shot(page, `${size}-open${path.replace(site.token, "slip").replace(site.secret, "secret").replace(/\W+/g, "-")}`);
    }
    await context.close();
  }
}

// The operator's way: the board, a petition, an act with its preview; the board is live.
const context = await browser.newContext({ viewport: sizes.desk, locale: "vi-VN" });
const page = await context.newPage();
listen(page, "journey");
await signIn(page, "operator");
await page.keyboard.press("j");
await page.keyboard.press("Enter");
await page.waitForURL(/\/console\/p\//);
await page.click("text=Xem thông tin");
await page.waitForSelector("#citizen dl");
await page.click("text=Ghi tiến độ");
await page.fill("textarea[name=text]", "Đã gọi cho đơn vị");
await page.click("text=Xem trước tin sẽ gửi");
await page.waitForSelector("button[value=do]");
await page.focus("text=Thôi"); // Enter on a link follows the link, and carries nothing out
await page.keyboard.press("Enter");
await page.waitForURL((u) => u.pathname === `/console/p/${site.code}`);
if (await page.locator("text=Đã gọi cho đơn vị").count()) faults.push("Enter on a link has carried out the act");
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
if (!page.url().endsWith("/console/me")) faults.push("a key works that was switched off");
await page.goto(site.base + `/console/p/${site.code}/act/progress`);
await page.fill("textarea[name=text]", "Đã gọi cho đơn vị");
await context.clearCookies(); // the session ends over the form
await page.click("text=Xem trước tin sẽ gửi");
await page.fill("[name=name]", "operator");
await page.fill("[name=password]", site.password);
await page.click("button");
await page.waitForURL(/act\/progress/);
await page.click("text=Đưa vào biểu mẫu");
if (await page.inputValue("textarea[name=text]") !== "Đã gọi cho đơn vị") faults.push("what was typed before the session ended is lost");
await inspect(page, "a form that was kept");
await page.click("text=Xem trước tin sẽ gửi");
await page.click("button[value=do]");
await page.waitForSelector(".note.good");
await inspect(page, "petition after an act");
await page.goto(site.base + "/console/intake");
await page.fill("[name=content]", "Đèn đường trước ngõ tắt bốn tối nay");
await page.fill("[name=area]", "P Lạch Tray");
await page.fill("[name=phone]", "0570000004");
await page.press("[name=phone]", "Tab");
await page.waitForSelector("#hints >> text=Cùng người dân");
await inspect(page, "intake with hints");
await shot(page, "desk-intake-hints");
await page.fill("[name=name]", "Nguyễn Thử");
await page.selectOption("[name=lead]", "LACHTRAY");
const watching = await context.newPage();
listen(watching, "watching");
const live = watching.waitForResponse((r) => r.url().endsWith("/console/events")); // it may come before the page is whole
await watching.goto(site.base + "/console/board");
await live;
const before = await watching.locator("#rows tbody tr").count();
await page.click("#intake button:visible:has-text('Ghi nhận')");
await page.waitForURL(/\/console\/p\//);
await watching.waitForFunction((n) => document.querySelectorAll("#rows tbody tr").length > n, before);
const kept = await page.evaluate(() => Object.keys(sessionStorage).filter((name) => name.startsWith("kept:")));
if (kept.length) faults.push(`forms that were taken are still kept: ${kept}`);

// The focus stays on its row while the rows are replaced.
await watching.focus(`#p-${site.code}`);
await watching.evaluate(() => htmx.ajax("GET", document.querySelector("[data-live]").dataset.live, { target: document.querySelector("[data-live]"), swap: "innerHTML" }));
if (await watching.evaluate(() => document.activeElement.id) !== `p-${site.code}`) faults.push("the focus is lost with the rows");

// A clock stops with working time and goes on with it.
const clocked = await context.newPage();
await clocked.clock.install();
await clocked.goto(site.base + `/console/p/${site.code}`);
const left = () => clocked.evaluate(() => { const [h, m] = document.querySelector(".left[data-left]").textContent.replace(" giờ", "h0").replace(/^(\d+) phút$/, "0h$1").split("h").map(Number); return h * 60 + m; });
const from = await clocked.evaluate(() => Number(document.querySelector(".left[data-left]").dataset.left) / 60);
await clocked.clock.runFor("01:00:00");
const anHour = from - await left();
await clocked.clock.fastForward("03:30:00"); // 14:30: the pause at noon does not count
await clocked.clock.runFor(2000);
const noon = from - await left();
if (Math.abs(anHour - 60) > 2 || Math.abs(noon - 180) > 2) faults.push(`after an hour ${anHour} minutes are gone, after the noon's pause ${noon}`);

// A part of the page brings its calendar along: off for ten minutes, at work for the ten after.
await clocked.evaluate(() => document.getElementById("main").insertAdjacentHTML("beforeend", '<span hidden data-hours="own" data-working="false" data-edges="600 1200"></span><span class="left" id="own" data-left="36000" data-calendar="own">10 giờ</span>'));
await clocked.clock.runFor(2000);
const off = await clocked.evaluate(() => [document.getElementById("own").classList.contains("still"), document.querySelector(".left[data-left]").classList.contains("still")]);
await clocked.clock.runFor("00:15:00");
const own = await clocked.textContent("#own");
if (!off[0] || off[1] || own !== "9h55" && own !== "9h54") faults.push(`a clock by its own calendar stands still ${off[0]}, the city's ${off[1]}, and says ${own} after five minutes of work`);

// A double click makes one key and shows its secret, though the answer is slow.
const twice = await browser.newContext({ viewport: sizes.desk, locale: "vi-VN" });
const links = await twice.newPage();
listen(links, "a double click");
await signIn(links, "administrator");
await links.route("**/console/links/key", async (r) => {
  const answer = await r.fetch({ headers: { ...(await r.request().allHeaders()), "sec-fetch-site": "same-origin" } });
  await new Promise((done) => setTimeout(done, 500));
  await r.fulfill({ response: answer }).catch(() => {}); // the browser has given it up
});
await links.goto(site.base + "/console/links");
await links.fill("[name=name]", "Cổng dịch vụ công");
await links.dblclick("text=Tạo khóa", { delay: 100 }); // as a hand does it
await links.waitForSelector("[role=status]");
if (!/Mã bí mật của khóa/.test(await links.textContent("[role=status]"))) faults.push("a double click has lost the secret of a new key");
if (await links.locator("td:text-is('Cổng dịch vụ công')").count() !== 1) faults.push("a double click has not made one key");
await inspect(links, "a new key");

// A stream that is refused for good is said, tried again and taken up.
const cut = await context.newPage();
await cut.clock.install();
await cut.route("**/console/events", (r) => r.fulfill({ status: 503 }));
await cut.goto(site.base + "/console/board");
await cut.waitForSelector("#stale:not([hidden])");
await cut.unroute("**/console/events");
await cut.clock.fastForward(6000);
await cut.waitForSelector("#stale", { state: "hidden" });

await browser.close();
console.log(JSON.stringify({ faults, visited: visited.length }));
