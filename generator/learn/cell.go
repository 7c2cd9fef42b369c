package learn

import (
	"strconv"
	"strings"

	"github.com/evilbench/evilbench/generator/chronicle"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// cell writes one cell of a pattern's row; variable names what it is drawn from, "" where it is not drawn.
func (w *writer) cell(row *model.Row, c int, cell chronicle.Cell, variable string) {
	var out model.Cell
	switch {
	case cell.Kind == chronicle.Use:
		out.Use = letter(cell.Value)
	case cell.Kind == chronicle.Set:
		out.Set, out.Free = letter(cell.Value), variable
	case variable != "":
		out.Free = variable
	default:
		v := w.value(c, cell.Value)
		out.Fix = &v
	}
	*place(row, w.coding.columns[c].name) = out
}

// place is where a model's row has what a column tells.
func place(row *model.Row, column string) *model.Cell {
	return map[string]*model.Cell{
		flowlog.Proto: &row.Proto, flowlog.SrcIP: &row.Src, flowlog.DstIP: &row.Dst, flowlog.DstPort: &row.Port,
		flowlog.InBytes: &row.InBytes, flowlog.InPackets: &row.InPkts, flowlog.OutBytes: &row.OutBytes,
		flowlog.OutPackets: &row.OutPkts, flowlog.Flags: &row.Flags, flowlog.Elapsed: &row.Duration,
	}[column]
}

// letter names a placeholder.
func letter(n int32) string {
	if n < 26 {
		return string(rune('A' + n))
	}
	return "A" + strconv.Itoa(int(n))
}

// value writes what a code stands for.
func (w *writer) value(c int, code int32) model.Value {
	column := &w.coding.columns[c]
	if who := column.who; who != nil {
		return text(w.cast.sources[who[code]])
	}
	word := column.words[code]
	switch column.name {
	case flowlog.Proto:
		return text(strings.ToLower(word))
	case flowlog.DstPort:
		kind, below := kindOf(word)
		if below != 0 {
			return text(word)
		}
		return model.Value{Number: float64(kind)}
	default:
		return text(word)
	}
}

func text(s string) model.Value { return model.Value{Text: s, Quoted: true} }
