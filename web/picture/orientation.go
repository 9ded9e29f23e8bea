package picture

import "encoding/binary"

// tagOrientation says which way is up (Exif 2.32 §4.6.4): 1 as stored, 2 to 8
// turned or mirrored.
const tagOrientation = 0x0112

// orientation reads the tag of a TIFF block; 1 when there is none, or none that
// can be read: the picture is then shown as it is stored.
func orientation(tiff []byte) byte {
	order := byteOrder(tiff)
	if order == nil || order.Uint16(tiff[2:]) != 42 {
		return 1
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		const size = 12
		if len(entries) < size {
			return 1
		}
		if order.Uint16(entries) == tagOrientation {
			if value := order.Uint16(entries[8:]); order.Uint16(entries[2:]) == short && value >= 1 && value <= 8 {
				return byte(value)
			}
			return 1
		}
		entries = entries[size:]
	}
	return 1
}

// short is TIFF's type of a 16-bit number.
const short = 3

func byteOrder(tiff []byte) binary.ByteOrder {
	if len(tiff) < 8 {
		return nil
	}
	switch string(tiff[:2]) {
	case "II":
		return binary.LittleEndian
	case "MM":
		return binary.BigEndian
	}
	return nil
}

// upright is a TIFF block with the orientation alone; nil for 1, which needs none.
func upright(orientation byte) []byte {
	if orientation == 1 {
		return nil
	}
	return []byte{
		'M', 'M', 0, 42, 0, 0, 0, 8, // big-endian, the directory follows
		0, 1, // one entry
		tagOrientation >> 8, tagOrientation & 0xff, 0, short, 0, 0, 0, 1, 0, orientation, 0, 0,
		0, 0, 0, 0, // no further directory
	}
}
