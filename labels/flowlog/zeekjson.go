package flowlog

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// zeekJSON reads a conn.log with one JSON object a line.
type zeekJSON struct {
	lines  *lines
	number int64
}

func (z *zeekJSON) records(yield func(Record, error) bool) {
	var decoder jsontext.Decoder
	for {
		line, more := z.lines.next()
		if !more {
			break
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		decoder.Reset(bytes.NewReader(line), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
		r, err := z.record(&decoder)
		if err != nil {
			yield(Record{}, z.lines.fault(err))
			return
		}
		if !yield(r, nil) {
			return
		}
	}
	if err := z.lines.err(); err != nil {
		yield(Record{}, err)
	}
}

func (z *zeekJSON) record(d *jsontext.Decoder) (Record, error) {
	if d.PeekKind() != '{' {
		return Record{}, errors.New("not a JSON object; give a conn.log with one object a line")
	}
	var c conn
	if err := object(d, "", &c); err != nil {
		return Record{}, fmt.Errorf("torn or broken JSON: %w", err)
	}
	for _, name := range required {
		if c[columnOf[name]] == "" {
			return Record{}, fmt.Errorf("no field %s; give a conn.log", name)
		}
	}
	r, err := c.record()
	if err != nil {
		return r, err
	}
	z.number++
	r.Flow.Flow, r.Line = z.number, z.lines.n
	return r, nil
}

// object reads an object into c. Zeek writes id.orig_h flat; other shippers nest it.
func object(d *jsontext.Decoder, prefix string, c *conn) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for {
		token, err := d.ReadToken()
		if err != nil {
			return err
		}
		if token.Kind() == '}' {
			return nil
		}
		name := prefix + token.String()
		if name == "id" && d.PeekKind() == '{' {
			if err := object(d, "id.", c); err != nil {
				return err
			}
			continue
		}
		column, known := columnOf[name]
		kind := d.PeekKind()
		if !known || kind != '"' && kind != '0' {
			if err := d.SkipValue(); err != nil {
				return err
			}
			continue
		}
		if token, err = d.ReadToken(); err != nil {
			return err
		}
		c[column] = token.String()
	}
}
