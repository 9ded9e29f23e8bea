// A citizen sends a petition, finds it again, adds to it, takes it back; rates an answer and
// does not agree with it.
import { confirm, expects, fill, formTo, look, press, sees, site, unfold, visitor } from "./page.mjs";

async function sends(size) {
  const me = site[size], page = await visitor("citizen", size);
  await look(page, "/gui-phan-anh");
  await fill(page.locator("form"), { content: "Rác đầu ngõ ba hôm chưa ai thu gom, mùi rất khó chịu", area: "P Lạch Tray", name: "Trần Thị Thử", phone: me.citizen, photos: site.photo, publish_consent: true });
  await press(page, "Gửi phản ánh");
  await sees(page, "Đã gửi phản ánh", "Rác đầu ngõ");
  me.sent = /HP\d{6}-\d{4}/.exec(await page.textContent("h1"))?.[0];
  expects(page, me.sent, "the page after the petition does not say its code");
  expects(page, !(await page.locator("text=Ảnh không nhận được").count()), "the photo was not taken");
  await page.context().close();
}

async function finds(size) {
  const me = site[size], page = await visitor("citizen", size);
  await look(page, "/tra-cuu");
  await fill(page.locator("form"), { code: me.sent, phone: "0000" });
  await press(page, "Tra cứu");
  await sees(page, "Không tìm thấy phản ánh với mã");
  await fill(page.locator("form"), { code: me.sent, phone: me.citizen.slice(-4) });
  await press(page, "Tra cứu");
  await sees(page, `Phản ánh ${me.sent}`, "Tổng đài 1022 đã tiếp nhận");
  await fill(formTo(page, "/supplement"), { text: "Điểm rác ở cạnh cột điện số 7" });
  await press(page, "Gửi bổ sung");
  await sees(page, "Đã nhận thông tin bổ sung");
  await withdraws(page, me);
  await page.context().close();
}

// A withdrawal asks for a code, and keeps what was typed over it.
async function withdraws(page, me) {
  await unfold(page, "Rút phản ánh");
  await fill(formTo(page, "/withdraw"), { reason: "Rác đã được thu gom" });
  await press(page, "Rút phản ánh (cần mã một lần)");
  await confirm(page, me.citizen, "Số");
  expects(page, await page.inputValue("[name=reason]") === "Rác đã được thu gom", "the reason is lost over the code");
  await press(page, "Rút phản ánh");
  await sees(page, "Đã rút phản ánh.", "Rút phản ánh theo đề nghị");
}

async function reads(size) {
  const me = site[size], page = await visitor("citizen", size);
  await look(page, "/cong-khai");
  await fill(page.locator("form"), { q: `den duong ${me.place}` });
  await press(page, "Tìm");
  await sees(page, me.story, "Đã thay bóng đèn", "theo đơn vị", "Quá hạn");
  const photo = page.locator(`article:has-text("${me.story}") img`).first();
  await photo.scrollIntoViewIfNeeded();
  await photo.evaluate((img) => img.decode()).catch(() => expects(page, false, "the published photo is not shown"));
  const counts = page.locator("#thang form"), before = await counts.locator("option").last().getAttribute("value");
  await counts.locator("select[name=thang]").selectOption(before);
  await press(page, "Xem", counts);
  expects(page, new URL(page.url()).searchParams.get("thang") === before, "another month cannot be chosen");
  await page.context().close();
}

async function judges(size) {
  const me = site[size], page = await visitor("citizen", size);
  await look(page, `/t/${me.page}`);
  await sees(page, "Kết quả trả lời", "Đã thay bóng đèn", "Công bố của đơn vị", "mời Ông/Bà đánh giá");
  await fill(formTo(page, "/note"), { text: "Cảm ơn các anh chị" });
  await press(page, "Gửi lời nhắn");
  await sees(page, "Phản ánh không mở lại.");
  await fill(formTo(page, "/rating"), { score: "4", service: "5", comment: "Làm nhanh, còn một bóng chưa thay" });
  await press(page, "Gửi đánh giá");
  await sees(page, "Cảm ơn Ông/Bà đã đánh giá", "Ông/Bà đã đánh giá: 4/5, Tổng đài 1022: 5/5");
  await fill(formTo(page, "/rating"), { score: "2", service: "3", comment: "" });
  await press(page, "Sửa đánh giá");
  await sees(page, "Ông/Bà đã đánh giá: 2/5, Tổng đài 1022: 3/5", "Chưa đồng ý với kết quả?");
  await fill(formTo(page, "/dispute"), { reason: "Đèn lại tắt ngay tối hôm sau" });
  await press(page, "Đề nghị xem xét lại");
  await sees(page, "phản ánh được xem xét lại", "Văn phòng UBND thành phố");
  await page.context().close();
}

async function reopens(size) {
  const me = site[size], page = await visitor("citizen", size);
  await look(page, `/t/${me.answered}`);
  await sees(page, "Phường thu gom rác vào 18 giờ");
  await unfold(page, "Tin nhắn Ông/Bà muốn nhận");
  await press(page, "Lưu");
  await sees(page, "Đã lưu các loại tin");
  await unfold(page, "Bổ sung thông tin và mở lại");
  await fill(formTo(page, "/supplement"), { text: "18 giờ hôm qua không ai đến thu" });
  await press(page, "Bổ sung và mở lại phản ánh");
  await sees(page, "Đã nhận thông tin bổ sung", "Tổng đài 1022 đã tiếp nhận và đang xem xét");
  await page.context().close();
}

export const journeys = [
  { name: "sends a petition with a photo", walk: sends }, { name: "finds it and takes it back", walk: finds },
  { name: "reads what is public", walk: reads }, { name: "rates and disputes", walk: judges }, { name: "reopens", walk: reopens },
];
