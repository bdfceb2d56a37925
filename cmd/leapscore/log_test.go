package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// logLines reads lines of a JSON log, of which each must have what lines of a run have.
func logLines(t *testing.T, log []byte, runID string) (found []map[string]any) {
	t.Helper()
	for line := range bytes.Lines(log) {
		var l map[string]any
		if err := json.Unmarshal(line, &l); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if l["run_id"] != runID || l["model"] != "lr.zip" {
			t.Errorf("a line without run and model: %s", line)
		}
		found = append(found, l)
	}
	return found
}

// A scheduler sees that a run lives, before its first row too.
func TestARunHasAHeartbeat(t *testing.T) {
	f := newFixture(t, 10)
	t.Setenv(beatEnv, "20ms")
	for stage, query := range map[string]string{
		"score": "SELECT 'Rome' AS city, 'flat' AS kind, i % 7 AS rooms, 1.5 AS area FROM range(100000000000) t(i)",
		"wait":  "SELECT 'Rome' AS city, 'flat' AS kind, sum(i) AS rooms, 1.5 AS area FROM range(100000000000) t(i)",
	} {
		cmd, stderr := f.start(t, "score", "--model", "lr.zip", "--output", stage, "--log-format", "json", "--run-id", "night", "--sql", query)
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		f.await(t, stage+"/_temporary/lock", ended)
		for i := 0; i < 200 && len(ended) == 0; i++ { // of 5 ms
			_ = exec.Command("sleep", "0.005").Run()
		}
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		<-ended
		beats := 0
		for _, l := range logLines(t, stderr.Bytes(), "night") {
			if l["msg"] != "running" || l["stage"] != "score" {
				continue
			}
			beats++
			for _, number := range []string{"rows", "rejected", "files", "rows_per_second", "seconds"} {
				if _, ok := l[number].(float64); !ok {
					t.Errorf("%s is %v, want a number", number, l[number])
				}
			}
		}
		if beats == 0 {
			t.Errorf("%s: no heartbeat: %s", stage, stderr)
		}
	}
}

// The SDK of a cloud writes to the log, and is as quiet.
func TestTheSDKOfACloudLogsAsWeDo(t *testing.T) {
	f := newFixture(t, 10)
	noTokens := httptest.NewServer(http.NotFoundHandler()) // of the metadata of a machine
	defer noTokens.Close()
	for _, quiet := range []string{"--quiet=false", "--quiet"} {
		cmd := exec.Command("leapscore", "score", "--model", "lr.zip", "--input", "s3://bucket/a.parquet?endpoint="+noTokens.URL+"&region=eu-north-1",
			"--output", "t", "--io-timeout", "3s", "--log-format", "json", "--run-id", "night", quiet)
		cmd.Dir = f.dir
		for _, v := range os.Environ() {
			if !strings.HasPrefix(v, "AWS_") {
				cmd.Env = append(cmd.Env, v)
			}
		}
		cmd.Env = append(cmd.Env, "AWS_EC2_METADATA_SERVICE_ENDPOINT="+noTokens.URL, "AWS_CONFIG_FILE="+filepath.Join(f.dir, "none"), "AWS_SHARED_CREDENTIALS_FILE="+filepath.Join(f.dir, "none"))
		out, _ := cmd.CombinedOutput() // the store cannot be read
		sdk := 0
		for _, l := range logLines(t, out, "night") {
			if l["from"] == "library" {
				sdk++
			} else if quiet == "--quiet" && l["level"] != "ERROR" {
				t.Errorf("quiet, but: %v", l)
			}
		}
		if (sdk > 0) == (quiet == "--quiet") {
			t.Errorf("%s: %d lines of the SDK: %s", quiet, sdk, out)
		}
	}
}
