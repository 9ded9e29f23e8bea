package smpp

import "fmt"

// Class says what a status other than ESME_ROK asks of who submitted.
type Class uint8

const (
	// Unclassed is the class of ESME_ROK and of what is no status.
	Unclassed Class = iota
	// ClassPermanent: the same again will be refused again.
	ClassPermanent
	// ClassTemporary: about this message or its number; the same may succeed later.
	ClassTemporary
	// ClassSystem: the SMSC itself is in trouble. Nothing is said about the message.
	ClassSystem
	// ClassSlowdown: fewer messages per second.
	ClassSlowdown
)

var classNames = map[Class]string{ClassPermanent: "permanent", ClassTemporary: "temporary", ClassSystem: "system", ClassSlowdown: "slowdown"}

// String is the class as a configuration names it.
func (c Class) String() string {
	if n, ok := classNames[c]; ok {
		return n
	}
	return fmt.Sprintf("class %d", uint8(c))
}

// ParseClass reads permanent, temporary, system or slowdown.
func ParseClass(name string) (Class, bool) {
	for c, n := range classNames {
		if n == name {
			return c, true
		}
	}
	return Unclassed, false
}

// Temporary reports whether the same message may succeed later.
func (c Class) Temporary() bool { return c > ClassPermanent }

// Class is the table of statuses. One that says no more than that it did not work is
// the SMSC's own trouble. One that the standard does not know counts as temporary: the
// caller's number of attempts bounds it, and giving up on a vendor's "try later" would
// lose a message. Config.Classes says otherwise where a vendor's list is known.
func (s Status) Class() Class {
	switch s {
	case StatusOK:
		return Unclassed
	case StatusInvalidBindStatus, StatusSystemError, StatusSubmitFailed, StatusReceiverTemporary, StatusUnknownError:
		return ClassSystem
	case StatusThrottled, StatusQueueFull:
		return ClassSlowdown
	case StatusDeliveryFailure:
		return ClassTemporary
	}
	if _, standard := statusNames[s]; standard {
		return ClassPermanent
	}
	return ClassTemporary
}

// Temporary reports whether the same message may succeed later.
func (s Status) Temporary() bool { return s.Class().Temporary() }
