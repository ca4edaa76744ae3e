package attackgraph

// bucketNames are what reports say in the place of counts, so that one more pod does not rewrite every report.
var bucketNames = [...]string{"0", "1", "2-5", "6-20", "21-100", ">100"}

// Bucket is a count as reports show it: 0, 1, 2-5, 6-20, 21-100, >100.
func Bucket(count int) string { return bucketNames[bucket(count)] }

func bucket(count int) int {
	for i, last := range [...]int{0, 1, 5, 20, 100} {
		if count <= last {
			return i
		}
	}
	return len(bucketNames) - 1
}
