package sms_test

import (
	"fmt"
	"strings"
	"time"

	"notify1022/smpp/sms"
)

func ExampleInspect() {
	info := sms.Inspect("Đã tiếp nhận – hạn 16:00…")
	fmt.Println(info.Coding, info.Units, info.Segments)
	fmt.Println(info.Unaccented, info.UnaccentedSegments)
	// Output:
	// ucs2 25 1
	// Da tiep nhan - han 16:00... 1
}

func ExampleReassembler() {
	segments, err := sms.Split(strings.Repeat("XONG ", 40), sms.GSM7, sms.UDH8, 0x2A)
	if err != nil {
		fmt.Println(err)
		return
	}
	parts := sms.NewReassembler(sms.Limits{})
	for _, s := range segments {
		header, data, _ := sms.ParseUDH(s.ShortMessage())
		part, _ := header.Concat()
		key := sms.Key{Src: "0570000001", Dst: "8022", Part: part}
		full, complete := parts.Add(key, data, time.Now())
		fmt.Println(part.Seq, "of", part.Total, complete, len(sms.Decode(0, full)))
	}
	// Output:
	// 1 of 2 false 0
	// 2 of 2 true 200
}
