package desk

import "license.kz/pometka/mailbox"

// stumbles calls judge, which judges a letter, and reports whether it ended by a
// mistake of this program. The log says where; the letter is for a person, and the
// others go their way. Without that the process would end, and at its next start
// over the same letter again.
func stumbles(judge func()) (stumbled bool) {
	defer func() {
		if v := recover(); v != nil {
			mailbox.Stumbled(v)
			stumbled = true
		}
	}()
	judge()
	return false
}

// classify judges a whole letter. One over which the program stumbles cannot be
// read, as far as anybody can tell from here.
func (p *folderPass) classify(l *letter) {
	judge := func() { l.finding = p.Policy.Classify(Facts(l.msg), p.Operator.Own) }
	if stumbles(func() { p.testOnlyJudge(l); judge() }) {
		l.msg.Troubles = append(l.msg.Troubles, mailbox.TroubleUnreadable)
		judge()
	}
}
