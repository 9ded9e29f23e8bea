package console

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// docx is the media type of a Word document.
const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// stationery is what a kind of letter says around its table.
type stationery struct {
	From, About string
	Lines       []string // before the table
	Columns     []string
}

func reminderLetter(text string) stationery {
	if text == "" {
		text = "Văn phòng Ủy ban nhân dân thành phố đề nghị các đơn vị khẩn trương xử lý, trả lời các phản ánh, kiến nghị đã quá hạn dưới đây và báo cáo kết quả."
	}
	return stationery{From: "VĂN PHÒNG ỦY BAN NHÂN DÂN THÀNH PHỐ HẢI PHÒNG", About: "V/v đôn đốc xử lý phản ánh, kiến nghị", Lines: []string{text},
		Columns: []string{"Mã", "Đơn vị", "Nội dung", "Chuyển lúc", "Hạn 48 giờ"}}
}

// proposalLetter goes from the hotline to the Office (Đ9.6).
var proposalLetter = stationery{From: "TỔNG ĐÀI 1022 HẢI PHÒNG", About: "PHIẾU ĐỀ NGHỊ: văn bản nhắc nhở, đôn đốc, yêu cầu giải trình",
	Lines: []string{"Kính gửi: Văn phòng Ủy ban nhân dân thành phố",
		"Căn cứ khoản 6 Điều 9 Quy chế tiếp nhận, xử lý phản ánh, kiến nghị qua Tổng đài 1022, Tổng đài tổng hợp và đề nghị Văn phòng tham mưu Chủ tịch Ủy ban nhân dân thành phố ban hành văn bản đối với các phản ánh, kiến nghị dưới đây."},
	Columns: []string{"Mã", "Đơn vị", "Nội dung", "Đề nghị", "Lý do", "Hạn gửi"}}

// letter is a Word document (ECMA-376) as an office writes it, with one table, to be
// opened, signed and sent.
func letter(now time.Time, kind stationery, rows [][]string) ([]byte, error) {
	local := now.In(zone())
	var b strings.Builder
	b.WriteString(xml.Header + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`)
	paragraph(&b, kind.From, true)
	paragraph(&b, fmt.Sprintf("Hải Phòng, ngày %02d tháng %02d năm %d", local.Day(), int(local.Month()), local.Year()), false)
	paragraph(&b, kind.About, true)
	for _, line := range kind.Lines {
		paragraph(&b, line, false)
	}
	b.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		fmt.Fprintf(&b, `<w:%s w:val="single" w:sz="4" w:color="000000"/>`, side)
	}
	b.WriteString(`</w:tblBorders></w:tblPr>`)
	tableRow(&b, append([]string{"STT"}, kind.Columns...), true)
	for i, r := range rows {
		tableRow(&b, append([]string{fmt.Sprint(i + 1)}, r...), false)
	}
	b.WriteString(`</w:tbl><w:sectPr/></w:body></w:document>`)
	return packed([][2]string{
		{"[Content_Types].xml", xml.Header + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", b.String()},
	})
}

func paragraph(b *strings.Builder, text string, bold bool) {
	weight := ""
	if bold {
		weight = "<w:rPr><w:b/></w:rPr>"
	}
	b.WriteString(`<w:p><w:r>` + weight + `<w:t xml:space="preserve">`)
	xml.EscapeText(b, []byte(text))
	b.WriteString(`</w:t></w:r></w:p>`)
}

func tableRow(b *strings.Builder, cells []string, bold bool) {
	b.WriteString("<w:tr>")
	for _, cell := range cells {
		b.WriteString("<w:tc>")
		paragraph(b, cell, bold)
		b.WriteString("</w:tc>")
	}
	b.WriteString("</w:tr>")
}

// packed is a zip of named parts.
func packed(parts [][2]string) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, part := range parts {
		w, err := z.Create(part[0])
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(part[1])); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
