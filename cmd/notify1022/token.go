package main

import (
	"crypto/rand"
	"encoding/hex"
)

// tokenLength and tokenLetters make the tokens of links: 56 letters and digits
// without those that are taken for one another (0 O o 1 l I), so 58 bits.
const (
	tokenLength  = 10
	tokenLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz"
)

// newToken is a random token for a link.
func newToken() string {
	token := make([]byte, 0, tokenLength)
	var random [32]byte
	for len(token) < tokenLength {
		rand.Read(random[:])
		for _, b := range random {
			// 224 is the largest multiple of 56 in a byte: beyond it letters
			// would not be equally likely.
			if b < 224 && len(token) < tokenLength {
				token = append(token, tokenLetters[b%56])
			}
		}
	}
	return string(token)
}

// newSalt is a random salt for a digest of personal data.
func newSalt() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
