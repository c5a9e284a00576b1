//go:build unix

package dovecot

import (
	"crypto/tls"
	"crypto/x509"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// admin opens a connection of the test's own, beside the one under test.
func (s *Server) admin() *imapclient.Client {
	s.t.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(s.CA)
	c, err := imapclient.DialTLS(s.Addr(), &imapclient.Options{TLSConfig: &tls.Config{RootCAs: pool}})
	if err == nil {
		err = c.Login(s.Username, s.Password).Wait()
	}
	if err != nil {
		s.t.Fatalf("connect to Dovecot: %v\n%s", err, s.Log())
	}
	return c
}

// Letter is a message to put into a folder.
type Letter struct {
	Raw []byte
	At  time.Time // INTERNALDATE
}

// Put appends one message.
func (s *Server) Put(folder string, raw []byte, at time.Time) {
	s.t.Helper()
	s.PutAll(folder, []Letter{{raw, at}})
}

// PutAll appends messages over one connection.
func (s *Server) PutAll(folder string, letters []Letter) {
	s.t.Helper()
	c := s.admin()
	defer c.Close()
	for _, l := range letters {
		s.put(c, folder, l)
	}
}

// Courier returns a function that appends one message over a connection that
// stays open until the test ends.
func (s *Server) Courier(folder string) func(Letter) {
	s.t.Helper()
	c := s.admin()
	s.t.Cleanup(func() { c.Close() })
	return func(l Letter) {
		s.t.Helper()
		s.put(c, folder, l)
	}
}

func (s *Server) put(c *imapclient.Client, folder string, l Letter) {
	s.t.Helper()
	cmd := c.Append(folder, int64(len(l.Raw)), &imap.AppendOptions{Time: l.At})
	_, werr := cmd.Write(l.Raw)
	cerr := cmd.Close()
	if _, err := cmd.Wait(); err != nil || werr != nil || cerr != nil {
		s.t.Fatalf("put letter into %q: %v %v %v", folder, err, werr, cerr)
	}
}

// Flags lists the flags of every message of a folder, without changing them.
func (s *Server) Flags(folder string) map[uint32][]string {
	s.t.Helper()
	flags := map[uint32][]string{}
	s.each(folder, &imap.FetchOptions{UID: true, Flags: true}, func(m *imapclient.FetchMessageBuffer) {
		names := []string{}
		for _, f := range m.Flags {
			names = append(names, string(f))
		}
		flags[uint32(m.UID)] = names
	})
	return flags
}

// Messages lists every message of a folder, byte for byte, by UID.
func (s *Server) Messages(folder string) map[uint32][]byte {
	s.t.Helper()
	all := map[uint32][]byte{}
	s.each(folder, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}, func(m *imapclient.FetchMessageBuffer) {
		for _, b := range m.BodySection {
			all[uint32(m.UID)] = b.Bytes
		}
	})
	return all
}

func (s *Server) each(folder string, o *imap.FetchOptions, f func(*imapclient.FetchMessageBuffer)) {
	s.t.Helper()
	c := s.admin()
	defer c.Close()
	box, err := c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err == nil && box.NumMessages > 0 {
		var all []*imapclient.FetchMessageBuffer
		all, err = c.Fetch(imap.SeqSet{{Start: 1}}, o).Collect()
		for _, m := range all {
			f(m)
		}
	}
	if err != nil {
		s.t.Fatalf("read folder %q: %v", folder, err)
	}
}

// Delete expunges messages, as a person at a mail program would.
func (s *Server) Delete(folder string, uids ...uint32) {
	s.t.Helper()
	c := s.admin()
	defer c.Close()
	var set imap.UIDSet
	for _, uid := range uids {
		set.AddNum(imap.UID(uid))
	}
	_, err := c.Select(folder, nil).Wait()
	if err == nil {
		err = c.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close()
	}
	if err == nil {
		err = c.UIDExpunge(set).Close()
	}
	if err != nil {
		s.t.Fatalf("delete from %q: %v", folder, err)
	}
}

// Recreate deletes a folder and makes it again, empty, with a new UIDVALIDITY.
func (s *Server) Recreate(folder string) {
	s.t.Helper()
	c := s.admin()
	defer c.Close()
	err := c.Delete(folder).Wait()
	if err == nil {
		err = c.Create(folder, nil).Wait()
	}
	if err != nil {
		s.t.Fatalf("recreate %q: %v", folder, err)
	}
}

// Mark sets a flag or keyword on a message, as a mail program would.
func (s *Server) Mark(folder string, uid uint32, flag string) {
	s.t.Helper()
	c := s.admin()
	defer c.Close()
	_, err := c.Select(folder, nil).Wait()
	if err == nil {
		err = c.Store(imap.UIDSetNum(imap.UID(uid)), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.Flag(flag)}}, nil).Close()
	}
	if err != nil {
		s.t.Fatalf("mark message %d of %q: %v", uid, folder, err)
	}
}
