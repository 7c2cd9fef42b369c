package generator

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/evilbench/evilbench/generator/flow"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/generator/scenario"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// WriteFlows draws the scenario's benign flows and writes them as a CSV table in the columns that flow generators are compared by, in order
// of time. No packet is made. The model must tell packets and bytes, as learnt ones do. The same scenario, model and seed give the same
// bytes with any number of workers.
func WriteFlows(ctx context.Context, out io.Writer, sc *scenario.Scenario, m *model.Model, o Options) (Result, error) {
	for i := range m.Patterns {
		for k := range m.Patterns[i].Rows {
			if m.Patterns[i].Rows[k].OutPkts.IsZero() {
				return Result{}, fmt.Errorf("model %s, pattern %s, row %d tells no packets, so flows alone cannot be written; generate a corpus, and compare its capture",
					m.Provenance.Name, m.Patterns[i].Name, k+1)
			}
		}
	}
	t, lacks, err := prepare(sc, m, o)
	if err != nil {
		return Result{}, err
	}
	f := &flowWriter{out: bufio.NewWriter(out), end: t.end}
	fmt.Fprintln(f.out, strings.Join(flowlog.Published(), ","))
	if err := t.each(ctx, o, f.window); err != nil {
		return Result{}, err
	}
	r := Result{Flows: f.rows, Start: t.start, End: t.end, Warnings: lacks}
	if f.rows == 0 {
		return r, errors.New("the scenario made no flow; give it a longer duration or a higher rate")
	}
	return r, f.out.Flush()
}

// each draws all windows ahead in parallel and hands them over in order.
func (t *traffic) each(ctx context.Context, o Options, take func([]flow.Record, int64) error) error {
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	group, ctx := errgroup.WithContext(ctx)
	queue := make(chan chan []flow.Record, o.Jobs)
	group.Go(func() error {
		defer close(queue)
		for w := int64(0); t.start+w*window < t.end; w++ {
			made := make(chan []flow.Record, 1)
			select {
			case queue <- made:
			case <-ctx.Done():
				return ctx.Err()
			}
			go func() { made <- t.sampler.Window(t.seed, w, t.start+w*window, min(t.start+(w+1)*window, t.end), nil) }()
		}
		return nil
	})
	group.Go(func() error {
		end := t.start
		for made := range queue {
			end = min(end+window, t.end)
			if err := take(<-made, end); err != nil {
				return err
			}
			if o.Progress != nil {
				o.Progress(end-t.start, t.end-t.start)
			}
		}
		return nil
	})
	return group.Wait()
}

// flowWriter writes records in order of time. Rows of a pattern that begin after its window wait for theirs.
type flowWriter struct {
	out  *bufio.Writer
	end  int64
	late []flow.Record
	line []byte
	rows int64
}

// window writes all that begins before upTo.
func (f *flowWriter) window(records []flow.Record, upTo int64) error {
	f.late = append(f.late, records...)
	slices.SortStableFunc(f.late, func(a, b flow.Record) int { return cmp.Compare(a.Time, b.Time) })
	n := 0
	for n < len(f.late) && f.late[n].Time < upTo {
		f.line = appendFlow(f.line[:0], &f.late[n])
		if _, err := f.out.Write(f.line); err != nil {
			return err
		}
		n++
	}
	f.rows += int64(n)
	f.late = append(f.late[:0], f.late[n:]...)
	return nil
}

// appendFlow writes one row.
func appendFlow(b []byte, r *flow.Record) []byte {
	b = time.Unix(0, r.Time).UTC().AppendFormat(b, "2006-01-02 15:04:05.000000000")
	src, dst := r.Src.Host.Addr, r.Dst.Host.Addr
	if r.IPv6 {
		src, dst = r.Src.Host.Addr6, r.Dst.Host.Addr6
	}
	b = append(append(b, ','), protoName(r.Proto)...)
	b = src.AppendTo(append(b, ','))
	b = dst.AppendTo(append(b, ','))
	b = strconv.AppendUint(append(b, ','), uint64(r.Port), 10)
	b = strconv.AppendUint(append(b, '.'), uint64(r.ICMPCode), 10)
	for _, n := range []int64{r.InBytes, r.InPackets, r.OutBytes, r.OutPackets} {
		b = strconv.AppendInt(append(b, ','), n, 10)
	}
	flags := r.Flags
	if flags == "" {
		flags = "......"
	}
	b = append(append(b, ','), flags...)
	b = strconv.AppendFloat(append(b, ','), float64(r.Duration)/1e9, 'f', 6, 64)
	return append(b, '\n')
}

// protoName is how flow tables call a transport.
func protoName(proto uint8) string {
	switch proto {
	case packet.TCP:
		return "TCP"
	case packet.UDP:
		return "UDP"
	default:
		return "ICMP"
	}
}
