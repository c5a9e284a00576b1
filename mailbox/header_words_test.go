package mailbox

import "testing"

// Subjects as mail programs break them, and what the person wrote.
func TestSubject(t *testing.T) {
	const withdrawal = "Отзыв согласия на обработку персональных данных"
	for name, c := range map[string]struct{ raw, want string }{
		"plain":                  {"Hello", "Hello"},
		"base64":                 {"=?utf-8?B?0J/RgNC10YLQtdC90LfQuNGP?=", "Претензия"},
		"lower-case b":           {"=?utf-8?b?0J/RgNC10YLQtdC90LfQuNGP?=", "Претензия"},
		"upper-case charset":     {"=?UTF-8?B?0J/RgNC10YLQtdC90LfQuNGP?=", "Претензия"},
		"q":                      {"=?utf-8?Q?=D0=9E=D1=82=D0=B7=D1=8B=D0=B2_=D1=81?=", "Отзыв с"},
		"lower-case q and hex":   {"=?utf-8?q?=d0=9e=d1=82=d0=b7=d1=8b=d0=b2?=", "Отзыв"},
		"language":               {"=?utf-8*ru?Q?=D0=9E=D1=82=D0=B7=D1=8B=D0=B2?=", "Отзыв"},
		"language of base64":     {"=?windows-1251*ru-RU?B?zvLn++I=?=", "Отзыв"},
		"unpadded":               {"=?utf-8?B?0J7RgtC30YvQsiDRgQ?=", "Отзыв с"},
		"padded too much":        {"=?utf-8?B?0J7RgtC30YvQsg====?=", "Отзыв"},
		"blanks in base64":       {"=?utf-8?B?0J7Rgt C30Y vQsg==?=", "Отзыв"},
		"folded inside base64":   {"=?utf-8?B?0J7RgtC3\r\n 0YvQsg==?=", "Отзыв"},
		"blanks in q":            {"=?utf-8?Q?=D0=9E=D1=82 =D0=B7=D1=8B=D0=B2?=", "От зыв"},
		"raw letters in q":       {"=?utf-8?Q?Отзыв_согласия?=", "Отзыв согласия"},
		"question mark in q":     {"=?utf-8?Q?=D0=9E?=D1=82=D0=B7=D1=8B=D0=B2?=", "О?тзыв"},
		"two joined":             {"=?utf-8?B?0J7RgtC3?=\r\n =?utf-8?B?0YvQsg==?=", "Отзыв"},
		"two on one line":        {"=?utf-8?B?0J7RgtC3?= =?utf-8?B?0YvQsg==?=", "Отзыв"},
		"folded by tab":          {"=?utf-8?B?0J7RgtC3?=\r\n\t=?utf-8?B?0YvQsg==?=", "Отзыв"},
		"no blank between":       {"=?utf-8?B?0J7RgtC3?==?utf-8?B?0YvQsg==?=", "Отзыв"},
		"blank kept before text": {"=?utf-8?B?0J7RgtC30YvQsg==?= now", "Отзыв now"},
		"glued to text":          {"Re:=?utf-8?B?0J7RgtC30YvQsg==?=!", "Re:Отзыв!"},
		"cut inside a character": {"=?utf-8?Q?=D0=9E=D1?= =?utf-8?Q?=82=D0=B7=D1=8B=D0=B2?=", "Отзыв"},
		"cut in three":           {"=?utf-8?B?0J7R?= =?utf-8?B?gtC30YvQ?= =?utf-8?B?sg==?=", "Отзыв"},
		"cut inside base64":      {"=?utf-8?B?0J7RgtC30Y?= =?utf-8?B?vQsg==?=", "Отзыв"},
		"cut, q then b":          {"=?utf-8?Q?=D0=9E=D1?= =?utf-8?B?gtC30YvQsg==?=", "Отзыв"},
		"cut, other case":        {"=?utf-8?Q?=D0=9E=D1?= =?UTF-8?Q?=82=D0=B7?=", "Отз"},
		"mixed charsets":         {"=?windows-1251?B?zvLn?= =?koi8-r?B?2dc=?=", "Отзыв"},
		"empty words":            {"=?utf-8?Q??= =?utf-8?Q?=D0=9E=D1=82?= =?utf-8?B??= =?utf-8?Q?=D0=B7?=", "Отз"},
		"in quotes":              {`"=?utf-8?B?0J7RgtC30YvQsg==?="`, `"Отзыв"`},
		"no end":                 {"=?utf-8?B?0J7RgtC30YvQsg==", "Отзыв"},
		"no end of the second":   {"=?utf-8?Q?=D0=9E=D1=82?= =?utf-8?Q?=D0=B7=D1=8B", "Отзы"},
		"many paddings":          {"=?utf-8?B?0J4=0YI=?=", "От"},
		"alphabet of URLs":       {"=?utf-8?B?0J_RgNC10YLQtdC90LfQuNGP?=", "Претензия"},
		"a tab and a NUL":        {"one\ttwo\x00three", "one twothree"},
		"hidden line end":        {"=?utf-8?Q?one=0D=0ABcc:_two?=", "one Bcc: two"},
		"escape sequence":        {"=?utf-8?Q?=1B[2Jx?=", "[2Jx"},
		"no encoded word":        {"a =?b c?= =? ?= =?x?y?z?=", "a =?b c?= =? ?= =?x?y?z?="},
		"equals sign in q":       {"=?utf-8?Q?1+1=2?=", "1+1=2"},
		"quoted charset":         {`=?"utf-8"?B?0J7RgtC30YvQsg==?=`, "Отзыв"},
		"not UTF-8 at all":       {"=?utf-8?B?zvLn++Ig8e7j6+Dx6P8=?=", "Отзыв согласия"},
		"latin1 by mistake":      {"=?iso-8859-1?Q?=CE=F2=E7=FB=E2_=F1=EE=E3=EB=E0=F1=E8=FF?=", "Отзыв согласия"},
		"latin1 on purpose":      {"=?iso-8859-1?Q?Andr=E9_M=FCller?=", "André Müller"},
		"ascii by mistake":       {"=?us-ascii?Q?=D0=9E=D1=82=D0=B7=D1=8B=D0=B2?=", "Отзыв"},
		"unknown-8bit":           {"=?unknown-8bit?B?zvLn++Ig8e7j6+Dx6P8=?=", "Отзыв согласия"},
		"unknown charset":        {"=?x-nonsense?B?0J7RgtC30YvQsg==?=", "Отзыв"},
		"cp866":                  {"=?cp866?B?juKn66Ig4a6jq6DhqO8=?=", "Отзыв согласия"},
		"iso-2022-jp":            {"=?iso-2022-jp?B?GyRCJzAnZCdZJ20nUxsoQg==?=", "Отзыв"},
		"iso-2022-jp, twice":     {"=?iso-2022-jp?B?GyRCJzAnZCdZGyhC?= =?iso-2022-jp?B?GyRCJ20nUxsoQg==?=", "Отзыв"},
		"utf-7":                  {"=?utf-7?Q?+BB4EQgQ3-?=", "Отз"},
		"utf-16":                 {"=?utf-16be?B?BB4EQgQ3?=", "Отз"},
		"kz-1048":                {"=?kz-1048?B?yuXrs/Gz7LPs5LMgneDp8uDw++8g4Ovg7Pvt?=", "Келісімімді қайтарып аламын"},
		"ptcp154":                {"=?PTCP154?B?yuXrs/Gz7LPs5LMgneDp8uDw++8g4Ovg7Pvt?=", "Келісімімді қайтарып аламын"},
		"kazakh as windows-1251": {"=?windows-1251?B?yuXrs/Gz7LPs5LMgneDp8uDw++8g4Ovg7Pvt?=", "Келісімімді қайтарып аламын"},
		"ukrainian":              {"=?windows-1251?B?wrPk6uvo6uDt7f8g5+Pu5OgsIL+/IO+z5PHy4OLoILo=?=", "Відкликання згоди, її підстави є"},
		"koi8-u":                 {"=?koi8-u?B?96bEy8zJy8HOztEg2sfPxMksIKenINCmxNPUwdfJIKQ=?=", "Відкликання згоди, її підстави є"},
		"mac":                    {"=?x-mac-cyrillic?B?jvLn++Ig8e7j6+Dx6N8=?=", "Отзыв согласия"},
		"gb2312":                 {"=?gb2312?B?p7Cn5KfZp+2n0w==?=", "Отзыв"},
		"whole":                  {"=?koi8-r?Q?=EF=D4=DA=D9=D7_=D3=CF=C7=CC=C1=D3=C9=D1_=CE=C1?= =?koi8-r?Q?_=CF=C2=D2=C1=C2=CF=D4=CB=D5_=D0=C5=D2=D3=CF=CE=C1?= =?koi8-r?Q?=CC=D8=CE=D9=C8_=C4=C1=CE=CE=D9=C8?=", withdrawal},
	} {
		if got := ParseHeader([]byte("Subject: " + c.raw + "\r\n\r\n")).Subject; got != c.want {
			t.Errorf("%s: %q is read as %q, want %q", name, c.raw, got, c.want)
		}
	}
}
