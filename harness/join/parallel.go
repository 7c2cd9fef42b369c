package join

import (
	"runtime"
	"sync"
)

// parallel cuts [0, n) into one stretch a processor.
func parallel(n int, work func(from, to int)) {
	workers := runtime.GOMAXPROCS(0)
	if workers == 1 || n < 1<<14 {
		work(0, n)
		return
	}
	var all sync.WaitGroup
	for w := range workers {
		all.Add(1)
		go func() {
			defer all.Done()
			work(n*w/workers, n*(w+1)/workers)
		}()
	}
	all.Wait()
}
