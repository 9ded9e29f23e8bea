// An officer of a unit deals with a slip from the link in a text, on a device that nobody knows.
import { confirm, expects, fill, formTo, look, pick, press, received, sees, site, texted, visitor } from "./page.mjs";

async function answers(size) {
  const me = site[size], page = await visitor("officer", size);
  await look(page, `/p/${me.slip}`);
  expects(page, !(await page.textContent("main")).includes("Đèn đường"), "the slip is open to a device that nobody knows");
  await confirm(page, me.officer, me.role);
  await sees(page, `Phiếu chuyển ${me.story}`, "Đèn đường", "Hạn trả lời (8 giờ làm việc)");
  expects(page, !(await page.textContent("main")).includes("Trần Thị Thử"), "the slip names the citizen");
  await press(page, "Đã nhận phiếu");
  await sees(page, "Đã ghi nhận đơn vị nhận phiếu.", "nhận phiếu (");
  await fill(formTo(page, "/eta"), { at: "2026-11-25T10:00", reason: "Chờ vật tư" });
  await press(page, "Gửi thời gian hẹn");
  await sees(page, "Đã ghi nhận thời gian hẹn.", "10h00 ngày 25/11/2026");
  await fill(formTo(page, "/progress"), { text: "Đã cử tổ điện đến xem" });
  await press(page, "Gửi ghi chú");
  await sees(page, "Đã ghi nhận ghi chú.");
  await photographs(page);
  await fill(formTo(page, "/result"), { text: "Đã thay bóng đèn, đường sáng trở lại", document_no: "12/UBND", document_date: "2026-11-23", unit_url: "https://lachtray.haiphong.gov.vn/den" });
  await press(page, "Gửi kết quả");
  await sees(page, "Đã ghi nhận kết quả", "Đã trả lời", "Đã có kết quả");
  await page.context().close();
}

async function photographs(page) {
  for (const stage of ["before", "after"]) {
    await fill(formTo(page, "/photos"), { photos: site.photo, stage });
    await press(page, "Gửi ảnh");
    await sees(page, "Đã nhận ảnh.");
  }
  const photos = page.locator("main img");
  expects(page, await photos.count() === 2, `${await photos.count()} photos are shown, not 2`);
  await photos.last().scrollIntoViewIfNeeded();
  await photos.last().evaluate((img) => img.decode()).catch(() => expects(page, false, "a photo is not shown"));
}

// givesBack asks the citizen, hands the slip to a colleague, and gives it back after all; a
// second slip it gives back at once.
async function givesBack(size) {
  const me = site[size], page = await visitor("officer", size);
  await look(page, `/p/${me.givenSlip}`);
  await confirm(page, me.officer, me.role);
  await asksOnce(page, me);
  await handsOver(page, me);
  await returns(page, me.given, "Quốc lộ do UBND phường An Biên quản lý");
  await look(page, `/p/${me.keptSlip}`); // the device is known
  await returns(page, me.kept, "Rãnh của chung cư");
  await page.context().close();
}

async function asksOnce(page, me) {
  const had = await received(me.neighbour);
  await fill(formTo(page, "/clarify"), { missing: "cây ở cột số mấy" });
  await press(page, "Gửi đề nghị");
  await sees(page, "Đã gửi đề nghị bổ sung.");
  await texted(me.neighbour, had, `${me.given} can bo sung cay o cot so may`);
  expects(page, !await formTo(page, "/clarify").count(), "the page offers to ask the citizen a second time");
}

async function handsOver(page, me) {
  const had = await received(me.colleague);
  await pick(formTo(page, "/assign"), "contact", me.colleagueName);
  await press(page, "Giao việc (thời hạn giữ nguyên)");
  await sees(page, "Đã giao người xử lý; thời hạn giữ nguyên.", `Giao ${me.colleagueName} xử lý`);
  await texted(me.colleague, had, me.given);
}

async function returns(page, code, reason) {
  await fill(formTo(page, "/return"), { reason });
  await press(page, "Đề nghị trả lại");
  await sees(page, `Phiếu chuyển ${code}`, "Đã gửi đề nghị trả lại, tổng đài sẽ quyết định; thời hạn vẫn tính.", "Đề nghị chuyển đơn vị khác");
  expects(page, !await formTo(page, "/return").count(), "the page offers to give back a second time");
}

async function comesLate(size) {
  const me = site[size], page = await visitor("officer", size);
  await look(page, `/p/${me.revoked}`, 404);
  await sees(page, "Đường dẫn không đúng hoặc không còn hiệu lực");
  await look(page, `/p/${me.ended}`);
  await sees(page, "Phiếu đã kết thúc", "đơn vị không cần làm gì thêm");
  expects(page, !(await page.locator("main form").count()), "a slip that is over has forms");
  await page.context().close();
}

export const journeys = [{ name: "answers a slip", walk: answers }, { name: "gives slips back", walk: givesBack }, { name: "opens links that are over", walk: comesLate }];
