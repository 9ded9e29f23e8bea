// What every walk has: a browser, people who open pages in it, what is looked for on each
// page, and the list of what was found wrong. A walk never waits for a time, only for what
// the page does.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [modules, settings] = process.argv.slice(2);
const load = createRequire(modules + "/");
const { chromium } = load("playwright-core");
const axe = readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");

// site is what browser_test.go has made ready: {base, chromium, phones, password, shots, …},
// and at each size's name what the people of that size act on.
export const site = JSON.parse(readFileSync(settings, "utf8"));
export const sizes = { desk: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };
export const faults = [];
export const visited = [];
export const browser = await chromium.launch({ executablePath: site.chromium, args: ["--no-sandbox"] });

// patience bounds each wait, in milliseconds: on a busy machine the demo takes two minutes to an afternoon.
const patience = 180_000;

// whose is who looks at a page, at which size.
const whose = new WeakMap();
let visitors = 0;

// visitor is somebody with a browser and an address of their own, at the first house unless
// told of another.
export async function visitor(who, size, base = site.base) {
  const context = await browser.newContext({ baseURL: base, viewport: sizes[size], locale: "vi-VN", extraHTTPHeaders: { "X-Forwarded-For": `198.51.100.${++visitors}` } });
  return another(context, who, size);
}

// another is one more page of somebody's browser.
export async function another(context, who, size) {
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  whose.set(page, `${who}, ${size}`);
  page.on("console", (m) => { if (m.type() === "error" && !/status of 4\d\d/.test(m.text())) fault(page, `console: ${m.text()}`); });
  page.on("pageerror", (e) => fault(page, `script: ${e.message}`));
  return page;
}

// signedIn is a visitor who has signed in. Each size has its own session: what a session is
// told once is told on the page that caused it.
const sessions = new Map();
export async function signedIn(name, size, base = site.base) {
  const page = await visitor(name, size, base);
  const key = `${name} ${size} ${base}`;
  if (sessions.has(key)) await page.context().addCookies(sessions.get(key));
  else {
    await signIn(page, name, site.password);
    sessions.set(key, await page.context().cookies());
  }
  return page;
}

export async function signIn(page, name, password, code = "") {
  await page.goto("/console/sign-in");
  await fill(page.locator("form"), { name, password, code });
  await press(page, "Đăng nhập");
}

// fault notes what is wrong with a page, or with what was done there.
export function fault(page, what) {
  faults.push(`${page.url().replace(/^http:\/\/[^/]+/, "")} (${whose.get(page)}): ${what}`);
}

// look opens a page and looks at it.
export async function look(page, path, status = 200) {
  const answer = await page.goto(path);
  if (answer.status() !== status) fault(page, `status ${answer.status()}, not ${status}`);
  await inspect(page);
}

const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];

// inspect looks for what bars people, where no page of this shape has been looked at at this
// size; and for what is wider than the screen.
export async function inspect(page) {
  visited.push(page.url());
  const shape = `${page.viewportSize().width} ${await page.evaluate(shapeOf)}`;
  if (!shapes.has(shape)) {
    shapes.add(shape);
    await violations(page, { runOnly: standards }, 8);
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 1) {
    const beyond = await page.evaluate(() => [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).slice(-2).map((e) => e.outerHTML.slice(0, 120)));
    fault(page, `${wide} px wider than the screen: ${beyond.join(" | ")}`);
  }
}

// shapes are those of the pages that were looked at: the same elements with the same classes,
// roles and names break the same rules whatever words and numbers they hold.
export const shapes = new Set();

// shapeOf is the page's, with rows that are alike told once.
function shapeOf() {
  const told = /^(class|id|role|type|for|name|lang|hidden|disabled|required|open|scope|tabindex|aria-.*)$/;
  const of = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data.trim() ? "t" : "";
    if (node.nodeType !== Node.ELEMENT_NODE || ["SCRIPT", "STYLE"].includes(node.tagName)) return "";
    const attributes = [...node.attributes].map((a) => told.test(a.name) && a.name !== "aria-label" ? `${a.name}=${a.value.replace(/\d+/g, "0")}` : `${a.name}${a.value.trim() ? "" : "!"}`);
    const inside = [...node.childNodes].map(of).filter((s, i, all) => s && s !== all[i - 1]);
    return `${node.tagName}[${attributes.sort()}](${inside})`;
  };
  return of(document.documentElement);
}

// inspectDark looks at the colours of the page as it stands, in the dark.
export async function inspectDark(page) {
  await page.emulateMedia({ colorScheme: "dark" });
  await violations(page, { runOnly: { type: "rule", values: ["color-contrast"] } }, 0);
  await page.emulateMedia({ colorScheme: "light" });
}

// coloursOf are those that do not go together.
function coloursOf(node) {
  const data = node.any.find((c) => c.id === "color-contrast")?.data;
  return data ? `(${data.fgColor} on ${data.bgColor}, ${data.contrastRatio})` : "";
}

async function violations(page, options, least) {
  if (!await page.evaluate(() => "axe" in window)) await page.evaluate(axe); // as a debugger would: the page's own policy lets no script in
  const found = await page.evaluate((options) => axe.run(document, { ...options, resultTypes: ["violations"] }), options);
  if (found.passes.length < least) fault(page, `only ${found.passes.length} rules could be looked at`);
  for (const v of found.violations) {
    if (v.impact === "serious" || v.impact === "critical") fault(page, `${v.id}: ${v.help}: ${v.nodes.slice(0, 2).map((n) => `${n.html.slice(0, 160)} ${coloursOf(n)}`).join(" | ")}`);
  }
}

export async function shot(page, name) {
  if (!site.shots) return;
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: `${site.shots}/${name}.png` });
}

// sees waits until the page says each of the words.
export async function sees(page, ...words) {
  for (const word of words) {
    await page.waitForFunction((w) => document.body.innerText.includes(w), word).catch(() => fault(page, `“${word}” is not there`));
  }
}

// expects notes what is not so.
export function expects(page, so, what) {
  if (!so) fault(page, what);
}

// press presses the button or follows the link of the name, and looks at the page it leads to.
export async function press(page, name, within = page, role = "button") {
  const loaded = page.waitForEvent("load");
  await Promise.all([loaded, within.getByRole(role, { name, exact: true }).first().click()]).catch((e) => {
    throw new Error(`“${name}” leads nowhere: ${e.message.split("\n")[0]}`);
  });
  await inspect(page);
}

export const follow = (page, name, within = page) => press(page, name, within, "link");

// fill puts values into the fields of a form, by their names: a text, the value of a choice or
// several, true or false for a tick, the path of a file.
export async function fill(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = form.locator(`[name="${name}"]:not([type=hidden])`).first();
    switch (await field.evaluate((e) => e.type)) {
      case "radio": await form.locator(`[name="${name}"][value="${value}"]`).check(); break;
      case "checkbox": await field.setChecked(value); break;
      case "select-one": case "select-multiple": await field.selectOption(value); break;
      case "file": await field.setInputFiles(value); break;
      default: await field.fill(value);
    }
  }
}

// pick chooses what in the list of the name has the words.
export async function pick(form, name, words) {
  const list = form.locator(`select[name="${name}"]`);
  await list.selectOption(await list.locator("option", { hasText: words }).first().getAttribute("value"));
}

// formTo is the form of the page that goes to the path's end.
export const formTo = (page, end) => page.locator(`form[action$="${end}"]`).first();

// unfold opens what is folded under the words.
export async function unfold(page, words, within = page) {
  await within.locator("summary", { hasText: words }).first().click();
}

// takes downloads what the button or link gives, and checks its name and how it begins.
export async function takes(page, locator, name, begins) {
  const [download] = await Promise.all([page.waitForEvent("download"), locator.click()]);
  const body = readFileSync(await download.path());
  if (!name.test(download.suggestedFilename())) fault(page, `the file is called ${download.suggestedFilename()}, not ${name}`);
  if (!body.subarray(0, 3000).includes(begins)) fault(page, `${download.suggestedFilename()} begins with ${JSON.stringify(body.toString().slice(0, 60))} and does not have ${JSON.stringify(begins)}`);
  return body;
}

// received is how many texts a phone has; texted waits for one after the first so many
// that holds the word.
export async function received(phone) {
  return Number(await (await fetch(`${site.phones}/count?phone=${phone}`)).text());
}

export async function texted(phone, after, word) {
  const answer = await fetch(`${site.phones}/text?${new URLSearchParams({ phone, after, word })}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`no text with “${word}” on ${phone}: ${text}`);
  return text;
}

// confirm goes through the page that asks for a code: it is sent to whom the words name.
export async function confirm(page, phone, whom) {
  const before = await received(phone);
  await page.click(`label:has-text("${whom}") input[name=to]`);
  await press(page, "Gửi mã");
  await page.fill("[name=code]", /\b\d{6}\b/.exec(await texted(phone, before, "ma xac thuc"))[0]);
  await press(page, "Mở");
}

// linkIn is the path of the link in a text.
export const linkIn = (text) => /1022\.example\.vn(\/[\w/-]+)/.exec(text)[1];
