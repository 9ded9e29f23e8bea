// Package picture takes out of a photo everything but the picture: the place where
// it was taken, the camera and its owner, comments, thumbnails, and whatever is
// appended behind the end (the second picture of some phones, the film of a
// "motion photo").
//
// It walks the file's own segments and keeps those on a list; what it does not know
// goes. Pixels are never decoded, so nothing is lost and no memory is taken beyond
// one copy of the file. The one fact of the metadata that people see, which way is
// up, stays: as a minimal tag that holds nothing else.
//
// A file that is not what its first bytes say, or is cut off, is ErrMalformed.
// Nobody can say what such bytes hold, so the caller refuses them.
package picture
