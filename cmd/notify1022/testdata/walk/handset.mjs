// Somebody tries the service on the simulator's handsets, which stand in for phones.
import { expects, fill, inspect, look, sees, shot, site, visitor } from "./page.mjs";

// handsets is the simulator's page of the second house, once it hears what happens.
export async function handsets(size) {
  const page = await visitor("handset", size, site.second.base);
  const live = page.waitForResponse((r) => r.url().endsWith("/simulator/events"));
  await look(page, "/simulator/");
  await live;
  return page;
}

// gets waits until the page tells that a phone got a text with the words.
export async function gets(page, phone, words) {
  const row = page.locator("#log tr", { hasText: "Máy nhận tin" }).filter({ hasText: `84${phone.slice(1)}` }).filter({ hasText: words });
  await row.first().waitFor().catch(() => expects(page, false, `${phone} does not show “${words}”`));
}

// sends has a phone send a text.
export async function sends(page, from, text) {
  await fill(page.locator("#send"), { from, text });
  await page.getByRole("button", { name: "Gửi" }).click();
  await page.locator("#log tr", { hasText: "Máy gửi tin" }).filter({ hasText: text }).first().waitFor();
  await sees(page, "Đã gửi.");
  expects(page, !await page.inputValue("[name=text]"), "the text that was sent stands in the form still");
}

async function replies(size) {
  const { code, reply } = site.second[size], page = await handsets(size);
  await sends(page, site.second.focal, `NHAN ${reply}`);
  await gets(page, site.second.focal, `da nhan PAKN ${code}`);
  await sends(page, site.second.focal, `HEN ${reply} 10h 25/11`);
  await gets(page, site.second.citizen, `${code} can xac minh`);
  await inspect(page);
  await shot(page, `${size}-simulator`);
  await fill(page.locator("#send"), { from: "12", text: "NHAN" });
  await page.getByRole("button", { name: "Gửi" }).click(); // the browser asks for a number
  expects(page, await page.locator("[name=from]:invalid").count() === 1, "a number of two digits is taken");
  await page.context().close();
}

export const journeys = [{ name: "replies", walk: replies }];
