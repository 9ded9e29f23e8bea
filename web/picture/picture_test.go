package picture

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net/http"
	"testing"
)

// secret stands for whatever tells who took the picture, and where.
const secret = "20.8648N 106.6834E Nguyen Van Thu"

func drawn() image.Image {
	img := image.NewPaletted(image.Rect(0, 0, 17, 9), color.Palette{color.White, color.Black, color.Gray{128}})
	for i := range img.Pix {
		img.Pix[i] = byte(i % 3)
	}
	return img
}

// exif is a TIFF block with an orientation, a GPS directory and a text.
func exif(order binary.AppendByteOrder, turned uint16) []byte {
	out := []byte("MM")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		out = []byte("II")
	}
	out = order.AppendUint32(order.AppendUint16(out, 42), 8)
	out = order.AppendUint16(out, 3)
	for _, e := range [][3]uint32{{0x010E, 2, uint32(len(secret))}, {tagOrientation, short, 1}, {0x8825, 4, 1}} {
		out = order.AppendUint32(order.AppendUint16(order.AppendUint16(out, uint16(e[0])), uint16(e[1])), e[2])
		if e[0] == tagOrientation {
			out = order.AppendUint16(order.AppendUint16(out, turned), 0)
		} else {
			out = order.AppendUint32(out, 50)
		}
	}
	return append(order.AppendUint32(out, 0), secret...)
}

func plainJPEG(t testing.TB) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, drawn(), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// photo is a JPEG as a phone writes it: EXIF, XMP, IPTC, a comment, a thumbnail in
// JFIF, a second picture behind the end.
func photo(t testing.TB, turned uint16) []byte {
	plain := plainJPEG(t)
	out := bytes.Clone(plain[:2])
	out = appendSegment(out, markAPP0, append([]byte("JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x01\x01"), secret[:3]...))
	out = append(out, 0xFF) // a fill byte
	out = appendSegment(out, markAPP1, append([]byte(exifHeader), exif(binary.LittleEndian, turned)...))
	out = appendSegment(out, markAPP1, []byte("http://ns.adobe.com/xap/1.0/\x00<x>"+secret+"</x>"))
	out = appendSegment(out, markAPP1, append([]byte(exifHeader), exif(binary.BigEndian, 3)...))
	out = appendSegment(out, markAPP2, []byte("MPF\x00"+secret))
	out = appendSegment(out, markAPP2, []byte(iccHeader+"\x01\x01profile"))
	out = appendSegment(out, 0xED, []byte("Photoshop 3.0\x00"+secret))
	out = appendSegment(out, 0xFE, []byte(secret))
	out = append(out, plain[2:]...)
	return append(out, append(plain, secret...)...)
}

// turnedIn finds the orientation that a cleaned JPEG has; 1: none.
func turnedIn(file []byte) byte {
	_, after, ok := bytes.Cut(file, []byte(exifHeader))
	if !ok {
		return 1
	}
	return orientation(after)
}

func TestAPhotoKeepsItsPixelsColoursAndWhichWayIsUp(t *testing.T) {
	want, err := jpeg.Decode(bytes.NewReader(plainJPEG(t)))
	if err != nil {
		t.Fatal(err)
	}
	for turned := uint16(1); turned <= 8; turned++ {
		clean, err := Clean("image/jpeg", photo(t, turned))
		if err != nil {
			t.Fatal(err)
		}
		mustBeClean(t, "image/jpeg", clean)
		if got := turnedIn(clean); got != byte(turned) {
			t.Errorf("orientation %d became %d", turned, got)
		}
		got, err := jpeg.Decode(bytes.NewReader(clean))
		if err != nil || !samePixels(got, want) {
			t.Errorf("orientation %d: other pixels (%v)", turned, err)
		}
		for kept, is := range map[string]bool{iccHeader: true, "JFIF\x00": true, "MPF": false, "Photoshop": false, "xap": false} {
			if bytes.Contains(clean, []byte(kept)) != is {
				t.Errorf("%q is kept: %t", kept, !is)
			}
		}
	}
}

func samePixels(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			r1, g1, b1, a1 := a.At(x, y).RGBA()
			r2, g2, b2, a2 := b.At(x, y).RGBA()
			if r1 != r2 || g1 != g2 || b1 != b2 || a1 != a2 {
				return false
			}
		}
	}
	return true
}

// mustBeClean: nothing personal, still of its type, and clean to a second look.
func mustBeClean(t testing.TB, mediaType string, clean []byte) {
	t.Helper()
	for _, word := range []string{secret, secret[:9], secret[9:]} {
		if bytes.Contains(clean, []byte(word)) {
			t.Errorf("%s: %q is still there", mediaType, word)
		}
	}
	if got := http.DetectContentType(clean); got != mediaType {
		t.Errorf("%s became %s", mediaType, got)
	}
	again, err := Clean(mediaType, clean)
	if err != nil || !bytes.Equal(again, clean) {
		t.Errorf("%s: cleaned twice it is another (%v)", mediaType, err)
	}
}

func plainPNG(t testing.TB) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, drawn()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// screenshot is a PNG with every chunk that may tell something.
func screenshot(t testing.TB) []byte {
	const header = 8 + 25 // signature and IHDR
	plain := plainPNG(t)
	out := bytes.Clone(plain[:header])
	for _, name := range []string{"tEXt", "zTXt", "iTXt", "tIME", "prVt"} {
		out = appendChunk(out, name, []byte("Author\x00"+secret))
	}
	out = appendChunk(out, "eXIf", exif(binary.BigEndian, 6))
	return append(append(out, plain[header:]...), secret...)
}

func TestAPNGKeepsItsPixelsAndWhichWayIsUp(t *testing.T) {
	clean, err := Clean("image/png", screenshot(t))
	if err != nil {
		t.Fatal(err)
	}
	mustBeClean(t, "image/png", clean)
	if !bytes.Contains(clean, upright(6)) {
		t.Error("the orientation was lost")
	}
	got, err := png.Decode(bytes.NewReader(clean))
	if err != nil || !samePixels(got, drawn()) {
		t.Errorf("other pixels (%v)", err)
	}
	if bare, err := Clean("image/png", plainPNG(t)); err != nil || !bytes.Equal(bare, plainPNG(t)) {
		t.Errorf("a bare PNG was changed (%v)", err)
	}
}

// Pictures of one pixel, as libwebp writes them: lossy and lossless.
const (
	lossy    = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"
	lossless = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="
)

func plainWebP(t testing.TB, coded string) []byte {
	file, err := base64.StdEncoding.DecodeString(coded)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// extended is a WebP with EXIF, XMP, a private chunk, and an animation's frame that
// hides one too.
func extended(t testing.TB, turned uint16) []byte {
	pixels := plainWebP(t, lossy)[riffHeader:]
	out := []byte("RIFF\x00\x00\x00\x00WEBP")
	out = appendRIFF(out, "VP8X", []byte{webpEXIF | webpXMP | 2, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	out = appendRIFF(out, "ANIM", make([]byte, 6))
	frame := append(make([]byte, 16), pixels...)
	out = appendRIFF(out, "ANMF", appendRIFF(frame, "XMP ", []byte(secret)))
	out = appendRIFF(out, "EXIF", append([]byte(exifHeader), exif(binary.LittleEndian, turned)...))
	out = appendRIFF(out, "XMP ", []byte("<x>"+secret+"</x>"))
	out = appendRIFF(out, "prvt", []byte(secret))
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return append(out, secret...)
}

func TestAWebPKeepsItsPixelsAndWhichWayIsUp(t *testing.T) {
	for turned, flags := range map[uint16]byte{1: 2, 8: 2 | webpEXIF} {
		clean, err := Clean("image/webp", extended(t, turned))
		if err != nil {
			t.Fatal(err)
		}
		mustBeClean(t, "image/webp", clean)
		if clean[riffHeader+8] != flags || bytes.Contains(clean, upright(8)) != (turned == 8) {
			t.Errorf("orientation %d: flags %b", turned, clean[riffHeader+8])
		}
		if !bytes.Contains(clean, plainWebP(t, lossy)[riffHeader:]) {
			t.Error("other pixels")
		}
	}
	for _, coded := range []string{lossy, lossless} {
		bare, err := Clean("image/webp", plainWebP(t, coded))
		if err != nil || !bytes.Equal(bare[:len(bare)-len(bare)%2], plainWebP(t, coded)[:len(bare)-len(bare)%2]) {
			t.Errorf("a bare WebP was changed (%v)", err)
		}
	}
}

// film is an animated GIF with a comment, a text and another application's data.
func film(t testing.TB) []byte {
	var b bytes.Buffer
	frame := drawn().(*image.Paletted)
	if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{10, 10}}); err != nil {
		t.Fatal(err)
	}
	block := func(label byte, data string) []byte {
		return append([]byte{gifExtension, label, byte(len(data))}, data+"\x00"...)
	}
	plain := b.Bytes()
	at := 13 + colours(plain[10])
	out := bytes.Clone(plain[:at])
	out = append(out, block(0xFE, secret)...)
	out = append(out, block(0x01, secret)...)
	out = append(out, append([]byte{gifExtension, gifApplication, 11}, "XMP DataXMP\x05"+secret[:5]+"\x00"...)...)
	out = append(out, append([]byte{gifExtension, gifApplication, 11}, "NETSCAPE2.0\x21"+secret+"\x00"...)...)
	return append(append(out, plain[at:]...), secret...)
}

func TestAGIFKeepsItsFramesAndItsLoop(t *testing.T) {
	clean, err := Clean("image/gif", film(t))
	if err != nil {
		t.Fatal(err)
	}
	mustBeClean(t, "image/gif", clean)
	got, err := gif.DecodeAll(bytes.NewReader(clean))
	if err != nil || len(got.Image) != 2 || got.Delay[1] != 10 || !samePixels(got.Image[1], drawn()) {
		t.Errorf("other frames (%v)", err)
	}
	if !bytes.Contains(clean, []byte("NETSCAPE2.0\x03\x01")) {
		t.Error("it does not loop any more")
	}
}

func TestAPictureThatIsCutOffIsRefused(t *testing.T) {
	for kind, whole := range map[string][]byte{"image/jpeg": plainJPEG(t), "image/png": plainPNG(t), "image/webp": plainWebP(t, lossy)} {
		for n := range whole {
			if _, err := Clean(kind, whole[:n]); err == nil {
				t.Errorf("%s of %d bytes out of %d was taken", kind, n, len(whole))
			}
		}
	}
	for kind, bad := range map[string]string{"image/heic": "\x00\x00\x00\x18ftypheic", "image/jpeg": "\xFF\xD8\xFF\xD9", "image/png": pngSignature, "image/gif": "GIF89a", "image/svg+xml": "<svg/>"} {
		if _, err := Clean(kind, []byte(bad)); err == nil {
			t.Errorf("%s %q was taken", kind, bad)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range [][]byte{photo(f, 6), screenshot(f), extended(f, 8), film(f), plainWebP(f, lossless)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		kind := http.DetectContentType(file)
		if !Cleans(kind) {
			return
		}
		given := bytes.Clone(file)
		clean, err := Clean(kind, file)
		if !bytes.Equal(given, file) {
			t.Fatal("the file given was changed")
		}
		if err != nil {
			return
		}
		if len(clean) > len(file)+64 {
			t.Fatalf("%d bytes became %d", len(file), len(clean))
		}
		again, err := Clean(kind, clean)
		if err != nil || !bytes.Equal(again, clean) {
			t.Fatalf("cleaned twice it is another (%v)", err)
		}
	})
}
