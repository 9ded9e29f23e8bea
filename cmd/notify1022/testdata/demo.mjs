// Plays with the demo's page as somebody does who sees it for the first time, and makes the
// README's picture of it. Arguments and answer are those of walk.mjs.
import { another, browser, expects, faults, inspect, look, sees, shot, visited, visitor } from "./walk/page.mjs";

const page = await visitor("demo", "desk");
await page.setViewportSize({ width: 1360, height: 820 }); // three columns
await look(page, "/");
await page.locator("#petition-list button", { hasText: "Đốt rác phía sau khu công nghiệp" }).click();
await sees(page, "nhắc trước hạn 8 giờ"); // nobody answers
await page.click("button[data-speed='0']");
await page.locator("#handset-list button", { hasText: "Sở Nông nghiệp và Môi trường" }).filter({ hasText: "đầu mối" }).click();
await sees(page, "1022 HP nhac: PAKN");
await page.hover("#now"); // nothing is under the pointer
await inspect(page);
await shot(page, "demo");
await page.locator("#quick button", { hasText: /^NHAN/ }).first().click();
await page.press("#text", "Enter");
await page.click("button[data-speed='60']");
await page.locator("#detail-body .chip", { hasText: "đang xử lý" }).first().waitFor().catch(() => expects(page, false, "the officer's answer is not taken"));

const phone = await another(page.context(), "demo", "phone");
await phone.setViewportSize({ width: 360, height: 740 });
await look(phone, "/");
for (const pane of ["detail", "handsets"]) {
  await phone.click(`nav button[data-pane=${pane}]`);
  await inspect(phone);
}
await browser.close();
console.log(JSON.stringify({ faults, visited: visited.length }));
