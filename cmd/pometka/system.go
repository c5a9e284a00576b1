package main

import (
	"syscall"

	"license.kz/pometka/rules"
)

// systemSays are what the system says of files, commands and addresses, as far as people
// meet it.
var systemSays = map[syscall.Errno]string{
	syscall.ENOENT: "error.file.missing", syscall.EACCES: "error.file.denied", syscall.EPERM: "error.file.denied", syscall.EISDIR: "system.folder",
	syscall.ENOTDIR: "system.no_folder", syscall.ENOSPC: "system.full", syscall.EROFS: "system.read_only", syscall.EEXIST: "system.exists",
	syscall.EBUSY: "system.busy", syscall.ETXTBSY: "system.busy", syscall.EADDRINUSE: "system.busy",
	syscall.EADDRNOTAVAIL: "system.address",
	syscall.EIO:           "system.fault",
	syscall.EMFILE:        "system.files", syscall.ENFILE: "system.files",
	syscall.ESTALE: "system.gone", syscall.ENODEV: "system.gone", syscall.ENXIO: "system.gone",
	syscall.EFBIG:        "system.large",
	syscall.ELOOP:        "system.links",
	syscall.ENAMETOOLONG: "system.long",
	syscall.ENOMEM:       "system.memory",
	syscall.ENOTEMPTY:    "system.not_empty",
	syscall.ENOEXEC:      "system.program",
	syscall.EDQUOT:       "system.quota",
	syscall.EINVAL:       "system.unfit", syscall.ENOTSUP: "system.unfit", syscall.ENOSYS: "system.unfit",
}

// systemText words an error of the system; the rest of what it can say is quoted
// as it stands.
func systemText(e syscall.Errno, lang rules.Lang) string {
	if key, ok := systemSays[e]; ok {
		return phrased(key).in(lang)
	}
	return phrased("system.other", e.Error()).in(lang)
}
