package smpp

// Alert is an alert_notification (SMPP 3.4 §4.12): a handset can be reached
// again. It has no response.
type Alert struct {
	Source Address // the handset
	ESME   Address
	TLVs   []TLV // ms_availability_status
}

// AppendAlert appends the body of an alert_notification.
func AppendAlert(dst []byte, a Alert) ([]byte, error) {
	err := firstError(
		checkText("source_addr", a.Source.Addr, maxAlertAddr),
		checkText("esme_addr", a.ESME.Addr, maxAlertAddr),
		checkTLVs(a.TLVs, 0),
	)
	if err != nil {
		return dst, err
	}
	dst = appendAddress(dst, a.Source)
	dst = appendAddress(dst, a.ESME)
	return appendTLVs(dst, a.TLVs), nil
}

// maxAlertAddr is the size of an alert_notification's addresses, 65 with NUL.
const maxAlertAddr = 64

// DecodeAlert reads the body of an alert_notification.
func DecodeAlert(body []byte) (Alert, error) {
	o := newOctets(body)
	a := Alert{Source: o.address("source_addr", StatusInvalidSource)}
	a.ESME = o.address("esme_addr", StatusInvalidDestination)
	a.TLVs = o.tlvs()
	return a, o.result()
}

// Outbind is an outbind (SMPP 3.4 §4.1.7), by which an SMSC asks an ESME to
// bind as receiver. It has no response.
type Outbind struct {
	SystemID string
	Password string
}

// AppendOutbind appends the body of an outbind.
func AppendOutbind(dst []byte, b Outbind) ([]byte, error) {
	err := firstError(
		checkText("system_id", b.SystemID, maxSystemID),
		checkText("password", b.Password, maxPassword),
	)
	if err != nil {
		return dst, err
	}
	return appendCString(appendCString(dst, b.SystemID), b.Password), nil
}

// DecodeOutbind reads the body of an outbind.
func DecodeOutbind(body []byte) (Outbind, error) {
	o := newOctets(body)
	b := Outbind{SystemID: o.cstring("system_id", StatusInvalidSystemID)}
	b.Password = o.cstring("password", StatusInvalidPassword)
	return b, o.result()
}
