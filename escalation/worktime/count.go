package worktime

// The three questions below carry everything else. All are answered inside
// the compiled years by an index and outside of them by the bare week.

// count returns the working seconds from the start of the compiled years to
// sec (negative before them) and whether the second that begins at sec is
// working time.
func (c *Calendar) count(sec int64) (seconds int64, open bool) {
	switch {
	case sec < c.from:
		n, open := c.week.count(sec)
		return n - c.weekFrom, open
	case sec >= c.to:
		n, open := c.week.count(sec)
		return n - c.weekTo + c.total, open
	}
	i := int(c.days[dayOf(sec)-c.firstDay].span)
	for i < len(c.spans) && c.spans[i].end <= sec {
		i++ // at most the intervals of one date
	}
	if i == len(c.spans) {
		return c.total, false
	}
	s := &c.spans[i]
	if sec < s.start {
		return s.before, false
	}
	return s.before + sec - s.start, true
}

// first returns the earliest second with n working seconds behind it: the end
// of an interval where n falls on one.
func (c *Calendar) first(n int64) int64 {
	switch {
	case n <= 0:
		return c.week.first(n + c.weekFrom)
	case n > c.total:
		return c.week.first(n - c.total + c.weekTo)
	}
	s := c.spanAt(n - 1)
	return s.start + n - s.before
}

// last returns the latest second with n working seconds behind it: the start
// of an interval where n falls on one.
func (c *Calendar) last(n int64) int64 {
	switch {
	case n < 0:
		return c.week.last(n + c.weekFrom)
	case n >= c.total:
		return c.week.last(n - c.total + c.weekTo)
	}
	s := c.spanAt(n)
	return s.start + n - s.before
}

// spanAt returns the span that holds the working second n, 0 <= n < total.
func (c *Calendar) spanAt(n int64) *span {
	k := n / c.bucket
	lo, hi := int(c.byWork[k]), int(c.byWork[k+1])
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if c.spans[mid].before <= n {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return &c.spans[lo]
}

// index builds what count, first and last look into. The spans are in place.
func (c *Calendar) index() {
	for i := range c.spans {
		c.spans[i].before = c.total
		c.total += c.spans[i].end - c.spans[i].start
	}
	// As many buckets as spans: each holds one or two of them as a rule.
	c.bucket = max(1, c.total/int64(len(c.spans)))
	c.byWork = make([]int32, c.total/c.bucket+2)
	i := 0
	for k := range c.byWork {
		for i < len(c.spans)-1 && c.spans[i+1].before <= int64(k)*c.bucket {
			i++
		}
		c.byWork[k] = int32(i)
	}
	c.weekFrom, _ = c.week.count(c.from)
	c.weekTo, _ = c.week.count(c.to)
	c.daysFrom = c.week.daysThrough(c.firstDay - 1)
	c.daysTo = c.week.daysThrough(dayOf(c.to) - 1)
}
