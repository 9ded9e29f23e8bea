// Every page is looked at once for each size, at the desk in the dark too, as those see it
// who may; pictures are made of them.
import { confirm, expects, inspectDark, look, shot, signedIn, site, visitor } from "./page.mjs";

const pages = {
  administrator: ["/console/board", "/console/intake", "/console/tasks", "/console/shift", "/console/office", "/console/ho-so", "/console/ho-so?state=asking", "/console/texts", "/console/texts/O1", "/console/send", "/console/send?template=T1", "/console/send?template=T1&q=nguoi", "/console/groups", "/console/groups/1?q=nguoi", "/console/send/1",
    "/console/directory", `/console/directory/${site.unit}`, "/console/directory/_", "/console/directory/-", "/console/calendar", "/console/gateway", "/console/people", "/console/links", "/console/personal", "/console/exchange", "/console/bao-cao", "/console/log", "/console/me", `/console/p/${site.code}`, `/console/p/${site.code}/act/forward`, `/console/p/${site.code}/act/result`, `/console/p/${site.code}/why/1/head`],
  operator: ["/console/board?q=den+duong", "/console/ho-so", `/console/p/${site.code}`],
  office: ["/console/board", "/console/office", "/console/ho-so?state="],
  officer: ["/console/board", `/console/p/${site.code}`],
  shift_lead: ["/console/board", "/console/shift", "/console/texts/O1", "/console/bao-cao"],
  head: ["/console/board", `/console/p/${site.code}`, "/console/bao-cao"],
};

const publicPages = ["/", "/console/sign-in", "/api/docs", "/gui-phan-anh", "/tra-cuu", "/cong-khai", `/t/${site.citizen}`, `/p/${site.token}`, `/t/${site.secret}`];

async function inside(size) {
  for (const [who, paths] of Object.entries(pages)) {
    const page = await signedIn(who, size);
    for (const path of paths) {
      await look(page, path);
      if (size === "desk") await inspectDark(page);
      if (who === "administrator") await shot(page, `${size}-${path.split("/").slice(2).join("-").replace(site.code, "petition").replace(/\W+/g, "-")}`);
    }
    await page.context().close();
  }
}

async function outside(size) {
  const page = await visitor("public", size);
  for (const path of publicPages) {
    await look(page, path);
    if (size === "desk") await inspectDark(page);
    await shot(page, `${size}-public${named(path)}`);
  }
  await look(page, "/t/khongcodau", 404);
  if (size === "phone") await page.context().addCookies(device);
  for (const [path, heading, phone, whom] of [[`/p/${site.token}`, "Kết quả xử lý", site.focal, "Cán bộ đầu mối"], [`/t/${site.secret}`, "Quá trình xử lý", site.owner, "Số"]]) {
    await look(page, path);
    if (size === "desk") await confirm(page, phone, whom);
    expects(page, await page.locator(`h2:has-text("${heading}")`).count(), "not open after its code");
    if (size === "desk") await inspectDark(page);
    await shot(page, `${size}-open${named(path)}`);
  }
  if (size === "desk") device = await page.context().cookies();
  await page.context().close();
}

// named is a path in the name of a picture.
const named = (path) => path.replace(site.citizen, "citizen").replace(site.token, "slip").replace(site.secret, "secret").replace(/\W+/g, "-");

let device; // the cookies of one that has shown both codes

export const journeys = [{ name: "every page inside", walk: inside }, { name: "every page outside", walk: outside, alone: true }];
