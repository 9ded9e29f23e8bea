package smpp

import (
	"fmt"
	"strconv"
	"strings"
)

// Status is the command_status of a response (SMPP 3.4 §5.1.3). Vendors use
// numbers of their own from 0x400; those are kept as they are.
type Status uint32

// The command_status values of SMPP 3.4 §5.1.3.
const (
	StatusOK                    Status = 0x00000000
	StatusInvalidMessageLength  Status = 0x00000001
	StatusInvalidCommandLength  Status = 0x00000002
	StatusInvalidCommandID      Status = 0x00000003
	StatusInvalidBindStatus     Status = 0x00000004
	StatusAlreadyBound          Status = 0x00000005
	StatusInvalidPriority       Status = 0x00000006
	StatusInvalidRegDelivery    Status = 0x00000007
	StatusSystemError           Status = 0x00000008
	StatusInvalidSource         Status = 0x0000000A
	StatusInvalidDestination    Status = 0x0000000B
	StatusInvalidMessageID      Status = 0x0000000C
	StatusBindFailed            Status = 0x0000000D
	StatusInvalidPassword       Status = 0x0000000E
	StatusInvalidSystemID       Status = 0x0000000F
	StatusCancelFailed          Status = 0x00000011
	StatusReplaceFailed         Status = 0x00000013
	StatusQueueFull             Status = 0x00000014
	StatusInvalidServiceType    Status = 0x00000015
	StatusInvalidDestCount      Status = 0x00000033
	StatusInvalidListName       Status = 0x00000034
	StatusInvalidDestFlag       Status = 0x00000040
	StatusInvalidReplaceSubmit  Status = 0x00000042
	StatusInvalidESMClass       Status = 0x00000043
	StatusCannotSubmitToList    Status = 0x00000044
	StatusSubmitFailed          Status = 0x00000045
	StatusInvalidSourceTON      Status = 0x00000048
	StatusInvalidSourceNPI      Status = 0x00000049
	StatusInvalidDestTON        Status = 0x00000050
	StatusInvalidDestNPI        Status = 0x00000051
	StatusInvalidSystemType     Status = 0x00000053
	StatusInvalidReplaceFlag    Status = 0x00000054
	StatusInvalidMessageCount   Status = 0x00000055
	StatusThrottled             Status = 0x00000058
	StatusInvalidSchedule       Status = 0x00000061
	StatusInvalidExpiry         Status = 0x00000062
	StatusInvalidDefaultMessage Status = 0x00000063
	StatusReceiverTemporary     Status = 0x00000064
	StatusReceiverPermanent     Status = 0x00000065
	StatusReceiverReject        Status = 0x00000066
	StatusQueryFailed           Status = 0x00000067
	StatusInvalidOptionalPart   Status = 0x000000C0
	StatusTLVNotAllowed         Status = 0x000000C1
	StatusInvalidTLVLength      Status = 0x000000C2
	StatusMissingTLV            Status = 0x000000C3
	StatusInvalidTLVValue       Status = 0x000000C4
	StatusDeliveryFailure       Status = 0x000000FE
	StatusUnknownError          Status = 0x000000FF
)

// statusNames are the standard's own names, as an SMSC's engineer greps them.
var statusNames = map[Status]string{
	StatusOK:                    "ESME_ROK",
	StatusInvalidMessageLength:  "ESME_RINVMSGLEN",
	StatusInvalidCommandLength:  "ESME_RINVCMDLEN",
	StatusInvalidCommandID:      "ESME_RINVCMDID",
	StatusInvalidBindStatus:     "ESME_RINVBNDSTS",
	StatusAlreadyBound:          "ESME_RALYBND",
	StatusInvalidPriority:       "ESME_RINVPRTFLG",
	StatusInvalidRegDelivery:    "ESME_RINVREGDLVFLG",
	StatusSystemError:           "ESME_RSYSERR",
	StatusInvalidSource:         "ESME_RINVSRCADR",
	StatusInvalidDestination:    "ESME_RINVDSTADR",
	StatusInvalidMessageID:      "ESME_RINVMSGID",
	StatusBindFailed:            "ESME_RBINDFAIL",
	StatusInvalidPassword:       "ESME_RINVPASWD",
	StatusInvalidSystemID:       "ESME_RINVSYSID",
	StatusCancelFailed:          "ESME_RCANCELFAIL",
	StatusReplaceFailed:         "ESME_RREPLACEFAIL",
	StatusQueueFull:             "ESME_RMSGQFUL",
	StatusInvalidServiceType:    "ESME_RINVSERTYP",
	StatusInvalidDestCount:      "ESME_RINVNUMDESTS",
	StatusInvalidListName:       "ESME_RINVDLNAME",
	StatusInvalidDestFlag:       "ESME_RINVDESTFLAG",
	StatusInvalidReplaceSubmit:  "ESME_RINVSUBREP",
	StatusInvalidESMClass:       "ESME_RINVESMCLASS",
	StatusCannotSubmitToList:    "ESME_RCNTSUBDL",
	StatusSubmitFailed:          "ESME_RSUBMITFAIL",
	StatusInvalidSourceTON:      "ESME_RINVSRCTON",
	StatusInvalidSourceNPI:      "ESME_RINVSRCNPI",
	StatusInvalidDestTON:        "ESME_RINVDSTTON",
	StatusInvalidDestNPI:        "ESME_RINVDSTNPI",
	StatusInvalidSystemType:     "ESME_RINVSYSTYP",
	StatusInvalidReplaceFlag:    "ESME_RINVREPFLAG",
	StatusInvalidMessageCount:   "ESME_RINVNUMMSGS",
	StatusThrottled:             "ESME_RTHROTTLED",
	StatusInvalidSchedule:       "ESME_RINVSCHED",
	StatusInvalidExpiry:         "ESME_RINVEXPIRY",
	StatusInvalidDefaultMessage: "ESME_RINVDFTMSGID",
	StatusReceiverTemporary:     "ESME_RX_T_APPN",
	StatusReceiverPermanent:     "ESME_RX_P_APPN",
	StatusReceiverReject:        "ESME_RX_R_APPN",
	StatusQueryFailed:           "ESME_RQUERYFAIL",
	StatusInvalidOptionalPart:   "ESME_RINVOPTPARSTREAM",
	StatusTLVNotAllowed:         "ESME_ROPTPARNOTALLWD",
	StatusInvalidTLVLength:      "ESME_RINVPARLEN",
	StatusMissingTLV:            "ESME_RMISSINGOPTPARAM",
	StatusInvalidTLVValue:       "ESME_RINVOPTPARAMVAL",
	StatusDeliveryFailure:       "ESME_RDELIVERYFAILURE",
	StatusUnknownError:          "ESME_RUNKNOWNERR",
}

// String is the standard's name, or the number in hexadecimal for a status
// that the standard does not know.
func (s Status) String() string {
	if n, ok := statusNames[s]; ok {
		return n
	}
	return fmt.Sprintf("status 0x%08X", uint32(s))
}

// credentials reports a bind refused for reasons that only a person can mend;
// trying again quickly gets an account blocked.
func (s Status) credentials() bool {
	switch s {
	case StatusInvalidPassword, StatusInvalidSystemID, StatusInvalidSystemType:
		return true
	}
	return false
}

// StatusError is a status other than ESME_ROK as an error.
type StatusError struct {
	Status   Status
	Override Class // instead of the status's own class; Unclassed: none
}

// Error is the status's name.
func (e *StatusError) Error() string { return e.Status.String() }

// Credentials reports a bind refused for reasons that only a person can mend;
// the client pauses for minutes and somebody should be told.
func (e *StatusError) Credentials() bool { return e.Status.credentials() }

// Class is what the status asks of who submitted.
func (e *StatusError) Class() Class { return or(e.Override, e.Status.Class()) }

// Temporary reports whether trying the same again may help.
func (e *StatusError) Temporary() bool { return e.Class().Temporary() }

// statusErr is nil for ESME_ROK.
func statusErr(s Status) error {
	if s == StatusOK {
		return nil
	}
	return &StatusError{Status: s}
}

// ParseStatus reads a status by the standard's name, with or without "ESME_",
// in any case, or by its number (88 or 0x58); "" is ESME_ROK.
func ParseStatus(name string) (Status, bool) {
	if n, err := strconv.ParseUint(name, 0, 32); err == nil {
		return Status(n), true
	}
	name = strings.TrimPrefix(strings.ToUpper(name), "ESME_")
	for s, n := range statusNames {
		if strings.TrimPrefix(n, "ESME_") == name {
			return s, true
		}
	}
	return 0, name == ""
}

// MarshalText writes the name, or the number where there is none.
func (s Status) MarshalText() ([]byte, error) {
	if n, ok := statusNames[s]; ok {
		return []byte(n), nil
	}
	return fmt.Appendf(nil, "0x%08X", uint32(s)), nil
}

// UnmarshalText is ParseStatus.
func (s *Status) UnmarshalText(b []byte) error {
	v, ok := ParseStatus(string(b))
	if !ok {
		return fmt.Errorf("smpp: no such status: %q", b)
	}
	*s = v
	return nil
}
