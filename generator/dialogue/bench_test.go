package dialogue_test

import (
	"testing"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

func BenchmarkDialogue(b *testing.B) {
	for _, name := range dialogue.Services() {
		w, _ := dialogue.ByService(name)
		b.Run(name, func(b *testing.B) {
			q, root := request("windows-11", "linux-server"), draw.NewSeed(1)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				r := root.Number(uint64(i)).Stream()
				var c packet.Conversation
				w(&r, q, &c)
			}
		})
	}
}
