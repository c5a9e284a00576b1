package main

import "github.com/spf13/cobra"

// dailyCommands are the verbs of the queue, in the order of their use.
func (a *app) dailyCommands() []*cobra.Command {
	return []*cobra.Command{
		a.listCommand(),
		a.showCommand(),
		a.takeCommand(),
		a.confirmCommand(),
		a.dismissCommand(),
		a.answerCommand(),
		a.closeCommand(),
		a.waitCommand(),
		a.resumeCommand(),
		a.noteCommand(),
	}
}

func (a *app) moreCommands() []*cobra.Command {
	return []*cobra.Command{
		a.searchCommand(),
		a.statusCommand(),
		a.demoCommand(),
		a.initCommand(),
		a.doctorCommand(),
		a.runCommand(),
		a.reviewCommand(),
		a.assignCommand(),
		a.reopenCommand(),
		a.linkCommand(),
		a.suppressionsCommand(),
		a.setCommand(),
		a.classifyCommand(),
		a.outboxCommand(),
		a.remindCommand(),
		a.explainCommand(),
		a.calendarCommand(),
		a.historyCommand(),
		a.statsCommand(),
		a.ledgerCommand(),
		a.attachmentsCommand(),
		a.rawCommand(),
		a.registerCommand(),
		a.auditCommand(),
		a.backupCommand(),
		a.restoreCommand(),
		a.exportCommand(),
		a.casefileCommand(),
		a.purgeCommand(),
		a.forgetCommand(),
		a.reconcileCommand(),
		a.configCommand(),
		a.policyCommand(),
		a.templatesCommand(),
		a.versionCommand(),
	}
}
