package main

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// bar shows how far long work has come, on a terminal only.
type bar struct {
	app   *app
	on    bool
	shown time.Time
}

func (a *app) progressBar() *bar {
	f, ok := a.err.(*os.File)
	return &bar{app: a, on: ok && isTerminal(f)}
}

// barEvery is how often the bar is drawn anew, and barWidth how wide it is.
const (
	barEvery = 100 * time.Millisecond
	barWidth = 30
)

func (b *bar) show(stage string, done, total int64) {
	if !b.on || done > 0 && done < total && time.Since(b.shown) < barEvery {
		return
	}
	b.shown = time.Now()
	text := pad(b.app.t("audit.stage."+stage), 20) + " "
	if total > 0 {
		part := min(done, total)
		full := int(part * barWidth / total)
		text += "[" + strings.Repeat("#", full) + strings.Repeat(".", barWidth-full) + "] " + strconv.FormatInt(part*100/total, 10) + "%"
	} else {
		text += "…"
	}
	b.app.errorf("\r\x1b[K%s", text)
}

func (b *bar) clear() {
	if b.on {
		b.app.errorf("\r\x1b[K")
	}
}
