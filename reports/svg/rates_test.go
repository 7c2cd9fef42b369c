package svg

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func TestRates(t *testing.T) {
	from := time.Date(2024, 3, 4, 22, 0, 0, 0, time.UTC)
	var b bytes.Buffer
	err := Rates(&b, "flows <a> day", []Panel{
		{Title: "train & more", From: from, Step: time.Hour, Counts: []int{0, 5, 10, 5}},
		{Title: "nothing", From: from, Step: time.Hour},
	})
	if err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, part := range []string{
		"flows &lt;a&gt; day", "train &amp; more", ">Tue 5 Mar<", ">10<",
		// Four bars of 223 pixels, the third as high as the field.
		`d="M56 186L56.0 186.0H279.0L279.0 121.0H502.0L502.0 56.0H725.0L725.0 121.0H948.0V186Z"`,
		`<line x1="502.0" y1="56" x2="502.0" y2="186"`, // midnight is two hours on
	} {
		if !strings.Contains(text, part) {
			t.Errorf("no %s in\n%s", part, text)
		}
	}
	d := xml.NewDecoder(&b)
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
