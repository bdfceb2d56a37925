// Package servers starts the object stores that integration tests run against:
// versitygw for S3, fake-gcs-server for Google Cloud Storage, Azurite for Azure
// Blob Storage, each as a process of its own, and a folder. Proxy stands in
// front of one and makes requests fail. It is no store and parses no protocol:
// tests read through the same packages as users.
package servers

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"leapscore/integration/tools"
)

// Server is an object store with one bucket.
type Server struct {
	// Scheme is that of the URLs: s3, gs, azblob or file.
	Scheme string
	// Bucket is the name of the bucket or container.
	Bucket string
	// Addr is where the server listens, as host:port. Empty for a folder.
	Addr string
	// Env is what a client needs in its environment, as NAME=value.
	Env []string
	// Dir is where the server keeps its data. For S3 and a folder, the object
	// x is the file Dir/Bucket/x.
	Dir string

	query string // of URLs
	start func() *exec.Cmd
	end   os.Signal // what Stop sends

	mu  sync.Mutex
	cmd *exec.Cmd
	log bytes.Buffer
}

// All returns the four kinds, started.
func All(t testing.TB) []*Server {
	t.Helper()
	return []*Server{Files(t), S3(t), GCS(t), Azure(t)}
}

// URL returns the URL of an object, or of the bucket if name is empty.
func (s *Server) URL(name string) string {
	if s.Scheme == "file" {
		return "file://" + filepath.ToSlash(filepath.Join(s.Dir, s.Bucket)) + "/" + name
	}
	return s.Scheme + "://" + s.Bucket + "/" + name + s.query
}

// At returns the server with another bucket, which need not exist.
func (s *Server) At(bucket string) *Server {
	return &Server{Scheme: s.Scheme, Bucket: bucket, Addr: s.Addr, Env: s.Env, Dir: s.Dir, query: s.query}
}

// Setenv sets Env for the rest of the test.
func (s *Server) Setenv(t testing.TB) {
	t.Helper()
	for _, e := range s.Env {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
}

// Files is a folder, by file URLs.
func Files(t testing.TB) *Server {
	t.Helper()
	s := &Server{Scheme: "file", Bucket: "bucket", Dir: t.TempDir()}
	if err := os.Mkdir(filepath.Join(s.Dir, s.Bucket), 0o755); err != nil {
		t.Fatal(err)
	}
	return s
}

// S3 starts versitygw.
func S3(t testing.TB) *Server {
	t.Helper()
	s := &Server{Scheme: "s3", Bucket: "bucket", Addr: freeAddr(t), Dir: t.TempDir()}
	s.Env = []string{
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=testsecret", "AWS_SESSION_TOKEN=", "AWS_PROFILE=",
		"AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull, "AWS_EC2_METADATA_DISABLED=true",
	}
	s.query = "?endpoint=http://" + s.Addr + "&use_path_style=true&region=us-east-1"
	if err := os.Mkdir(filepath.Join(s.Dir, s.Bucket), 0o755); err != nil {
		t.Fatal(err)
	}
	program := tools.Path(t, tools.Versitygw)
	s.start = func() *exec.Cmd {
		cmd := exec.Command(program, "--quiet", "--keep-alive", "--port", s.Addr, "posix", s.Dir)
		cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY_ID=test", "ROOT_SECRET_ACCESS_KEY=testsecret")
		return cmd
	}
	s.run(t)
	return s
}

// GCS starts fake-gcs-server. Its content survives Stop.
func GCS(t testing.TB) *Server {
	t.Helper()
	s := &Server{Scheme: "gs", Bucket: "bucket", Addr: freeAddr(t), Dir: t.TempDir(), query: "?anonymous=true"}
	s.Env = []string{"STORAGE_EMULATOR_HOST=" + s.Addr}
	if err := os.Mkdir(filepath.Join(s.Dir, s.Bucket), 0o755); err != nil {
		t.Fatal(err)
	}
	program := tools.Path(t, tools.FakeGCS)
	_, port, _ := net.SplitHostPort(s.Addr)
	s.start = func() *exec.Cmd {
		return exec.Command(program, "-scheme", "http", "-host", "127.0.0.1", "-port", port, "-log-level", "error",
			"-backend", "filesystem", "-filesystem-root", s.Dir, "-public-host", s.Addr)
	}
	s.run(t)
	return s
}

// Azure starts Azurite.
func Azure(t testing.TB) *Server {
	t.Helper()
	s := &Server{Scheme: "azblob", Bucket: "bucket", Addr: freeAddr(t), Dir: t.TempDir()}
	s.end = os.Interrupt // only then it saves its content
	s.Env = []string{"AZURE_STORAGE_ACCOUNT=" + azuriteAccount, "AZURE_STORAGE_KEY=" + azuriteKey}
	s.query = "?protocol=http&domain=" + s.Addr + "&localemu=true"
	program := tools.Path(t, tools.Azurite)
	host, port, _ := net.SplitHostPort(s.Addr)
	s.start = func() *exec.Cmd {
		return exec.Command(program, "--silent", "--location", s.Dir, "--blobHost", host, "--blobPort", port,
			"--skipApiVersionCheck", "--disableTelemetry")
	}
	s.run(t)
	if err := makeContainer(s.Addr, s.Bucket); err != nil {
		t.Fatalf("container: %v", err)
	}
	return s
}

// freeAddr returns an address that nobody listens on. Until the server does, no
// other socket may get it: it is none of those that systems hand out themselves,
// and is given only once.
func freeAddr(t testing.TB) string {
	t.Helper()
	const first, ports = 20_000, 12_000
	given.Lock()
	defer given.Unlock()
	var err error
	for range 1000 {
		addr := fmt.Sprintf("127.0.0.1:%d", first+rand.IntN(ports))
		if given.addr[addr] {
			continue
		}
		var l net.Listener
		if l, err = net.Listen("tcp", addr); err == nil {
			l.Close()
			given.addr[addr] = true
			return addr
		}
	}
	t.Fatalf("no free address: %v", err)
	return ""
}

// given are the addresses that freeAddr has returned.
var given = struct {
	sync.Mutex
	addr map[string]bool
}{addr: map[string]bool{}}

func (s *Server) run(t testing.TB) {
	t.Helper()
	s.Start(t)
	t.Cleanup(func() {
		s.Stop()
		if t.Failed() && s.log.Len() > 0 {
			t.Logf("%s server: %s", s.Scheme, s.log.Bytes())
		}
	})
}

// patience is how long a server may take to answer its first request.
const patience = time.Minute

// Start starts the server again after Stop, at the same address.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	cmd := s.start()
	cmd.Stdout, cmd.Stderr = &s.log, &s.log
	if err := cmd.Start(); err != nil {
		t.Fatalf("%s: %v", cmd.Path, err)
	}
	s.cmd = cmd
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := answers(ctx, s.Addr); err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		t.Fatalf("%s does not answer: %v\n%s", cmd.Path, err, s.log.Bytes())
	}
}

// Stop ends the server. Its content stays.
func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return
	}
	if s.end == nil {
		s.end = os.Kill
	}
	_ = s.cmd.Process.Signal(s.end)
	_ = s.cmd.Wait() // it was ended, which is what the error says
	s.cmd = nil
}

// answers waits until there is an HTTP response, be it an error.
func answers(ctx context.Context, addr string) error {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/", nil)
		if err != nil {
			return err
		}
		res, err := client.Do(req)
		if err == nil {
			return res.Body.Close()
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}
