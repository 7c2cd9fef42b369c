package taint

import (
	"errors"

	"github.com/evilbench/evilbench/labels/wire"
)

// Split copies tainted packets into one capture and all others into a second, the bit left as it is. Both are classic captures.
func Split(in, tainted, rest string) (Counts, error) {
	var c Counts
	err := each(in, func(r *wire.Reader) error {
		yes, err := create(tainted, r)
		if err != nil {
			return err
		}
		no, err := create(rest, r)
		if err != nil {
			return errors.Join(err, yes.drop())
		}
		err = packets(r, func(f wire.Frame, h *wire.Headers) error {
			c.Packets++
			if h.IP != 4 {
				c.Cannot++
			}
			if h.Evil {
				c.Tainted++
				return yes.put(f)
			}
			return no.put(f)
		})
		// Neither of the two is put in place unless both are whole.
		if err = errors.Join(err, yes.flush(), no.flush()); err != nil {
			return errors.Join(err, yes.drop(), no.drop())
		}
		return errors.Join(yes.place(), no.place())
	})
	return c, err
}
