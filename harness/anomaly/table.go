package anomaly

import (
	"fmt"
	"strconv"
)

// Cells are the rows as a table's header and cells, ready for any renderer. The ranking stands beside each figure's model, since the same
// model differs more by ranking than two models by the same. A dash stands for what is absent.
func Cells(rows []Row) (header []string, cells [][]string) {
	header = []string{
		"task", "train", "model", "score", "states", "edges", "AU-ROC", "TPR", "FPR", "F1", "FPR at TPR .99", "unseen usual",
		"AU-ROC, unseen", "FPR at TPR .99, unseen",
	}
	for _, r := range rows {
		row := []string{
			r.Task, strconv.Itoa(r.Train), r.Model, r.Ranking.String(), size(r.States), size(r.Edges), r.All.AUROC.String(),
			r.All.TPR.String(), r.All.FPR.String(), r.All.F1.String(), r.All.FPR99.String(),
		}
		if r.Fresh == nil {
			row = append(row, "0", "-", "-")
		} else {
			row = append(row, strconv.Itoa(r.Fresh.Usual), r.Fresh.AUROC.String(), r.Fresh.FPR99.String())
		}
		cells = append(cells, row)
	}
	return header, cells
}

// ClassificationCells are the same for classification.
func ClassificationCells(rows []Classification) (header []string, cells [][]string) {
	header = []string{"train", "test", "model", "states", "edges", "services", "accuracy", "macro F1"}
	for _, c := range rows {
		cells = append(cells, []string{
			strconv.Itoa(c.Train), strconv.Itoa(c.Test), c.Model, size(c.States), size(c.Edges), strconv.Itoa(len(c.Services)),
			c.Accuracy.String(), c.MacroF1.String(),
		})
	}
	return header, cells
}

// String gives the figure and its interval.
func (f Figure) String() string {
	if f.Low == f.High {
		return fmt.Sprintf("%.4f", f.Value)
	}
	return fmt.Sprintf("%.4f [%.4f, %.4f]", f.Value, f.Low, f.High)
}

func size(n int) string {
	if n == 0 {
		return "-"
	}
	return strconv.Itoa(n)
}
