package main

import (
	"fmt"
	"os"
	"syscall"
	"testing"
	"unsafe"
)

// openTerminal makes a pseudo-terminal of so many columns: what is written to
// far can be read from screen.
func openTerminal(t *testing.T, cols int) (screen, far *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no pseudo-terminal: ", err)
	}
	t.Cleanup(func() { screen.Close() })
	var number, unlocked int32
	size := [4]uint16{24, uint16(cols)}
	for _, call := range []struct {
		request uintptr
		arg     unsafe.Pointer
	}{{syscall.TIOCGPTN, unsafe.Pointer(&number)}, {syscall.TIOCSPTLCK, unsafe.Pointer(&unlocked)}, {syscall.TIOCSWINSZ, unsafe.Pointer(&size)}} {
		if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, screen.Fd(), call.request, uintptr(call.arg)); e != 0 {
			t.Fatal(e)
		}
	}
	far, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
	return screen, far
}
