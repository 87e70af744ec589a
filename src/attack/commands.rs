//! Which code spans of procedure texts are commands.
//!
//! ATT&CK sets API names, paths, registry keys and file names in code as well as commands. A span
//! is a command when it begins with a known program, a shell word or a cmdlet, or when one of its
//! arguments is a switch.

/// Is this code span a command that someone ran?
pub fn is_command(span: &str) -> bool {
    let span = span.trim_start_matches([' ', '"', '\'', '“', '”', '‘', '’']);
    let mut words = span.split_whitespace();
    let Some(first) = words.next() else {
        return false;
    };
    // Registry hives: `HKLM\…`, `HKEY_CURRENT_USER\…`.
    if starts_with_ignoring_case(first, "hk") {
        return false;
    }
    is_program(first) || is_cmdlet(first) || words.any(is_switch)
}

/// Does the span say more than the name of a program?
pub fn has_arguments(span: &str) -> bool {
    span.split_whitespace().nth(1).is_some()
}

fn is_program(word: &str) -> bool {
    let word = word.trim_matches(['"', '\'', '“', '”', '‘', '’']);
    let name = word.rsplit(['\\', '/']).next().unwrap_or_default();
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix(".exe").unwrap_or(&name);
    PROGRAMS.binary_search(&name).is_ok()
}

/// `Get-Process`: a capital, a hyphen, a capital; `Accept-Language` is a header of HTTP.
fn is_cmdlet(word: &str) -> bool {
    let Some((verb, noun)) = word.split_once('-') else {
        return false;
    };
    let is_verb = verb.len() > 1
        && verb.starts_with(|c: char| c.is_ascii_uppercase())
        && verb[1..].bytes().all(|b| b.is_ascii_lowercase());
    is_verb
        && verb != "Accept"
        && noun.len() > 2
        && noun.starts_with(|c: char| c.is_ascii_uppercase())
        && noun.bytes().all(|b| b.is_ascii_alphabetic())
}

/// `-x` or `/x`; some texts have a dash for the hyphen.
fn is_switch(word: &str) -> bool {
    let Some(rest) = word.strip_prefix(['-', '/', '–']) else {
        return false;
    };
    rest.starts_with(|c: char| c.is_ascii_alphabetic())
}

fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    let head = text.as_bytes().get(..start.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
}

/// Programs and shell words, sorted.
#[rustfmt::skip]
const PROGRAMS: &[&str] = &[
    "7z", "7za", "adfind", "apt-get", "arp", "at", "atbroker", "attrib", "auditpol", "awk", "aws",
    "az", "base64", "bash", "bcdedit", "bcp", "bitsadmin", "cacls", "caffeinate", "cat", "cd",
    "certutil", "chattr", "chflags", "chmod", "chown", "cipher", "clip", "cmd", "cmdkey", "cmstp",
    "control", "copy", "cp", "crontab", "csc", "cscript", "csvde", "curl", "cut", "date", "dd",
    "del", "df", "diantz", "dig", "dir", "diskshadow", "diskutil", "dmesg", "dmidecode", "docker",
    "dpkg", "driverquery", "dscl", "dsenableroot", "dsquery", "du", "echo", "env", "erase",
    "esentutl", "esxcli", "eventvwr", "expand", "extrac32", "find", "findstr", "forfiles",
    "fsutil", "ftp", "gcc", "getent", "getmac", "git", "gpresult", "gpupdate", "grep", "groups",
    "gsecdump", "head", "history", "hostname", "icacls", "id", "ifconfig", "iisreset",
    "installutil", "ioreg", "ip", "ipconfig", "iptables", "java", "jq", "kextstat", "kill",
    "killall", "klist", "kubectl", "last", "lastlog", "launchctl", "ldapsearch", "ldifde", "ln",
    "ls", "lsattr", "lsblk", "lscpu", "lsmod", "lsof", "lsusb", "mkdir", "mklink", "mktemp",
    "mode", "mofcomp", "more", "mount", "move", "mpcmdrun", "msbuild", "mshta", "msiexec",
    "msinfo32", "mstsc", "mv", "nano", "nbtscan", "nbtstat", "nc", "ncat", "net", "net1", "netsh",
    "netstat", "nltest", "nmap", "node", "nohup", "nslookup", "ntdsutil", "odbcconf", "openssl",
    "osacompile", "osascript", "passwd", "pathping", "perl", "pfctl", "php", "ping", "pkexec",
    "pkill", "plutil", "pnputil", "powershell", "print", "printenv", "procdump", "ps", "psexec",
    "pslist", "pwd", "pwsh", "python", "python2", "python3", "query", "quser", "qwinsta", "rar",
    "rasdial", "rclone", "rd", "reg", "regasm", "regini", "regsvcs", "regsvr32", "ren", "resume",
    "rm", "rmdir", "robocopy", "route", "rpcping", "rsync", "ruby", "runas", "rundll32", "sc",
    "schtasks", "scp", "screen", "screencapture", "scutil", "sdbinst", "sdclt", "sdelete",
    "secedit", "security", "sed", "set", "setenforce", "setx", "sh", "shutdown", "sleep",
    "smbclient", "socat", "spctl", "sqlcmd", "ss", "ssh", "ssh-add", "ssh-keygen", "start",
    "stat", "strings", "su", "sudo", "sw_vers", "sysctl", "systemctl", "systeminfo",
    "systemsetup", "takeown", "tar", "taskkill", "tasklist", "tclsh", "tcpdump", "tee", "telnet",
    "time", "timeout", "touch", "tr", "traceroute", "tracert", "tree", "type", "ufw", "ulimit",
    "umount", "uname", "unzip", "uptime", "useradd", "userdel", "usermod", "ver", "vim",
    "vim-cmd", "vmtoolsd", "vol", "vssadmin", "wbadmin", "wecutil", "wevtutil", "wget", "where",
    "which", "who", "whoami", "winrm", "winrs", "wmic", "wscript", "wuauclt", "wusa", "xattr",
    "xcopy", "xxd", "yum", "zip", "zsh",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_shell_words_and_cmdlets_are_commands() {
        for span in [
            "whoami",
            "net view /domain",
            r"C:\Windows\System32\CMD.EXE /c dir",
            "/bin/sh",
            "“rundll32.exe” a.dll,Start",
            "Get-Process",
            "unknown.exe -enc AAAA",
            "tool /install",
        ] {
            assert!(is_command(span), "{span}");
        }
    }

    #[test]
    fn keys_paths_files_and_api_names_are_not() {
        for span in [
            "",
            "HKLM\\Software\\Run /v x",
            "hkcu\\net",
            "CreateProcessW",
            r"C:\Program Files\Some Vendor\a.dll",
            "services.exe",
            "Accept-Language",
            "x - y",
            "Mozilla/5.0 (Windows NT 10.0)",
        ] {
            assert!(!is_command(span), "{span}");
        }
    }

    #[test]
    fn a_program_alone_has_no_arguments() {
        assert!(has_arguments("net view"));
        assert!(!has_arguments(" whoami "));
    }

    #[test]
    fn the_programs_are_sorted() {
        assert!(PROGRAMS.is_sorted());
    }
}
