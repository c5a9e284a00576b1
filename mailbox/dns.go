package mailbox

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"
)

// dnsPatience is how long one question to the name servers may take.
const dnsPatience = 5 * time.Second

// TakesMail reports whether letters to a domain have anywhere to go: an MX that
// is not the refusal of RFC 7505, or an address (RFC 5321, 5.1). An error means
// that the name servers could not be asked.
func TakesMail(ctx context.Context, domain string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, dnsPatience)
	defer cancel()
	list, err := net.DefaultResolver.LookupMX(ctx, domain)
	var dns *net.DNSError
	switch {
	case err == nil && len(list) == 1 && strings.Trim(list[0].Host, ".") == "":
		return false, nil
	case len(list) > 0:
		return true, nil
	case err != nil && (!errors.As(err, &dns) || !dns.IsNotFound):
		return false, err
	}
	addrs, err := net.DefaultResolver.LookupHost(ctx, domain)
	if err != nil && errors.As(err, &dns) && dns.IsNotFound {
		return false, nil
	}
	return len(addrs) > 0, err
}

// MailHosts returns the servers that take a domain's mail, the preferred first,
// in lower case and without the dot at the end; none where the name servers
// know or say nothing.
func MailHosts(ctx context.Context, domain string) []string {
	ctx, cancel := context.WithTimeout(ctx, dnsPatience)
	defer cancel()
	list, _ := net.DefaultResolver.LookupMX(ctx, domain)
	hosts := make([]string, len(list))
	for i, mx := range list {
		hosts[i] = strings.ToLower(strings.TrimSuffix(mx.Host, "."))
	}
	return hosts
}
