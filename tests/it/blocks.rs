//! Blocks made from data: how many techniques of a real release each kind has something for.

use std::path::PathBuf;

use ttpress::attack::related::Related;
use ttpress::attack::{Kind, Knowledge, ObjectIx};
use ttpress::detections::Detections;
use ttpress::detections::convert::Conversions;
use ttpress::site::blocks;
use ttpress::site::context::{PageContext, Sources};
use ttpress::site::routes::Routes;
use ttpress::site::strings::Strings;
use ttpress::site::texts::Texts;
use ttpress::site::view::Section;

/// For each technique, what a kind of block makes of it.
fn made(bundle: PathBuf, kinds: &[&str], mut see: impl FnMut(&str, &Section)) {
    let (inputs, _) = ttpress::source::read_bundles(&[bundle]).unwrap();
    let (release, _) = ttpress::read_release(&inputs, None).unwrap();
    let (knowledge, _) = Knowledge::new(&release);
    let (texts, _) = Texts::new(&knowledge);
    let sources = Sources {
        knowledge: &knowledge,
        texts: &texts,
        routes: &Routes::new(&knowledge),
        related: &Related::new(&knowledge, &texts),
        has_prose: true,
        detections: &Detections::default(),
        conversions: Conversions::none(),
        playbooks: &[],
        strings: Strings::english(),
        history: ttpress::diff::History::none(),
        is_older: false,
    };
    let techniques: Vec<ObjectIx> = knowledge.live(Kind::Technique).map(|(ix, _)| ix).collect();
    for ix in techniques {
        let mut context = PageContext::new(sources, "playbooks/x/");
        for kind in kinds {
            for section in blocks::make(&mut context, kind, &[ix]).unwrap() {
                see(kind, &section);
            }
        }
    }
}

#[test]
fn blocks_of_18_1_fill_what_was_measured() {
    let Some(shared) = crate::real::shared() else {
        return;
    };
    let kinds = [
        "commands",
        "network-traffic",
        "windows-events",
        "sysmon-events",
        "prerequisites",
        "description",
        "software",
    ];
    let mut counts = std::collections::BTreeMap::new();
    let mut with_arguments = 0;
    let bundle = shared.join("attack/enterprise-attack-18.1.json.zst");
    made(bundle, &kinds, |kind, section| {
        *counts.entry(kind.to_owned()).or_insert(0) += 1;
        if kind == "commands" {
            // A program alone is one word.
            let commands = section.tables[0].rows_html.split("<code>").skip(1);
            let mut commands = commands.filter_map(|c| c.split_once("</code>"));
            with_arguments += usize::from(commands.any(|(command, _)| command.contains(' ')));
        }
    });
    let count = |kind: &str| counts[kind];
    assert_eq!(count("network-traffic"), 268);
    assert_eq!(count("windows-events"), 321);
    assert_eq!(count("sysmon-events"), 420);
    assert_eq!(count("prerequisites"), 691);
    assert_eq!(count("description"), 691);
    assert_eq!(count("software"), 471);
    // A first measurement, by another list of programs, had 174 and 106.
    assert_eq!((count("commands"), with_arguments), (174, 107));
}

#[test]
fn prerequisites_of_6_3_have_permissions() {
    let Some(shared) = crate::real::shared() else {
        return;
    };
    let (mut permissions, mut systems) = (0, 0);
    let bundle = shared.join("attack/enterprise-attack-6.3.json.zst");
    made(bundle, &["prerequisites"], |_, section| {
        let rows = &section.tables[0].rows_html;
        permissions += usize::from(rows.contains("Permissions required"));
        systems += usize::from(rows.contains("System requirements"));
    });
    assert!(
        permissions > 100 && systems > 20,
        "{permissions}, {systems}"
    );
}
