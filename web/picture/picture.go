package picture

import "errors"

// ErrMalformed is a file that cannot be walked from its first byte to its end.
var ErrMalformed = errors.New("picture: malformed")

// Cleans reports whether Clean knows files of the media type.
func Cleans(mediaType string) bool { return cleaner(mediaType) != nil }

// Clean returns the picture without metadata, in memory of its own; mediaType is
// what the bytes say, one of those that Cleans knows. Cleaning what is clean gives
// the same bytes. Errors are ErrMalformed.
func Clean(mediaType string, file []byte) ([]byte, error) {
	clean := cleaner(mediaType)
	if clean == nil {
		return nil, ErrMalformed
	}
	return clean(file)
}

func cleaner(mediaType string) func([]byte) ([]byte, error) {
	switch mediaType {
	case "image/jpeg":
		return cleanJPEG
	case "image/png":
		return cleanPNG
	case "image/webp":
		return cleanWebP
	case "image/gif":
		return cleanGIF
	}
	return nil
}
