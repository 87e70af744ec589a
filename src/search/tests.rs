use crate::search::{Document, Group, Index, KindLabel, Match};

fn technique() -> KindLabel {
    KindLabel {
        key: "technique",
        one: "Technique".to_owned(),
        many: "Techniques".to_owned(),
        folder: "techniques",
    }
}

fn group() -> KindLabel {
    KindLabel {
        key: "group",
        one: "Group".to_owned(),
        many: "Groups".to_owned(),
        folder: "groups",
    }
}

fn document(kind: KindLabel, id: &str, title: &str, description: &str) -> Document {
    Document {
        id: id.to_owned(),
        title: title.to_owned(),
        aliases: Vec::new(),
        old_ids: Vec::new(),
        href: format!("{}/{id}/index.html", kind.folder),
        kind,
        platforms: Vec::new(),
        tactics: Vec::new(),
        description: description.to_owned(),
        related: String::new(),
        detection: String::new(),
        prior: 1.0,
    }
}

fn index() -> Index {
    let mut shell = document(
        technique(),
        "T9001",
        "Kettle Shell",
        "Runs brew.exe in a warm pot.",
    );
    shell.platforms = vec!["Windows".to_owned()];
    shell.tactics = vec!["Credential Access".to_owned()];
    let mut sub = document(
        technique(),
        "T9001.002",
        "Teaspoon",
        "A pot that is warm stirs tea.",
    );
    sub.old_ids = vec!["T8000".to_owned()];
    sub.platforms = vec!["Linux".to_owned()];
    let mut bear = document(group(), "G9001", "APT99", "Drinks a lot.");
    bear.aliases = vec!["Thirsty Bear".to_owned()];
    let other = document(group(), "G9002", "Quiet Otter", "Pours tea out of windows.");
    let groups = [Group {
        id: "G9001".to_owned(),
        members: vec!["T9001".to_owned()],
    }];
    Index::new(vec![shell, sub, bear, other], &groups)
}

#[track_caller]
fn finds(query: &str, ids: &[&str]) {
    let index = index();
    let found: Vec<&str> = index
        .search(query)
        .iter()
        .map(|hit| hit.document.id.as_str())
        .collect();
    assert_eq!(found, ids, "{query}");
}

#[test]
fn an_id_is_found_in_every_form_and_after_it_was_revoked() {
    for query in [
        "T9001.002",
        "t9001 002",
        "T9001/002",
        "9001.002",
        "t8000",
        "https://attack.mitre.org/techniques/T9001/002/",
    ] {
        let index = index();
        let hits = index.search(query);
        assert_eq!(hits[0].document.id, "T9001.002", "{query}");
        assert_eq!(hits[0].named, Match::Id, "{query}");
    }
    assert_eq!(index().search("g9001")[0].document.id, "G9001");
}

#[test]
fn names_are_found_by_other_names_by_their_beginning_and_with_a_wrong_letter() {
    for query in [
        "thirsty bear",
        "ThirstyBear",
        "apt 99",
        "thi",
        "t",
        "thirsty baer",
    ] {
        let hits = index();
        let hits = hits.search(query);
        assert!(hits.iter().any(|hit| hit.document.id == "G9001"), "{query}");
    }
    finds("thirsty beer", &["G9001"]);
    finds("kettle shell: teaspoon", &["T9001.002", "T9001"]);
}

#[test]
fn a_word_that_nobody_wrote_is_taken_for_one_that_differs_by_a_letter() {
    finds("sitrs", &["T9001.002"]);
    finds("brwe", &["T9001"]);
    finds("zzzz", &[]);
}

#[test]
fn compounds_are_found_by_their_parts() {
    finds("brew.exe", &["T9001"]);
    finds("brew", &["T9001"]);
    finds("brewpot", &["T9001", "T9001.002"]);
}

#[test]
fn a_phrase_stands_word_by_word() {
    finds("\"warm pot\"", &["T9001"]);
    finds("\"pot that is warm\"", &["T9001.002"]);
    // Where nothing says it, its words do.
    assert_eq!(index().search("\"pot warm stirs\"").len(), 2);
}

#[test]
fn words_are_ruled_out() {
    finds("pot -stirs", &["T9001"]);
    finds("pot -\"warm pot\"", &["T9001.002"]);
}

#[test]
fn filters_alone_list_all_that_passes() {
    finds("type:group", &["G9001", "G9002"]);
    finds("TYPE:techniques", &["T9001", "T9001.002"]);
    finds("tactic:\"credential access\"", &["T9001"]);
    finds("tactic:cred", &["T9001"]);
    finds("platform:linux platform:windows", &["T9001", "T9001.002"]);
    finds("group:\"thirsty bear\"", &["G9001", "T9001"]);
    finds("pot platform:linux", &["T9001.002"]);
    finds("group:nobody", &[]);
}

#[test]
fn nothing_is_no_question() {
    finds("", &[]);
    finds("  \" \" - ", &[]);
}

#[test]
fn other_forms_of_a_word_are_found_behind_the_word_itself() {
    let kettle = |id, text| document(technique(), id, "Kettle", text);
    let index = Index::new(
        vec![
            kettle("T9001", "Dumping of leaves."),
            kettle("T9002", "A dump of leaves."),
            kettle("T9003", "A dumpling."),
        ],
        &[],
    );
    let found = index.search("dump dumped");
    let found: Vec<&str> = found.iter().map(|hit| hit.document.id.as_str()).collect();
    assert_eq!(found, ["T9002", "T9001"]);
}

#[test]
fn a_technique_is_found_with_its_sub_technique_if_it_has_a_word_of_the_query() {
    let all = |parent: &str| {
        let family = [("T9001", parent), ("T9001.001", "warm pot, warm pot")];
        let others = ["T9002", "T9003"].map(|id| (id, "a pot of coal"));
        let documents = family.into_iter().chain(others);
        let documents = documents.map(|(id, text)| document(technique(), id, "Kettle", text));
        let index = Index::new(documents.collect(), &[]);
        let found = index.search("warm pot").into_iter();
        found.map(|hit| hit.document.id.clone()).collect::<Vec<_>>()
    };
    let parent = "a very long and roundabout text, in which for once a pot is named";
    assert_eq!(all(parent)[..2], ["T9001.001", "T9001"]);
    assert!(!all("tea").contains(&"T9001".to_owned()));
}
