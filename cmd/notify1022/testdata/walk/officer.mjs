// An officer of a unit deals with a slip from the link in a text, on a device that nobody knows.
import { confirm, expects, fill, formTo, look, press, sees, site, visitor } from "./page.mjs";

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

async function comesLate(size) {
  const me = site[size], page = await visitor("officer", size);
  await look(page, `/p/${me.revoked}`, 404);
  await sees(page, "Đường dẫn không đúng hoặc không còn hiệu lực");
  await look(page, `/p/${me.ended}`);
  await sees(page, "Phiếu đã kết thúc", "đơn vị không cần làm gì thêm");
  expects(page, !(await page.locator("main form").count()), "a slip that is over has forms");
  await page.context().close();
}

export const journeys = [{ name: "answers a slip", walk: answers }, { name: "opens links that are over", walk: comesLate }];
