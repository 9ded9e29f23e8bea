package templates_test

import (
	"fmt"

	"notify1022/templates"
)

func ExampleSet_Render() {
	r, err := templates.Builtin().Render(templates.O1K, map[string]string{
		"ma":      "HP261123-0457",
		"mtl":     "57234",
		"tom_tat": templates.Summary("Cây phượng nghiêng sắp đổ trước số nhà 45/6B Trần Phú, gọi ông Nguyễn Văn Thử 0570.000.101"),
		"dia_ban": "P Gia Viên",
		"lp":      "1022.haiphong.gov.vn/p/Ab3dE5gH7k",
	}, templates.Options{})
	fmt.Println(r.Text, err)
	fmt.Println(r.Coding, r.Units, r.Segments)
	// Output:
	// 1022 HP KHAN HP261123-0457: Cay phuong nghieng sap do truoc Tran Phu, goi, P Gia Vien. De nghi xu ly ngay va soan NHAN 57234. 1022.haiphong.gov.vn/p/Ab3dE5gH7k <nil>
	// gsm7 159 1
}
