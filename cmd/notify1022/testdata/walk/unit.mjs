// An officer of a unit and its head at the console: what their unit has, and no more.
import { expects, fill, follow, look, pick, press, received, sees, signedIn, site, takes, texted } from "./page.mjs";

// carriesOut does an act with the fields, after a preview that has the words.
async function carriesOut(page, act, fields, ...words) {
  await follow(page, act);
  await fill(page.locator("main form"), fields);
  await press(page, "Xem trước tin sẽ gửi");
  await sees(page, "Sẽ thực hiện", ...words);
  await press(page, "Thực hiện");
  await sees(page, `${act}: đã thực hiện.`);
}

// keepsToItself sees what the unit has and nothing of another's, typed by hand neither.
async function keepsToItself(page, me) {
  await look(page, "/console/board");
  await sees(page, me.owed);
  const board = await page.textContent("main");
  expects(page, !board.includes(me.elsewhere) && !board.includes("Bãi xe lấn chiếm"), "the board has a petition of another unit");
  await fill(page.locator("form.filter"), { q: me.elsewhere });
  await press(page, "Lọc");
  expects(page, !(await page.textContent("main")).includes("Bãi xe lấn chiếm"), "a petition of another unit is found by its code");
  const menu = await page.locator("nav").first().textContent();
  for (const name of ["Văn phòng", "Danh bạ", "Mẫu tin", "Gửi tin", "Việc phải làm", "Tiếp nhận"]) expects(page, !menu.includes(name), `the menu has ${name}`);
  await look(page, `/console/p/${me.elsewhere}`, 404);
}

// offered are the acts on the petition's page.
const offered = (page) => page.locator(".acts").first().getByRole("link").allTextContents();

async function officer(size) {
  const me = site[size], page = await signedIn("officer", size);
  await keepsToItself(page, me);
  await look(page, `/console/p/${me.signed}`);
  const acts = await offered(page);
  for (const name of ["Chuyển đơn vị", "Công khai kết quả", "Đôn đốc", "Tạm dừng tính giờ", "Đồng ý trả phiếu"]) expects(page, !acts.includes(name), `an officer is offered “${name}”`);
  expects(page, !(await page.textContent("main")).includes(me.neighbour.slice(-4)), "an officer sees the citizen's number");
  const had = await received(me.neighbour);
  await carriesOut(page, "Nhận phiếu", { note: "Tổ công viên xem" }, "Không gửi tin nào.");
  await carriesOut(page, "Hẹn thời gian", { at: "2026-11-24T16:00", reason: "Chờ thợ" }, `phan anh ${me.signed} can xac minh`);
  await texted(me.neighbour, had, `${me.signed} can xac minh`);
  await carriesOut(page, "Nhập kết quả", { text: "Đã thay ghế mới, bắt chắc chân ghế", document_no: `9/${size}` }, "Không gửi tin nào.");
  await sees(page, "đã có kết quả", "Đã thay ghế mới, bắt chắc chân ghế", "Người Mẫu");
  await look(page, `/console/p/${me.signed}/act/publish`, 404);
  await page.context().close();
}

async function head(size) {
  const me = site[size], page = await signedIn("head", size);
  await keepsToItself(page, me);
  await look(page, `/console/p/${me.owed}`);
  await sees(page, "Giải trình trước", "vì sao để lâu");
  await carriesOut(page, "Gửi giải trình", { text: "Do thiếu vật tư, sẽ xong trong tuần", document_no: `21/${size}`, document_date: "2026-11-23" });
  await sees(page, "Do thiếu vật tư, sẽ xong trong tuần", `văn bản 21/${size}`);
  expects(page, !(await offered(page)).includes("Gửi giải trình"), "an explanation that was given can be given again");
  const had = await received(me.colleague);
  await follow(page, "Giao người xử lý");
  await pick(page.locator("main form"), "contact", me.colleagueName);
  await press(page, "Xem trước tin sẽ gửi");
  await sees(page, "Sẽ thực hiện", me.owed);
  await press(page, "Thực hiện");
  await sees(page, `giao ${me.colleagueName} xử lý`);
  await texted(me.colleague, had, me.owed);
  await look(page, "/console/bao-cao?period=2026-11");
  await sees(page, "UBND phường Lạch Tray");
  expects(page, !(await page.textContent("main")).includes("An Biên"), "the report of a unit has another unit");
  await look(page, "/console/office", 403);
  await page.context().close();
}

export const journeys = [{ name: "officer at the console", walk: officer }, { name: "head at the console", walk: head }];
