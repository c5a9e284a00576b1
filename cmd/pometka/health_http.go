package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"syscall"
	"time"

	"license.kz/pometka/mailbox"
)

// Health checks ask for one of three paths and read a few lines. net/http
// would answer them too, and would make the program larger than it may be
// (20 MB stripped), so they are answered here: HTTP/1.1 with GET and HEAD, one
// request a connection (RFC 9112, 9.6), bounded in time and size.

const (
	httpReading  = time.Second      // for one request: who asks is on this machine
	httpPatience = 10 * time.Second // for one request, answered
	httpRequest  = 16 << 10         // bytes of a request
	httpAtOnce   = 16               // connections
)

// page makes the answer for one path: the status (200 or 503) and its text.
type page func(ctx context.Context) (status int, text string)

// httpAgain is the pause after a connection could not be taken: the process or the
// system has no file left to give, for now.
const httpAgain = time.Second

// serveHTTP answers on l, and closes it, until ctx ends. It returns when nothing is being
// answered any more: a connection that is open then is cut.
func serveHTTP(ctx context.Context, l net.Listener, pages map[string]page) error {
	var answering sync.WaitGroup
	defer answering.Wait()
	defer context.AfterFunc(ctx, func() { l.Close() })()
	slots := make(chan struct{}, httpAtOnce)
	for {
		c, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			pause(ctx, httpAgain)
			continue
		}
		if err != nil {
			return err
		}
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			c.Close()
			return nil
		}
		answering.Go(func() {
			defer func() { <-slots }()
			serveConn(ctx, c, pages)
		})
	}
}

// serveConn answers one request that comes within httpReading, within httpPatience and not
// longer than until ctx ends.
func serveConn(ctx context.Context, c net.Conn, pages map[string]page) {
	ctx, cancel := context.WithTimeout(ctx, httpPatience)
	defer cancel()
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	_ = c.SetReadDeadline(time.Now().Add(httpReading))                     // half a request keeps no check away for long
	_ = mailbox.Survive(func() error { return answerHTTP(ctx, c, pages) }) // an asker who went away needs no answer
}

// answerHTTP reads one request and writes its answer.
func answerHTTP(ctx context.Context, c io.ReadWriter, pages map[string]page) error {
	some := &io.LimitedReader{R: c, N: httpRequest}
	in := textproto.NewReader(bufio.NewReader(some))
	line, err := in.ReadLine()
	switch {
	case err != nil && some.N == 0:
		return writeHTTP(c, 414, "too long\n", true)
	case err != nil:
		return err
	}
	if _, err := in.ReadMIMEHeader(); err != nil {
		return writeHTTP(c, 400, "bad request\n", true)
	}
	method, rest, _ := strings.Cut(line, " ")
	target, version, ok := strings.Cut(rest, " ")
	path, _, _ := strings.Cut(origin(target), "?")
	switch find, known := pages[path]; {
	case !ok || !strings.HasPrefix(version, "HTTP/1."):
		return writeHTTP(c, 400, "bad request\n", true)
	case !known:
		return writeHTTP(c, 404, "no such page\n", method != "HEAD")
	case method != "GET" && method != "HEAD":
		return writeHTTP(c, 405, "only GET and HEAD\n", true)
	default:
		status, text := find(ctx)
		return writeHTTP(c, status, text, method == "GET")
	}
}

// origin is the path and the query of a request target, which may name the server, too
// (RFC 9112, 3.2.2).
func origin(target string) string {
	if len(target) < len("http://") || !strings.EqualFold(target[:len("http://")], "http://") {
		return target
	}
	if _, path, ok := strings.Cut(target[len("http://"):], "/"); ok {
		return "/" + path
	}
	return "/"
}

// statusTexts are the reason phrases of the statuses in use.
var statusTexts = map[int]string{200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 414: "URI Too Long", 503: "Service Unavailable"}

func writeHTTP(w io.Writer, status int, text string, body bool) error {
	allow := ""
	if status == 405 {
		allow = "Allow: GET, HEAD\r\n"
	}
	head := fmt.Sprintf("HTTP/1.1 %d %s\r\n%sContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\nX-Content-Type-Options: nosniff\r\n\r\n", status, statusTexts[status], allow, len(text))
	if !body {
		text = ""
	}
	_, err := io.WriteString(w, head+text)
	return err
}
