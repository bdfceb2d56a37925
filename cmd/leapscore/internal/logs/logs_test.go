package logs

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
)

func TestLinesHaveTagsOnce(t *testing.T) {
	var b bytes.Buffer
	log := slog.New(New(&b, true, nil))
	log.Info("before")
	Tag(log, slog.String("run_id", "r"), slog.String("model", "m"))
	log.Info("one", "rows", 3)
	log.With("a", 1).Info("two", "run_id", "other")
	want := []string{"msg=before", "msg=one rows=3 run_id=r model=m", "msg=two a=1 run_id=other model=m"}
	for i, line := range strings.Split(strings.TrimSpace(b.String()), "\n") {
		if !strings.HasSuffix(line, want[i]) {
			t.Errorf("line %q, want %q", line, want[i])
		}
	}
}

func TestLinesOfLibrariesAreOfTheLog(t *testing.T) {
	for level, want := range map[slog.Level]string{
		slog.LevelInfo:  `level=WARN msg="falling back to IMDSv1" from=library|level=INFO msg="plain words" from=library|level=WARN msg="no end" from=library|`,
		slog.LevelError: "",
	} {
		var b bytes.Buffer
		log := slog.New(New(&b, true, &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}}))
		was := os.Stderr
		restore := Capture(func() *slog.Logger { return log })
		fmt.Fprintln(os.Stderr, "SDK 2026/11/29 12:00:00 WARN falling back to IMDSv1")
		fmt.Fprint(os.Stderr, "plain words\n\nERROR: no end")
		restore()
		if os.Stderr != was {
			t.Error("stderr is not what it was")
		}
		if got := strings.ReplaceAll(b.String(), "\n", "|"); got != want {
			t.Errorf("log of level %v is %q, want %q", level, got, want)
		}
	}
}
