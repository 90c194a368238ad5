package standin

import "slices"

// maxMinFair is how fast each of those at work on one card goes, as parts of the card: its cap or an equal part of what the
// capped ones leave, whichever is less (Bertsekas and Gallager, Data Networks, 1992, section 6.5.2). A cap of 0 is none.
func maxMinFair(caps []float64) []float64 {
	speeds := make([]float64, len(caps))
	order := make([]int, len(caps))
	limit := func(i int) float64 {
		if caps[i] > 0 {
			return caps[i]
		}
		return 1
	}
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case limit(a) < limit(b):
			return -1
		case limit(a) > limit(b):
			return 1
		}
		return 0
	})
	left := 1.0
	for n, i := range order {
		speeds[i] = min(limit(i), left/float64(len(order)-n))
		left -= speeds[i]
	}
	return speeds
}
