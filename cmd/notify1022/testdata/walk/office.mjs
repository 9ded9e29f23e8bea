// The City Office urges who is overdue, passes on what the city's leaders direct, keeps the
// written files, decides what a citizen does not agree with.
import { expects, fill, follow, look, press, sees, signedIn, site, takes, texted, unfold } from "./page.mjs";

async function urges(size) {
  const me = site[size], page = await signedIn("office", size);
  await look(page, "/console/office");
  await sees(page, "Quá hạn (", ...me.late);
  const form = page.locator("form[action$='/office/urge']"), tick = (code) => form.locator(`[name=code][value="${code}"]`).check();
  await tick(me.late[0]);
  await tick(me.late[1]);
  await takes(page, page.getByRole("button", { name: "Văn bản nhắc nhở (.docx)" }), /\.docx$/, "PK");
  await fill(form, { text: "trả lời dứt điểm", due: "2026-11-26T10:00" });
  await press(page, "Xem trước tin đôn đốc các phản ánh đã chọn (N1)");
  await sees(page, "Đôn đốc 2 phản ánh", "Sẽ gửi 2 thông báo", `UBND TP don doc P Lach Tray: PAKN ${me.late[0]}`, "10h00 26/11");
  await press(page, "Đôn đốc");
  await sees(page, "Đã đôn đốc 2 phản ánh.");
  await texted(site.head, 0, `don doc P Lach Tray: PAKN ${me.late[1]}`);
  await look(page, `/console/p/${me.late[0]}`); // and one alone
  await follow(page, "Đôn đốc");
  await fill(page.locator("form"), { text: "báo cáo ngay", due: "2026-11-27T10:00" });
  await press(page, "Xem trước tin sẽ gửi");
  await sees(page, "Sẽ thực hiện", `UBND TP don doc P Lach Tray: PAKN ${me.late[0]}`);
  await press(page, "Thực hiện");
  await page.waitForSelector(".note.good");
  await page.context().close();
}

async function directs(size) {
  const me = site[size], page = await signedIn("office", size);
  await look(page, `/console/p/${me.work}`);
  await follow(page, "Chỉ đạo của lãnh đạo TP");
  await fill(page.locator("form"), { leader: "Phó Chủ tịch", text: "Kiểm tra toàn tuyến, báo cáo kết quả", document_no: `55/${size}`, document_date: "2026-11-23", due: "2026-11-26T16:00" });
  await press(page, "Xem trước tin sẽ gửi");
  await sees(page, "Sẽ thực hiện", me.work);
  await press(page, "Thực hiện");
  await page.waitForSelector(".note.good");
  await look(page, "/console/office");
  const line = page.locator("li", { hasText: me.work });
  expects(page, /hạn chỉ đạo/.test((await line.allTextContents()).join(" ")), "the directive is not among the Office's");
  await page.context().close();
}

async function files(size) {
  const me = site[size], page = await signedIn("office", size);
  await look(page, me.batch);
  await sees(page, "Danh sách 1 hồ sơ", me.urgent, "Kéo dài, dân gọi nhiều lần");
  await unfold(page, "Văn bản của Văn phòng");
  await fill(page.locator("form[action$='/van-ban']"), { document_no: `77/${size}`, document_date: "2026-11-23" });
  await press(page, "Ghi văn bản");
  await sees(page, `${me.urgent}: đã ghi số, ngày văn bản.`, `77/${size}`);
  await unfold(page, "Văn bản của Văn phòng");
  await fill(page.locator("form[action$='/giai-trinh']"), { days: "3", text: "vì sao chậm" });
  await press(page, "Xem trước yêu cầu giải trình (tin N3)");
  await press(page, "Yêu cầu giải trình");
  await sees(page, `${me.urgent}: đã yêu cầu đơn vị giải trình.`, "Yêu cầu giải trình", "vì sao chậm");
  await page.locator("[name=code][form=chosen]").first().check();
  await takes(page, page.getByRole("button", { name: "Phiếu đề nghị (.docx)" }), /^phieu-de-nghi-.*\.docx$/, "PK");
  await look(page, "/console/ho-so?state=asking");
  await sees(page, me.urgent);
  await page.context().close();
}

async function decides(size) {
  const me = site[size], page = await signedIn("office", size);
  await look(page, "/console/office");
  const waiting = page.locator("h2#van-phong + .scroll");
  expects(page, (await waiting.textContent()).includes(me.story), "the dispute does not wait at the Office");
  await follow(page, me.story, waiting);
  await sees(page, "Không thống nhất (Đ9.5)", "Đèn lại tắt ngay tối hôm sau");
  await follow(page, "Trình lãnh đạo TP");
  await fill(page.locator("form"), { text: "Đề nghị giao phường làm lại" });
  await press(page, "Xem trước tin sẽ gửi");
  await press(page, "Thực hiện");
  await page.waitForSelector(".note.good");
  await follow(page, "Chuyển đơn vị");
  await fill(page.locator("form"), { lead: site.unit, note: "Làm lại, theo ý kiến Văn phòng" });
  await press(page, "Xem trước tin sẽ gửi");
  await sees(page, "Sẽ thực hiện", me.story);
  await press(page, "Thực hiện");
  await page.waitForSelector(".note.good");
  await look(page, "/console/office");
  expects(page, !(await page.textContent("h2#van-phong + .scroll")).includes(me.story), "a dispute that was decided still waits");
  await page.context().close();
}

async function confirms(size) {
  const me = site[size], page = await signedIn("office", size);
  await look(page, "/console/office");
  const change = page.locator("li", { hasText: me.successor });
  await fill(change.locator("form"), { note: "đã đối chiếu" });
  await press(page, "Xác nhận", change);
  expects(page, !(await page.locator("li", { hasText: me.successor }).count()), "a change of people that was confirmed still waits");
  await page.context().close();
}

export const journeys = [
  { name: "urges", walk: urges }, { name: "passes on a directive", walk: directs }, { name: "keeps the written files", walk: files },
  { name: "decides a dispute", walk: decides }, { name: "confirms a change of people", walk: confirms, alone: true },
];
