//! What Windows and Sysmon events are called, and in which log an event is usually found.
//!
//! Names are our own short words for the (log, ID) pairs that occur in ATT&CK 18.1. They were
//! compared with the message texts of Windows 7 to 10 (as plaso 20260720 holds them), and, where
//! Windows' own texts are not at hand, with public lists: Sysmon with two; DHCP, WMI, 400, 403,
//! 4103 and 4104 of PowerShell, and 6416 with one. Compared with nothing: 1200 and 1202 of AD FS,
//! 3033 of code integrity, 31001 of the SMB client, 4105 and 4106 of PowerShell. A pair whose
//! meaning is not clear has no name.

/// The name of an event of a log; empty for a pair that we do not know.
pub fn name(log: &str, id: u32) -> &'static str {
    let of = |wanted: &str| {
        let at = EVENTS.binary_search_by(|(log, id_of, _)| (*log, *id_of).cmp(&(wanted, id)));
        at.map_or("", |at| EVENTS[at].2)
    };
    match usual_log(log, id) {
        Some(usual) => of(usual),
        None => of(log),
    }
}

/// The log in which an event is usually found, where ATT&CK names an unlikely one.
pub fn usual_log(log: &str, id: u32) -> Option<&'static str> {
    Some(match (log, id) {
        ("Security", 4103..=4106) => "PowerShell",
        ("Security", 1074 | 7045) => "System",
        ("Security", 3033) => "CodeIntegrity",
        ("Security", 1) => "Sysmon",
        ("System", 106 | 200) => "TaskScheduler",
        ("System", 2003) => "DriverFrameworks-UserMode",
        ("System", 4016 | 5312) => "GroupPolicy",
        ("System", 8001) => "Microsoft-Windows-WLAN-AutoConfig",
        _ => return None,
    })
}

/// Sorted by log and ID.
#[rustfmt::skip]
const EVENTS: &[(&str, u32, &str)] = &[
    ("Application", 1000, "Application crashed"),
    ("CodeIntegrity", 3033, "File kept from loading: its signature is below the required level"),
    ("DriverFrameworks-UserMode", 2003, "Driver host began to load drivers for a device"),
    ("GroupPolicy", 4016, "Group Policy extension began to process"),
    ("GroupPolicy", 5312, "List of Group Policy objects that apply"),
    ("Microsoft-Windows-SMBClient/Security", 31001, "SMB client failed to log on to a server"),
    ("Microsoft-Windows-WLAN-AutoConfig", 8001, "Connected to a wireless network"),
    ("Microsoft-Windows-WLAN-AutoConfig", 8002, "Failed to connect to a wireless network"),
    ("Microsoft-Windows-WLAN-AutoConfig", 8003, "Disconnected from a wireless network"),
    ("Microsoft-Windows-Windows Firewall With Advanced Security/Firewall", 2004, "Firewall rule added"),
    ("Microsoft-Windows-Windows Firewall With Advanced Security/Firewall", 2005, "Firewall rule changed"),
    ("Microsoft-Windows-Windows Firewall With Advanced Security/Firewall", 2006, "Firewall rule deleted"),
    ("PowerShell", 400, "Engine started"),
    ("PowerShell", 403, "Engine stopped"),
    ("PowerShell", 4103, "Command with its parameters (module logging)"),
    ("PowerShell", 4104, "Script block text"),
    ("PowerShell", 4105, "Script block started"),
    ("PowerShell", 4106, "Script block ended"),
    ("Security", 1102, "Audit log cleared"),
    ("Security", 1200, "AD FS issued a token"),
    ("Security", 1202, "AD FS validated a credential"),
    ("Security", 4624, "Logon succeeded"),
    ("Security", 4625, "Logon failed"),
    ("Security", 4634, "Logoff"),
    ("Security", 4648, "Logon with explicit credentials"),
    ("Security", 4656, "Handle to an object requested"),
    ("Security", 4657, "Registry value changed"),
    ("Security", 4658, "Handle to an object closed"),
    ("Security", 4661, "Handle to a directory or account object requested"),
    ("Security", 4662, "Operation on a directory object"),
    ("Security", 4663, "Object accessed"),
    ("Security", 4670, "Permissions of an object changed"),
    ("Security", 4672, "Special privileges given to a new logon"),
    ("Security", 4673, "Privileged service called"),
    ("Security", 4688, "Process created"),
    ("Security", 4697, "Service installed"),
    ("Security", 4698, "Scheduled task created"),
    ("Security", 4702, "Scheduled task updated"),
    ("Security", 4704, "User right assigned"),
    ("Security", 4720, "User account created"),
    ("Security", 4723, "Password change attempted"),
    ("Security", 4724, "Password reset attempted"),
    ("Security", 4726, "User account deleted"),
    ("Security", 4728, "Member added to a global security group"),
    ("Security", 4729, "Member removed from a global security group"),
    ("Security", 4732, "Member added to a local security group"),
    ("Security", 4733, "Member removed from a local security group"),
    ("Security", 4738, "User account changed"),
    ("Security", 4739, "Domain policy changed"),
    ("Security", 4740, "User account locked out"),
    ("Security", 4756, "Member added to a universal security group"),
    ("Security", 4757, "Member removed from a universal security group"),
    ("Security", 4768, "Kerberos ticket-granting ticket requested"),
    ("Security", 4769, "Kerberos service ticket requested"),
    ("Security", 4770, "Kerberos service ticket renewed"),
    ("Security", 4771, "Kerberos pre-authentication failed"),
    ("Security", 4776, "Credentials checked by NTLM"),
    ("Security", 4778, "Session reconnected to a window station"),
    ("Security", 4779, "Session disconnected from a window station"),
    ("Security", 4800, "Workstation locked"),
    ("Security", 4801, "Workstation unlocked"),
    ("Security", 4928, "Directory replica source naming context established"),
    ("Security", 4929, "Directory replica source naming context removed"),
    ("Security", 5136, "Directory object changed"),
    ("Security", 5140, "Network share accessed"),
    ("Security", 5145, "File on a network share checked for access"),
    ("Security", 5156, "Connection allowed by the filtering platform"),
    ("Security", 5157, "Connection blocked by the filtering platform"),
    ("Security", 6416, "New external device recognised"),
    ("Sysmon", 1, "Process created"),
    ("Sysmon", 2, "File creation time changed"),
    ("Sysmon", 3, "Network connection detected"),
    ("Sysmon", 4, "Sysmon service state changed"),
    ("Sysmon", 5, "Process ended"),
    ("Sysmon", 6, "Driver loaded"),
    ("Sysmon", 7, "Image loaded"),
    ("Sysmon", 8, "Thread created in another process"),
    ("Sysmon", 9, "Raw read of a drive"),
    ("Sysmon", 10, "Process opened by another"),
    ("Sysmon", 11, "File created or overwritten"),
    ("Sysmon", 12, "Registry key or value created or deleted"),
    ("Sysmon", 13, "Registry value set"),
    ("Sysmon", 14, "Registry key or value renamed"),
    ("Sysmon", 15, "Alternate data stream created"),
    ("Sysmon", 16, "Sysmon configuration changed"),
    ("Sysmon", 17, "Named pipe created"),
    ("Sysmon", 22, "DNS query"),
    ("Sysmon", 23, "File deleted, copy kept"),
    ("Sysmon", 25, "Process image tampered with"),
    ("System", 1020, "DHCP scope nearly full"),
    ("System", 1063, "DHCP scope has no free address"),
    ("System", 1074, "Shutdown or restart by a process or user"),
    ("System", 1502, "Group Policy of the computer applied with changes"),
    ("System", 1503, "Group Policy of the user applied with changes"),
    ("System", 7031, "Service ended unexpectedly; recovery follows"),
    ("System", 7034, "Service ended unexpectedly"),
    ("System", 7035, "Control sent to a service"),
    ("System", 7036, "Service started or stopped"),
    ("System", 7040, "Start type of a service changed"),
    ("System", 7045, "Service installed"),
    ("TaskScheduler", 106, "Scheduled task registered"),
    ("TaskScheduler", 200, "Scheduled task action started"),
    ("WMI", 5857, "WMI provider loaded"),
    ("WMI", 5858, "WMI operation failed"),
    ("WMI", 5860, "Temporary WMI event subscription"),
    ("WMI", 5861, "Permanent WMI event subscription"),
    ("WinRM", 6, "WinRM session created by the client"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_known_by_its_log_and_id() {
        assert_eq!(name("Security", 4688), "Process created");
        assert_eq!(name("Sysmon", 3), "Network connection detected");
        assert_eq!(name("System", 4688), "");
        assert_eq!(name("Application", 1), "");
    }

    #[test]
    fn an_event_under_an_unlikely_log_has_the_name_of_the_usual_one() {
        assert_eq!(usual_log("Security", 4104), Some("PowerShell"));
        assert_eq!(name("Security", 4104), "Script block text");
        assert_eq!(usual_log("PowerShell", 4104), None);
        assert_eq!(usual_log("Security", 4688), None);
    }

    #[test]
    fn the_events_are_sorted_and_each_is_there_once() {
        let keys = EVENTS.iter().map(|(log, id, _)| (*log, *id));
        assert!(keys.is_sorted_by(|a, b| a < b));
    }
}
