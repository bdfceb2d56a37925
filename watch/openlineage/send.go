package openlineage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// Target is where events go: a server, or a file that gets a line for each.
type Target struct {
	url    string
	apiKey string
	file   string
}

// DefaultEndpoint is the path of a server that takes events.
const DefaultEndpoint = "api/v1/lineage"

// timeout bounds one attempt to send an event, of which there are attempts.
const (
	timeout  = 5 * time.Second
	attempts = 2
)

// NewTarget returns the target where: a URL of a server, which takes events under
// endpoint (default DefaultEndpoint) and may want an API key, or a file.
func NewTarget(where, endpoint, apiKey string) (*Target, error) {
	scheme, rest, isURL := strings.Cut(where, "://")
	switch {
	case !isURL:
		return &Target{file: where}, nil
	case scheme == "file":
		return &Target{file: rest}, nil
	case scheme != "http" && scheme != "https":
		return nil, fmt.Errorf("%s: want http:// or https://, or a file", where)
	}
	base, err := url.Parse(where)
	if err != nil {
		return nil, err
	}
	if endpoint == "" {
		endpoint = DefaultEndpoint
	}
	base.Path = strings.TrimSuffix(base.Path, "/") + "/" + strings.TrimPrefix(endpoint, "/")
	return &Target{url: base.String(), apiKey: apiKey}, nil
}

// Send sends an event. It tries again once where that may help.
func (t *Target) Send(ctx context.Context, e *Event) error {
	data, err := e.encode()
	if err != nil {
		return err
	}
	if t.file != "" {
		return t.appendLine(append(data, '\n'))
	}
	for attempt := 1; ; attempt++ {
		again, err := t.post(ctx, data)
		if err == nil || !again || attempt == attempts || ctx.Err() != nil {
			return err
		}
	}
}

// appendLine writes the line in one call, so that those of other runs stay whole.
func (t *Target) appendLine(line []byte) error {
	f, err := os.OpenFile(t.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(line)
	return errors.Join(err, f.Close())
}

func (t *Target) post(ctx context.Context, data []byte) (again bool, err error) {
	ctx, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(data))
	if err != nil {
		return false, err
	}
	req.Header.Set("Content-Type", "application/json")
	if t.apiKey != "" {
		req.Header.Set("Authorization", "Bearer "+t.apiKey)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return true, err
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, 300))
	if resp.StatusCode/100 == 2 {
		return false, nil
	}
	err = fmt.Errorf("%s: %s: %s", t.url, resp.Status, bytes.TrimSpace(answer))
	return resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests, err
}
