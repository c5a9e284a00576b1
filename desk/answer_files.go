package desk

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/templates"
)

// ErrFileType says that a file could run as a program on the reader's machine:
// most servers refuse such a letter, and nobody should send one unawares.
var ErrFileType = errors.New("the file is a program or may hold one")

// ErrFileEmpty says that a file to be attached holds nothing.
var ErrFileEmpty = errors.New("the file is empty")

// runnable are the endings of what Windows, macOS, Android or a Unix desktop
// would run, mount or open with macros at a click.
var runnable = strings.Fields(`.ade .adp .apk .app .appx .bat .chm .cmd .com .command .cpl .dll .dmg .docm .dotm .exe .hta .img .ins .iso .isp
	.jar .js .jse .lib .lnk .mde .msc .msi .msix .msp .mst .nsh .pif .ppam .ppsm .pptm .ps1 .psm1 .py .reg .scf .scr .sct .sh .shb .sys
	.url .vb .vbe .vbs .vhd .vhdx .vxd .wsc .wsf .wsh .xlam .xll .xlsm .xltm`)

// mediaTypes are those of the files that an office sends. Everything else is
// application/octet-stream: a wrong guess could make a mail program show it.
var mediaTypes = map[string]string{
	".pdf":  "application/pdf",
	".doc":  "application/msword",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xls":  "application/vnd.ms-excel",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".odt":  "application/vnd.oasis.opendocument.text",
	".ods":  "application/vnd.oasis.opendocument.spreadsheet",
	".rtf":  "application/rtf",
	".zip":  "application/zip",
	".jpg":  "image/jpeg",
	".jpeg": "image/jpeg",
	".png":  "image/png",
	".tif":  "image/tiff",
	".tiff": "image/tiff",
	".cms":  "application/cms",
	".p7s":  "application/pkcs7-signature",
}

// CheckFile makes a file to be attached out of what was read from path: with a
// safe name, other than those of the files before it, and its media type.
// ErrFileType: it may be a program, and anyType does not allow that.
func CheckFile(path string, data []byte, before []mailbox.File, anyType bool) (mailbox.File, error) {
	name := strings.TrimLeft(templates.SafeName(filepath.Base(path)), ".")
	if name == "" {
		name = "attachment"
	}
	ext := strings.ToLower(filepath.Ext(name))
	switch {
	case len(data) == 0:
		return mailbox.File{}, ErrFileEmpty
	case !anyType && (slices.Contains(runnable, ext) || isProgram(data)):
		return mailbox.File{}, ErrFileType
	}
	kind, ok := mediaTypes[ext]
	if !ok {
		kind = "application/octet-stream"
	}
	return mailbox.File{Name: otherName(name, before), Type: kind, Data: data}, nil
}

// isProgram knows a program by its first bytes, whatever it is called: Windows,
// ELF, Mach-O, a script that names its interpreter, a shortcut of Windows.
func isProgram(data []byte) bool {
	for _, magic := range []string{"MZ", "\x7fELF", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe", "#!", "L\x00\x00\x00\x01\x14\x02\x00"} {
		if bytes.HasPrefix(data, []byte(magic)) {
			return true
		}
	}
	return false
}

// otherName tells files of one name apart: «ответ.pdf», «ответ (2).pdf».
func otherName(name string, before []mailbox.File) string {
	taken := func(s string) bool {
		return slices.ContainsFunc(before, func(f mailbox.File) bool { return strings.EqualFold(f.Name, s) })
	}
	ext := filepath.Ext(name)
	try := name
	for n := 2; taken(try); n++ {
		try = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext)
	}
	return try
}
