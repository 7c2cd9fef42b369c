package corpus

import (
	"errors"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

func noSpace(err error) bool { return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) }

// syncDirectory makes the names in a directory durable.
func syncDirectory(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// alive says whether a process of that number runs. What is not a number counts as alive, so that it is not touched.
func alive(pid string) bool {
	n, err := strconv.Atoi(pid)
	if err != nil || n <= 0 {
		return true
	}
	return !errors.Is(unix.Kill(n, 0), unix.ESRCH)
}
