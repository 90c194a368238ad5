package plane

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// process is a child. It is killed when this process ends, however that ends.
type process struct {
	name  string
	log   string
	cmd   *exec.Cmd
	ended chan struct{} // closed when it has, with err set
	err   error
}

var errEnded = errors.New("ended")

// start runs a program with its output in DIR/NAME.log and its process id in DIR/NAME.pid. The kernel ties the signal of a
// parent's death to the thread that started the child, so this is called from the one thread that stays to the end.
func start(dir, name, program string, args ...string) (*process, error) {
	p := &process{name: name, log: filepath.Join(dir, name+".log"), ended: make(chan struct{})}
	log, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p.cmd = exec.Command(program, args...)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	return p, os.WriteFile(filepath.Join(dir, name+".pid"), fmt.Appendln(nil, p.cmd.Process.Pid), 0o600)
}

// stop asks, and after the patience kills.
func (p *process) stop(patience time.Duration) {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

func (p *process) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// signalled says whether a signal ended it.
func (p *process) signalled() bool {
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled()
}

// failure says that it ended and what it said last.
func (p *process) failure() error {
	text, _ := os.ReadFile(p.log)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	last := lines[max(0, len(lines)-5):]
	return fmt.Errorf("%s %w (%v), its log's last lines:\n  %s", p.name, errEnded, p.err, strings.Join(last, "\n  "))
}

// stopAll, the last first.
func stopAll(processes []*process) {
	for _, p := range slices.Backward(processes) {
		p.stop(2 * time.Second)
	}
}
