package mailbox

import (
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// A letter in UTF-8 is one whatever its header calls it, and one in windows-1251
// under the name of a charset for Latin letters.
func TestWrongRareCharset(t *testing.T) {
	for _, s := range append(append([]string{"Otzyvayu soglasie."}, undeclared...), undeclaredKazakh...) {
		for _, label := range []string{"gb2312", "gbk", "big5", "euc-kr", "shift_jis", "utf-16", "UTF-16LE", "ucs-2", "unicode", "iso-8859-2", "windows-1254",
			"windows-874", "macintosh", "iso-2022-jp", "hz-gb-2312", "iso-2022-kr", "iso-2022-cn", "replacement", "no-such-thing"} {
			if got, trouble := decodeCharset([]byte(s), label); got != s || !isASCII([]byte(s)) && trouble == "" {
				t.Errorf("UTF-8 as %s: %q is read as %q (%s)", label, s, got, trouble)
			}
		}
		b, ok := encode(windows1251, s)
		for _, label := range []string{"iso-8859-2", "iso-8859-9", "windows-1250", "windows-1254", "windows-1257"} {
			if got, trouble := decodeCharset(b, label); ok && (got != s || !isASCII(b) && trouble != TroubleCharsetGuessed) {
				t.Errorf("windows-1251 as %s: %q is read as %q (%s)", label, s, got, trouble)
			}
		}
	}
}

// What is declared rightly is believed.
func TestRareCharset(t *testing.T) {
	big, little := unicode.UTF16(unicode.BigEndian, unicode.UseBOM), unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	for _, c := range []struct {
		label string
		of    encoding.Encoding
		text  string
	}{
		{"iso-8859-2", charmap.ISO8859_2, "Zażółć gęślą jaźń, proszę usunąć moje dane"},
		{"windows-1250", charmap.Windows1250, "Příliš žluťoučký kůň úpěl ďábelské ódy"},
		{"windows-1254", charmap.Windows1254, "Kişisel verilerimin işlenmesine ilişkin rızamı geri çekiyorum. ÖĞRENCİ"},
		{"iso-8859-9", charmap.ISO8859_9, "Teşekkürler, görüşürüz"},
		{"iso-8859-7", charmap.ISO8859_7, "Ανακαλώ τη συγκατάθεσή μου"},
		{"windows-1255", charmap.Windows1255, "אני מבטל את הסכמתי לעיבוד נתונים"},
		{"windows-1256", charmap.Windows1256, "أسحب موافقتي على معالجة البيانات"},
		{"windows-1257", charmap.Windows1257, "Atsaukiu sutikimą tvarkyti duomenis, žąsis šūvis"},
		{"ibm855", charmap.CodePage855, "Прошу удалить мои персональные данные"},
		{"cp852", charmap.CodePage852, "Příliš žluťoučký kůň"},
		{"IBM850", charmap.CodePage850, "Müller, être"},
		{"macintosh", charmap.Macintosh, "Müller, être où ça déjà"},
		{"gbk", simplifiedchinese.GBK, "我撤回对个人数据处理的同意"},
		{"gb2312", simplifiedchinese.GBK, "Отзыв согласия"},
		{"shift_jis", japanese.ShiftJIS, "個人データの処理への同意を撤回します ｿﾌﾄ"},
		{"iso-2022-jp", japanese.ISO2022JP, "個人データの処理への同意"},
		{"utf-16", big, "Отзыв согласия"},
		{"utf-16", big, "Withdraw"},
		{"utf-16le", little, "Отзыв"},
		{"utf-16le", little, "我撤回对个人数据处理的同意"},
	} {
		b, err := c.of.NewEncoder().Bytes([]byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		if got, trouble := decodeCharset(b, c.label); got != c.text || trouble != "" {
			t.Errorf("%s: %q is read as %q (%s)", c.label, c.text, got, trouble)
		}
	}
}
