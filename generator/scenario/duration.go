package scenario

import (
	"fmt"
	"time"
)

// SetDuration changes how long the capture is. The attacks stay where they are and must still fit.
func (s *Scenario) SetDuration(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return fmt.Errorf("duration %q: a length of time such as 90s or 2h", text)
	}
	for _, a := range s.Attacks {
		if a.At+a.For > d {
			return fmt.Errorf("duration %s: %s goes on until %s; choose a longer one, or take the attack out", text, a.Name, a.At+a.For)
		}
	}
	s.Duration = d
	return nil
}
