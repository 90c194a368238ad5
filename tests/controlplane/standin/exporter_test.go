package standin

import (
	"strings"
	"testing"
	"time"
)

// On MIG only the ratio is told, of each instance by itself; on a card that is shared in time both, and of all who share it.
func TestWhatTheExporterTellsDependsOnTheSharing(t *testing.T) {
	for mode, expected := range map[string][]string{
		MIG: {
			`DCGM_FI_PROF_GR_ENGINE_ACTIVE{gpu="0",device="nvidia0",Hostname="n",namespace="s",pod="a",container="c",GPU_I_ID="0"} 1.000000`,
			`DCGM_FI_PROF_GR_ENGINE_ACTIVE{gpu="0",device="nvidia0",Hostname="n",namespace="s",pod="b",container="c",GPU_I_ID="1"} 0.000000`,
		},
		TimeSlicing: {
			`DCGM_FI_DEV_GPU_UTIL{gpu="0",device="nvidia0",Hostname="n",namespace="s",pod="a",container="c"} 100`,
			`DCGM_FI_DEV_GPU_UTIL{gpu="0",device="nvidia0",Hostname="n",namespace="s",pod="b",container="c"} 100`,
			`DCGM_FI_PROF_GR_ENGINE_ACTIVE{gpu="0",device="nvidia0",Hostname="n",namespace="s",pod="a",container="c"} 1.000000`,
			`DCGM_FI_PROF_GR_ENGINE_ACTIVE{gpu="0",device="nvidia0",Hostname="n",namespace="s",pod="b",container="c"} 1.000000`,
		},
	} {
		h := NewHost(Sharing{Mode: mode, Cards: 1, PerCard: 7})
		start := time.Now()
		for _, name := range []string{"a", "b"} {
			p, err := h.Take(name, Ask{Cards: 1}, Series{Namespace: "s", Pod: name, Container: "c", Node: "n",
				Collection: time.Second})
			if err != nil {
				t.Fatal(err)
			}
			if name == "a" {
				p.begin(start.Add(time.Second))
			}
		}
		var text strings.Builder
		Expose(&text, []*Host{h}, start.Add(2*time.Second), start)
		var found []string
		for line := range strings.Lines(text.String()) {
			if !strings.HasPrefix(line, "#") {
				found = append(found, strings.TrimSpace(line))
			}
		}
		if strings.Join(found, "\n") != strings.Join(expected, "\n") {
			t.Errorf("%s: expected\n%s\nfound\n%s", mode, strings.Join(expected, "\n"), strings.Join(found, "\n"))
		}
	}
}
