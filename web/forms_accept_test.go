package web

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// An iPhone sends HEIC, which is refused, unless a form names what is taken.
func TestEachFormOfFilesNamesTheTypesThatAreTaken(t *testing.T) {
	if !strings.Contains(acceptedPhotos, "image/jpeg") || strings.Contains(AcceptedFiles(), "image/*") || strings.Contains(AcceptedFiles(), "heic") {
		t.Fatalf("forms ask for %s", AcceptedFiles())
	}
	input, forms := regexp.MustCompile(`<input[^>]*type="file"[^>]*>`), 0
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".html" {
			return err
		}
		page, err := os.ReadFile(path)
		for _, form := range input.FindAllString(string(page), -1) {
			forms++
			if !strings.Contains(form, ` accept="{{photoTypes}}"`) && !strings.Contains(form, ` accept="{{fileTypes}}"`) && !strings.Contains(form, ` accept=".csv`) {
				t.Errorf("%s: %s", path, form)
			}
		}
		return err
	})
	if err != nil || forms != 5 {
		t.Errorf("%d forms, %v", forms, err)
	}
}
