// Package journal writes what happened, one JSON object a line. t_ns is the machine's monotonic clock, the same in every
// process (C++: std::chrono::steady_clock), so that a test can hold its own instants against it; time is the wall clock.
package journal

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Journal is a file that only grows; any goroutine may write.
type Journal struct {
	mu   sync.Mutex
	file *os.File
}

func Open(path string) (*Journal, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	return &Journal{file: file}, err
}

// Now is CLOCK_MONOTONIC in nanoseconds.
func Now() int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		panic(err) // the clock is always there
	}
	return t.Nano()
}

// Write adds event, a struct or map with at least one field, behind the two instants. A journal that cannot be written is
// said on standard error: the test that reads it will miss the line.
func (j *Journal) Write(event any) {
	body, err := json.Marshal(event)
	if err == nil {
		line := fmt.Sprintf(`{"t_ns":%d,"time":%q,%s`+"\n", Now(), time.Now().UTC().Format(time.RFC3339Nano), body[1:])
		j.mu.Lock()
		defer j.mu.Unlock()
		_, err = j.file.WriteString(line)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "journal:", err)
	}
}
