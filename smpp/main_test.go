package smpp_test

import (
	"testing"

	"notify1022/smpp/smpptest"
)

func TestMain(m *testing.M) { smpptest.Main(m) }
