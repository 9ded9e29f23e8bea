package escalation

import (
	"regexp"
	"strings"
	"time"
	"unicode"
)

// A document of the administration is named by its number and date (số, ngày văn bản),
// "1234/UBND-XD" of "2026-11-17".

const (
	maxDocumentNo = 60 // letters: the longest numbers have some 30
	documentDate  = "2006-01-02"
	// oldestDocument is how many years back a document may lie that is named today.
	oldestDocument = 10
)

// longNumber is what no document has and every phone does.
var longNumber = regexp.MustCompile(`[0-9]{8}`)

// checkDocument refuses a number that is none, a date that is none or has not come yet,
// and a date without a number. Both may be empty.
func (c *change) checkDocument(no, date string) error {
	strange := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) && !strings.ContainsRune("/-.", r)
	}
	switch {
	case no == "" && date != "":
		return invalid("document_no", "có ngày văn bản thì phải có số văn bản")
	case no == "":
		return nil
	case len([]rune(no)) > maxDocumentNo || strings.ContainsFunc(no, strange) || !strings.ContainsFunc(no, unicode.IsDigit) || longNumber.MatchString(no):
		return invalid("document_no", "số văn bản gồm chữ, số và các dấu / - . viết liền (ví dụ 1234/UBND-XD), tối đa %d ký tự", maxDocumentNo)
	case date == "":
		return nil
	}
	at, err := time.ParseInLocation(documentDate, date, c.env.Now.Location())
	switch {
	case err != nil:
		return invalid("document_date", "ngày văn bản phải có dạng 2026-11-17")
	case at.After(c.env.Now):
		return invalid("document_date", "ngày văn bản ở tương lai")
	case at.Before(c.env.Now.AddDate(-oldestDocument, 0, 0)):
		return invalid("document_date", "ngày văn bản cách đây hơn %d năm", oldestDocument)
	}
	return nil
}

// DocumentText names a document as a sentence does: số 1234/UBND-XD ngày 17/11/2026.
// Empty without a number.
func DocumentText(no, date string) string {
	if no == "" {
		return ""
	}
	text := "số " + no
	if at, err := time.Parse(documentDate, date); err == nil {
		text += " ngày " + at.Format("02/01/2006")
	}
	return text
}
