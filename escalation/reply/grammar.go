package reply

import (
	"strings"
	"sync"
)

// manner says how an alias is read.
type manner int

const (
	open   manner = iota // whatever follows is codes and text
	weak                 // an assent ("vang", "ok"): a command behind it goes first
	assent               // as weak, and alone a command only when little follows
	phrase               // the words are part of the text ("dang kiem tra")
	reason               // the words are the text when nothing else follows
	closed               // a command only when a code or hardly anything follows
)

// alias is one way to write a command.
type alias struct {
	command Command
	manner  manner
	words   []spelling
	// not holds words that make ordinary language of the alias when they follow.
	not []string
}

// grammar is the whole vocabulary, spelled out once.
type grammar struct {
	aliases   []alias
	negators  [][]spelling
	soon      [][]spelling
	polite    [][]spelling
	labels    [][]spelling
	links     [][]spelling
	glued     [][]spelling
	and       [][]spelling
	particles [][]spelling
	forwards  [][]spelling
	partial   [][]spelling
	within    [][]spelling
	in        [][]spelling
	to        [][]spelling
	inner     [][]spelling
	times     []timeWord
}

// vocabulary lists the aliases by command, with accents; every spelling is
// derived from these. Sources: the reply grammar of the hotline and DESIGN §6.
var vocabulary = []struct {
	command Command
	manner  manner
	phrases string
}{
	{Ack, open, "nhận, tiếp nhận, đã nhận, đã tiếp nhận, nhận được, đã nhận được, xác nhận, đã xác nhận, tn, n, nhất trí, đồng ý, đã biết, biết rồi, đã rõ, đã nắm, đã nắm được, đã xem, đã đọc, rõ rồi"},
	{Ack, weak, "ok, oke, okie, okay, okê, vâng, vâng ạ, dạ vâng, dạ rõ, yes"},
	{Ack, assent, "dạ, rõ, ừ, uh, uhm, uk, vâng dạ"},
	{Ack, phrase, "đang xử lý, đang kiểm tra, đang xác minh, đang giải quyết, đang thực hiện, đang làm, đang triển khai, đang khắc phục, đang sửa, đang tiến hành, đang phối hợp, đang đi kiểm tra, đang chờ, đang cho, bắt đầu xử lý, bắt đầu làm"},
	{ETA, open, "hẹn, đã hẹn, hẹn lại, hẹn trả lời, hẹn xong, dự kiến, dự kiến xong, dự kiến hoàn thành, dự kiến trả lời, h, gia hạn"},
	{Done, open, "xong, đã xong, x, hoàn thành, đã hoàn thành, hoàn tất, đã hoàn tất, ht, đã xử lý, xử lý xong, đã xử lý xong, đã giải quyết, giải quyết xong, đã giải quyết xong, khắc phục xong, đã khắc phục, đã khắc phục xong, thực hiện xong, đã thực hiện xong, làm xong, đã làm xong, sửa xong, đã sửa xong, thay xong, đã thay xong, kq, kết quả, có kết quả, đã có kết quả, trả lời, đã trả lời, trả lời dân, đã trả lời dân, trả lời người dân, đã trả lời người dân, trả lời công dân, đã trả lời công dân"},
	{Return, open, "sai, chuyển, trả lại, chuyển trả, chuyển lại, chuyển tiếp, trả về, trả phiếu, không thuộc, ko thuộc, k thuộc, kg thuộc, khg thuộc, sai đơn vị, từ chối, từ chối nhận, từ chối tiếp nhận, không phải của, ko phải của, k phải của, ch"},
	{Return, reason, "không thuộc thẩm quyền, không thuộc trách nhiệm, không thuộc địa bàn, không thuộc đơn vị, không thuộc phạm vi, không thuộc lĩnh vực, không thuộc chức năng, ko thuộc thẩm quyền, ko thuộc trách nhiệm, ko thuộc địa bàn, ko thuộc đơn vị, k thuộc thẩm quyền, không đúng thẩm quyền, ko đúng thẩm quyền, k đúng thẩm quyền, không đúng đơn vị, ko đúng đơn vị, k đúng đơn vị, không đúng địa bàn, sai thẩm quyền, sai địa bàn, không phải của đơn vị, không phải đơn vị, không phải thẩm quyền, không phải địa bàn, ko phải địa bàn, ko phải thẩm quyền, k phải địa bàn"},
	{Ask, open, "hỏi, hỏi dân, hỏi người dân, hỏi công dân, hỏi thêm, hỏi lại, bổ sung, yêu cầu bổ sung, cần bổ sung, bs"},
	{Note, phrase, "đã chuyển, vừa chuyển, đang chuyển, đã kiểm tra, đã xác minh, đã liên hệ, đã gọi, đã báo cáo, đã báo, đã giao, đã phân công, đã triển khai, đã cử, đã lập, đã yêu cầu, đã hỏi, đã bổ sung, đã gửi, đã làm việc, đã chỉ đạo, đã đôn đốc"},
	{Note, open, "ghi chú, note, cập nhật"},
	{Connect, open, "nối máy, noimay, nối máy dân, nối máy với dân, nối máy người dân, nối máy với người dân, nối điện thoại, gặp dân, gặp người dân, gặp công dân, kết nối dân, kết nối với dân, kết nối người dân, kết nối với người dân"},
	{Connect, closed, "kết nối"},
	{List, open, "ds"},
	{List, closed, "danh sách, xem danh sách, list, xem ds"},
	{Status, open, "tt"},
	{Status, closed, "tình trạng, xem, trạng thái, tra cứu, xem tình trạng, xem trạng thái"},
	{Leave, open, "nghỉ, nghỉ phép, nghỉ ốm, vắng, vắng mặt, đi công tác, đi vắng, báo nghỉ, báo vắng, xin nghỉ, xin nghỉ phép"},
	{Leave, closed, "công tác"},
	{Help, closed, "giúp, trợ giúp, hướng dẫn, hướng dẫn sử dụng, hd, help, giúp đỡ, hỗ trợ, cú pháp"},
	{Rate, open, "dg, đánh giá, hài lòng, rất hài lòng, hl"},
	{Stop, closed, "ngừng, ngưng, tc, stop, dừng nhận tin, ngừng nhận tin, ngưng nhận tin, hủy nhận tin, hủy đăng ký"},
	{Start, closed, "bắt đầu, start, batdau, đăng ký lại, đăng ký nhận tin, đăng ký, tiếp tục nhận tin, tiếp tục nhận, nhận lại tin, nhận tin lại"},
}

// notAfter lists, per alias, the words behind it that make it ordinary
// language: "nhan vien", "hoi dong", "nghi dinh", "sai pham".
var notAfter = map[string]string{
	"nhan":     "vien dan su luc tam chung quyen thuc xet thay dinh dien danh dip",
	"hoi":      "dong nghi vien phu truong nong cuu am",
	"nghi":     "dinh quyet ngo van an thuc ngoi",
	"sai":      "pham gon phep",
	"chuyen":   "la de mon gi nay ay",
	"hen":      "ho gap",
	"xem":      "xet",
	"x":        "quang",
	"ch":       "o",
	"n":        "a",
	"bo sung":  "quy",
	"cong tac": "ve vien",
	"ro":       "rang",
	"dong y":   "kien",
}

// lexicon returns the vocabulary with all its spellings, built at first use.
var lexicon = sync.OnceValue(buildGrammar)

func buildGrammar() *grammar {
	g := &grammar{
		negators:  phrases("chưa, không, ko, k, kg, khg, hok, khong, chẳng, chả, đừng"),
		soon:      phrases("sẽ, sắp, sắp sửa, gần, gần như, chuẩn bị"),
		polite:    phrases("đã, thưa anh, thưa chị, thưa bác, thưa cô, thưa ông, thưa bà, thưa sếp, thưa đồng chí, thưa các, thưa quý, thưa lãnh đạo, thưa tổng đài, kính, kính thưa, kính gửi, kính báo cáo, báo cáo, em, tôi, mình, anh, chị, bác, cô, ông, bà, sếp, lãnh đạo, đồng chí, đ/c, dc, các, quý, tổng đài, xin, xin phép, xin được, cho, đề nghị, nhờ, ạ, a, ah, c, e, ơi, alo, chào, chúng tôi, chúng em, bên em, bên tôi, bên, đơn vị, phòng em, nay, hiện, hiện tại, hiện nay, vẫn, vừa, mới, đều, thì, soạn, phiếu, mã, số, pakn, phản ánh, kiến nghị, việc, vụ, về, trung tâm, và, rất, nhé, nha, bạn, ad, admin, được, cũng, rồi"),
		labels:    phrases("mã, mã số, phiếu, phiếu số, phiếu chuyển, pakn, phản ánh, kiến nghị, hồ sơ, mtl, code, tin, tin nhắn, thông tin, được, rồi, lại, luôn, slip"),
		links:     phrases("số, so, về, cho, của, với, việc, vụ, cái, đơn, no, hs, pa, ạ, a, đủ, cả, em, tôi, mình, anh, nhé"),
		glued:     phrases("số, mã, mã số, phiếu, phiếu số, pakn"),
		and:       phrases("và, va, với"),
		particles: phrases("ạ, a, ah, nhé, nha, nhe, rồi, nhỉ, vậy, thế, hả, hết, luôn, đấy, đó, em, anh, chị, bạn, sếp, cảm ơn, cám ơn, thank, thanks, tks, được, dc, đc, nhiều, xong, thôi, vâng, dạ, ok"),
		forwards:  phrases("fwd, fw, re, tr, chuyển tiếp, forward"),
		partial:   phrases("1 phần, một phần, 1 nửa, một nửa, phần 1, phần đầu, phần nào, sơ bộ, bước đầu, gần hết, gần xong, giai đoạn, đợt, 1 ít"),
		within:    phrases("trong, trong vòng, sau, thêm, khoảng, cần, độ, tầm"),
		in:        phrases("lúc, vào, vào lúc, trước, đến, tới, hồi, khoảng, tầm, trong, chậm nhất, muộn nhất, trễ nhất, là, sẽ, xong, trả lời, hoàn thành, thì, cuối giờ, đầu giờ, giữa, cuối, đầu, hết, qua, xử lý, xử lý xong, trả lời dân, trả kết quả, có kết quả, giải quyết, giải quyết xong, trước ngày, ngày, vào ngày, hôm, hẹn, lại, thời gian, time, sang, từ"),
		to:        phrases("đến, tới, đến hết, tới hết, đến ngày, tới ngày, đến hết ngày, hết, và, den"),
		inner:     phrases("phòng, ban, đội, tổ, trung tâm, tt, anh, chị, đồng chí, đ/c, dc, cho phòng, cho ban, cho đội, cho tổ, cho trung tâm, cho anh, cho chị, cho đồng chí, cho đ/c, xuống phòng, xuống đội, xuống tổ, xuống ban, sang phòng, sang đội, sang tổ, sang ban, về phòng, về đội, về tổ, đến phòng, đến đội, đến tổ, tới phòng, tới đội, tới tổ, lên phòng, các phòng, các đội, các tổ, bộ phận, cho bộ phận"),
		times:     timeWords(),
	}
	for _, v := range vocabulary {
		for _, words := range phrases(v.phrases) {
			a := alias{command: v.command, manner: v.manner, words: words}
			a.not = strings.Fields(notAfter[a.String()])
			g.aliases = append(g.aliases, a)
		}
	}
	return g
}

// phrases spells a list of phrases out; commas divide them.
func phrases(list string) [][]spelling {
	var out [][]spelling
	for p := range strings.SplitSeq(list, ",") {
		out = append(out, spellAll(p))
	}
	return out
}

// String returns the alias without accents, its words apart by one blank.
func (a alias) String() string {
	var words []string
	for _, w := range a.words {
		words = append(words, w.plain)
	}
	return strings.Join(words, " ")
}

// hit is an alias found: folded[start:end].
type hit struct {
	alias
	start, end int
}

// find returns the longest alias at p.
func (l line) find(g *grammar, p int) (hit, bool) {
	best := hit{end: -1}
	for _, a := range g.aliases {
		if a.words[0].plain[0] != l.peek(p) && l.peek(p) != 'w' {
			continue
		}
		end := l.match(a.words, p, func(end int) bool { return l.closes(g, a, end) })
		if end > best.end && !l.ordinary(g, a, p, end) {
			best = hit{alias: a, start: p, end: end}
		}
	}
	return best, best.end >= 0
}

// closes reports whether an alias may end at end: no letter follows, or a code
// or a time typed without a blank.
func (l line) closes(g *grammar, a alias, end int) bool {
	if l.ends(end) || l.ofDigits(end) {
		return true
	}
	if a.command == Leave && l.absent(g, end) {
		return true
	}
	if a.command == ETA {
		if _, ok := l.when(g, end); ok {
			return true
		}
	}
	q := end
	for _, w := range g.glued {
		q = max(q, l.match(w, end, func(int) bool { return true }))
	}
	c, _ := l.code(l.skip(q))
	return c != "" && (q > end || l.starts(end, "hp"))
}

// ordinary reports whether the alias at folded[p:end] is no command here: an
// ordinary word follows, or the accents typed say another word.
func (l line) ordinary(g *grammar, a alias, p, end int) bool {
	q := l.blanks(end)
	next := string(l.folded[q:l.word(q)])
	for _, w := range a.not {
		if q > end && next == w {
			return true
		}
	}
	typed := strings.ToLower(l.typed(p, end))
	switch a.String() {
	case "vang": // vâng (yes) and vắng (absent)
		if a.command == Leave {
			return strings.ContainsAny(typed, "âà") || !strings.ContainsAny(typed, "ắăằẵẳặ") && typed == "vang" && !l.absent(g, end)
		}
		return strings.ContainsAny(typed, "ắăằẵẳặ") || typed == "vang" && l.absent(g, end)
	case "da": // dạ (yes) and đã (already)
		return strings.HasPrefix(typed, "đ") && l.rest(end) != "" && !l.onlyCodes(g, end)
	}
	return false
}
