package plane

import (
	"io"
	"os"
	"time"
)

// watchParent calls over when the process that started this one is gone: when another became the parent, or when standard
// input, if that is a pipe or a socket, comes to its end.
func watchParent(over func()) {
	parent := os.Getppid()
	go func() {
		for os.Getppid() == parent {
			time.Sleep(100 * time.Millisecond)
		}
		over()
	}()
	info, err := os.Stdin.Stat()
	if err == nil && info.Mode()&(os.ModeNamedPipe|os.ModeSocket) != 0 {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			over()
		}()
	}
}
