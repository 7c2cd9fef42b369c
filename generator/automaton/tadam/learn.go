package tadam

import (
	"fmt"
	"math"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/evilbench/evilbench/generator/automaton"
)

// Options of learning. Zero fields mean the defaults.
type Options struct {
	Start      Start                // default: from a state for each symbol and from one state, whichever ends with fewer bits
	From       *automaton.Automaton // to begin with, instead of Start
	Exhaustive bool                 // try every move each round and take the best; else the first batch that has one that pays
	Jobs       int                  // workers; never changes the result. Default: one a core
	MostTrials int                  // moves tried at most; default 20,000

	// Progress is told after each batch of moves; nil = nobody is.
	Progress func(trials int, bits float64)
}

// Result is what was learnt.
type Result struct {
	Automaton *automaton.Automaton
	ModelBits float64
	DataBits  float64
	History   []float64 // bits of the words searched with, at the beginning and after each move that was kept: never rising. What is expected comes last
	Trials    int
	Words     float64 // learnt from
	Clean     float64 // of them, went through undisturbed
	Strange   float64 // of them, cost less written down without the automaton
}

// batch is how many moves are tried before one is chosen among them, at any number of workers.
const batch = 8

// Learn learns an automaton from words. The same words and options give the same automaton.
func Learn(ws *automaton.Words, o Options) (*Result, error) {
	if o.Start != "" || o.From != nil {
		return learn(ws, o)
	}
	var best *Result
	for _, start := range []Start{BySymbol, Universal} {
		o.Start = start
		r, err := learn(ws, o)
		if err != nil {
			return nil, err
		}
		if best == nil || r.ModelBits+r.DataBits < best.ModelBits+best.DataBits {
			best = r
		}
	}
	return best, nil
}

// learn learns from one automaton to begin with.
func learn(ws *automaton.Words, o Options) (*Result, error) {
	if len(ws.Words) < 2 {
		return nil, fmt.Errorf("%d words; an automaton is learnt from at least 2", len(ws.Words))
	}
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	if o.MostTrials == 0 {
		o.MostTrials = 20_000
	}
	r := rangesOf(ws)
	words := texts(ws, &r)
	values := newGrid(words, ws.Dims)
	all := words
	words = thinned(all)
	var now *fit
	if o.From != nil {
		if err := o.From.Check(); err != nil {
			return nil, err
		}
		if o.From.Dims != ws.Dims || len(o.From.Symbols) != len(ws.Symbols) {
			return nil, fmt.Errorf("the automaton to begin with has %d symbols with %d values, the words %d with %d", len(o.From.Symbols), o.From.Dims, len(ws.Symbols), ws.Dims)
		}
		begin := hypothesisOf(o.From, float64(len(ws.Words)), r)
		begin.grid = values
		now = settle(begin, words, 4, nil)
	} else {
		if err := bounded(ws, o.Start); err != nil {
			return nil, err
		}
		now = first(ws, words, r, values, o)
	}
	out := &Result{History: []float64{now.bits}}
	for out.Trials < o.MostTrials {
		better := now.improve(words, &o, out)
		if better == nil {
			break
		}
		now = better
		out.History = append(out.History, now.bits)
	}
	if len(words) < len(all) {
		words = all
		now = settle(now.hypothesis, words, 4, nil)
	}
	now = weigh(now.expect(words), words, now.strange, nil)
	now.hypothesis.ready()
	out.Automaton = now.hypothesis.automaton(ws)
	out.ModelBits, out.DataBits = now.model, now.bits-now.model
	for i := range words {
		out.Words += words[i].times
	}
	out.Clean, out.Strange = now.clean, now.strange
	return out, nil
}

// bounded refuses words whose tables would not fit.
func bounded(ws *automaton.Words, start Start) error {
	longest, all := 0, 0
	for i := range ws.Words {
		longest = max(longest, len(ws.Words[i].Symbols))
		all += len(ws.Words[i].Symbols)
	}
	states := len(ws.Symbols) + 1
	if start == Tree {
		states = all + 1
	}
	if states > 4096 || states*(longest+1) > mostSteps {
		return fmt.Errorf("a word of %d symbols and %d states to begin with: their table of %d cells is more than %d; cut the words, or begin with fewer states",
			longest, states, states*(longest+1), mostSteps)
	}
	return nil
}

// first is the cheapest of the automata to begin with: noise makes many rare edges, so that those without them are tried, too.
func first(ws *automaton.Words, words []text, r ranges, values *grid, o Options) *fit {
	var best *fit
	n := float64(len(ws.Words))
	for _, least := range []float64{0, 1, 2, 0.01 * n, 0.02 * n, 0.04 * n, 0.08 * n} {
		m := begin(ws, words, r, o.Start, least)
		m.grid = values
		if f := settle(m, words, 3, nil); best == nil || f.bits < best.bits {
			best = f
		}
	}
	return best
}

// improve is the next automaton, nil where no move pays.
func (f *fit) improve(words []text, o *Options, out *Result) *fit {
	moves := f.moves(words)
	if !o.Exhaustive {
		moves = promising(moves)
	}
	var best *fit
	for from := 0; from < len(moves) && out.Trials < o.MostTrials; from += batch {
		tried := make([]*fit, min(batch, len(moves)-from))
		var group errgroup.Group
		group.SetLimit(o.Jobs)
		for i := range tried {
			group.Go(func() error {
				rounds := 1
				if moves[from+i].deep {
					rounds = 3
				}
				tried[i] = settle(moves[from+i].apply(), words, rounds, f)
				return nil
			})
		}
		_ = group.Wait() // no trial fails
		out.Trials += len(tried)
		for _, t := range tried {
			if t.bits < f.bits-0.01 && (best == nil || t.bits < best.bits) {
				best = t
			}
		}
		if o.Progress != nil {
			bits := f.bits
			if best != nil {
				bits = best.bits
			}
			o.Progress(out.Trials, bits)
		}
		if best != nil && !o.Exhaustive {
			break
		}
	}
	if best == nil {
		return nil
	}
	return settle(best.learn(words), words, 2, nil).or(best)
}

// promising are the moves that an opportunistic search tries: the first few, and all that only aligning can tell of.
func promising(moves []move) []move {
	var out []move
	for _, m := range moves {
		if m.deep || len(out) < mostPromising {
			out = append(out, m)
		}
	}
	return out
}

const mostPromising = 32

// or is the cheaper of two.
func (f *fit) or(other *fit) *fit {
	if other.bits <= f.bits {
		return other
	}
	return f
}

// automaton writes the automaton down, states in the order in which words come to them.
func (m *hypothesis) automaton(ws *automaton.Words) *automaton.Automaton {
	a := &automaton.Automaton{Format: automaton.Format, Symbols: ws.Symbols, Dims: m.dims, States: m.states + 1, Initial: 0, Accepting: m.states}
	for i := range m.edges {
		e := &m.edges[i]
		to, symbol := int(e.to), int(e.symbol)
		if e.symbol == end {
			to, symbol = a.Accepting, automaton.End
		}
		out := automaton.Edge{From: int(e.from), To: to, Symbol: symbol, Probability: math.Exp2(-e.bits)}
		if e.symbol != end {
			out.Guard = e.guard(m.dims)
		}
		a.Edges = append(a.Edges, out)
	}
	// Of steps, additions and repetitions are some of their own; of an undisturbed word's symbols they are not.
	own := 1 - m.noise[addition] - m.noise[repetition]
	a.Noise = &automaton.Noise{
		Deletion: m.noise[deletion] / own, Addition: m.noise[addition] / own, Transposition: m.noise[transposition] / own,
		Repetition: m.noise[repetition] / own, Substitution: m.noise[substitution] / own, Low: m.ranges.low, High: m.ranges.high,
	}
	return a
}
