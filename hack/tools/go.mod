module github.com/daysix/daysix/hack/tools

go 1.26.0
