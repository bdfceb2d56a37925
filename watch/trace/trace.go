// Package trace sends spans of a run to an OpenTelemetry collector, over OTLP and
// HTTP. It is set up by the standard variables alone:
//
//	OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT and what the
//	exporter reads besides (headers, certificate, timeout, compression)
//	OTEL_SERVICE_NAME (default leapscore), OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER
//	OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER=none: nothing is sent
//	TRACEPARENT, TRACESTATE: the span of a scheduler that the run belongs to
//
// Without an endpoint there is no Tracer, and a run costs nothing.
//
// The spans are run > load, plan, score, commit, and in score one for each split;
// of many splits, the first eachSplit and those that failed.
package trace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

const (
	eachSplit = 1000
	// timeout bounds the time to send the last spans.
	timeout = 10 * time.Second
)

// Tracer sends the spans of one run. Nil sends nothing.
type Tracer struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
	ctx      context.Context // of the run's span
	run      trace.Span

	mu     sync.Mutex
	score  context.Context // of the span of the stage score
	splits int64
	lost   error // the last one of sending
}

// enabled reports whether the variables ask for traces.
func enabled() bool {
	if os.Getenv("OTEL_SDK_DISABLED") == "true" || os.Getenv("OTEL_TRACES_EXPORTER") == "none" {
		return false
	}
	return os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != ""
}

// Start starts the span of a run, called name, of a program of the given version.
// It returns nil without an error if no traces are asked for.
func Start(ctx context.Context, name, version string, start time.Time) (*Tracer, error) {
	if !enabled() {
		return nil, nil
	}
	for _, v := range []string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
		if p := os.Getenv(v); p != "" && p != "http/protobuf" {
			return nil, fmt.Errorf("%s=%s: want http/protobuf", v, p)
		}
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, err
	}
	res, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "leapscore"), attribute.String("service.version", version)),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, errors.Join(err, exporter.Shutdown(ctx))
	}
	t := &Tracer{provider: sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(res))}
	t.tracer = t.provider.Tracer("leapscore", trace.WithInstrumentationVersion(version))
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.lost = err
	}))
	parent := propagation.MapCarrier{"traceparent": os.Getenv("TRACEPARENT"), "tracestate": os.Getenv("TRACESTATE")}
	ctx = propagation.TraceContext{}.Extract(context.WithoutCancel(ctx), parent)
	t.ctx, t.run = t.tracer.Start(ctx, name, trace.WithTimestamp(start), trace.WithSpanKind(trace.SpanKindInternal))
	return t, nil
}

// Set adds attributes to the span of the run.
func (t *Tracer) Set(attrs map[string]string) {
	if t == nil {
		return
	}
	for name, v := range attrs {
		t.run.SetAttributes(attribute.String(name, v))
	}
}

// Count adds numbers to the span of the run.
func (t *Tracer) Count(counts map[string]int64) {
	if t == nil {
		return
	}
	for name, n := range counts {
		t.run.SetAttributes(attribute.Int64(name, n))
	}
}

// Past sends the span of a stage that is over.
func (t *Tracer) Past(name string, start, end time.Time) {
	if t == nil {
		return
	}
	_, span := t.tracer.Start(t.ctx, name, trace.WithTimestamp(start))
	span.End(trace.WithTimestamp(end))
}

// Stage starts the span of a stage, which ends with the returned function.
func (t *Tracer) Stage(name string) func(error) {
	if t == nil {
		return func(error) {}
	}
	ctx, span := t.tracer.Start(t.ctx, name)
	if name == "score" {
		t.mu.Lock()
		t.score = ctx
		t.mu.Unlock()
	}
	return func(err error) {
		if name == "score" {
			t.mu.Lock()
			span.SetAttributes(attribute.Int64("leapscore.splits", t.splits))
			t.mu.Unlock()
		}
		finish(span, err)
	}
}

// Split starts the span of split number index, called name.
func (t *Tracer) Split(index int, name string) func(error) {
	if t == nil {
		return func(error) {}
	}
	t.mu.Lock()
	t.splits++
	ctx := t.score
	t.mu.Unlock()
	if ctx == nil {
		ctx = t.ctx
	}
	start := time.Now()
	open := func() trace.Span {
		_, span := t.tracer.Start(ctx, "split", trace.WithTimestamp(start),
			trace.WithAttributes(attribute.Int("leapscore.split", index), attribute.String("leapscore.source", name)))
		return span
	}
	if index < eachSplit {
		span := open()
		return func(err error) { finish(span, err) }
	}
	return func(err error) {
		if err != nil && !errors.Is(err, context.Canceled) {
			finish(open(), err)
		}
	}
}

// End ends the span of the run, and waits, for a while, until all spans are sent.
// It returns the errors of sending.
func (t *Tracer) End(err error) error {
	if t == nil {
		return nil
	}
	finish(t.run, err)
	ctx, stop := context.WithTimeout(context.WithoutCancel(t.ctx), timeout)
	defer stop()
	err = t.provider.Shutdown(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	return errors.Join(err, t.lost)
}

func finish(span trace.Span, err error) {
	if err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
	}
	span.End()
}
