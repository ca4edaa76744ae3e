package growth

import "testing"

func TestQuadraticWorkIsToldFromLinear(t *testing.T) {
	var kept [][]byte
	linear := func(n int) func() {
		return func() {
			kept = nil
			for range n {
				kept = append(kept, make([]byte, 64))
			}
		}
	}
	quadratic := func(n int) func() {
		return func() {
			kept = nil
			for i := range n {
				kept = append(kept, make([]byte, 64*i))
			}
		}
	}
	half, whole := allocated(linear(1000)), allocated(linear(2000))
	if tooMuch(half.bytes, whole.bytes) || tooMuch(half.objects, whole.objects) {
		t.Errorf("linear work is taken for more: %v, %v", half, whole)
	}
	if half, whole := allocated(quadratic(1000)), allocated(quadratic(2000)); !tooMuch(half.bytes, whole.bytes) {
		t.Errorf("quadratic work is taken for linear: %v, %v", half, whole)
	}
}
