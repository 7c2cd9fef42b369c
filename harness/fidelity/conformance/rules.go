package conformance

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/evilbench/evilbench/ids"
)

// folders are where packages of Suricata keep their rules.
var folders = []string{"/etc/suricata/rules", "/usr/share/suricata/rules"}

const rulesFile = "events.rules"

// collect writes all event rules of an image to one file.
const collect = `for d in /etc/suricata/rules /usr/share/suricata/rules; do for f in "$d"/*events*.rules; do if [ -f "$f" ]; then cat "$f"; echo; fi; done; done > "$0"`

// eventRules writes the event rules that came with the engine to a file in dir. Where there are none it returns *ids.Missing.
func eventRules(ctx context.Context, r ids.Runner, who ids.Identity, dir string) (path string, err error) {
	out := filepath.Join(dir, "rules")
	if err := os.Mkdir(out, 0o777); err != nil {
		return "", err
	}
	path = filepath.Join(out, rulesFile)
	switch who.Runner {
	case "container":
		inv := ids.Invocation{Engine: "sh", Args: []string{"-c", collect, "{output}/" + rulesFile}}
		outcome, err := r.Run(ctx, inv, ids.Input{Output: out})
		if err != nil {
			return "", err
		}
		if err := outcome.Err(inv.Engine, out); err != nil {
			return "", err
		}
	case "local":
		text, err := installed()
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return "", err
		}
	}
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return "", &ids.Missing{
			Want: "event rules", Why: "no *events*.rules came with the engine (" + who.Runner + ")",
			Hint: "give a file of Suricata's event rules",
		}
	}
	return path, nil
}

// installed is the event rules of this machine, one file after the other.
func installed() ([]byte, error) {
	var text bytes.Buffer
	for _, folder := range folders {
		names, err := filepath.Glob(filepath.Join(folder, "*events*.rules"))
		if err != nil {
			return nil, err
		}
		slices.Sort(names)
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			text.Write(data)
			text.WriteByte('\n')
		}
	}
	return text.Bytes(), nil
}
