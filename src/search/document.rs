//! What can be found.

/// What a kind of document is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindLabel {
    /// Its key, as in JSON twins: `data_component`.
    pub key: &'static str,
    /// One of them.
    pub one: String,
    /// Many of them.
    pub many: String,
    /// The folder of its pages.
    pub folder: &'static str,
}

/// Something that can be found, as text.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its name in results: an ATT&CK ID, `playbooks/<slug>`, or `T1059.001#rule-…` for a part of
    /// another document's page.
    pub id: String,
    /// What it is.
    pub kind: KindLabel,
    /// What it is called.
    pub title: String,
    /// Its other names.
    pub aliases: Vec<String>,
    /// IDs that it had, or that lead to it.
    pub old_ids: Vec<String>,
    /// Its page, from the root of the site.
    pub href: String,
    /// For the filter `platform:`.
    pub platforms: Vec<String>,
    /// For the filter `tactic:`.
    pub tactics: Vec<String>,
    /// What it says: searched, searched for phrases, and shown in results.
    pub description: String,
    /// What others say of it, such as procedures and mitigations: searched. An index counts its
    /// words and lets it go.
    pub related: String,
    /// How it is detected: the same.
    pub detection: String,
    /// How much it counts, as a factor: common answers before rare ones.
    pub prior: f64,
}

impl Document {
    /// Whether it is a part of another document's page, such as a rule. There are thousands of
    /// those, so that one must be named in full to come before what is found by its text.
    pub(super) fn is_part(&self) -> bool {
        self.id.contains('#')
    }

    /// The ID that it is looked for by; a part of a page has none.
    pub(super) fn own_id(&self) -> &str {
        if self.is_part() { "" } else { &self.id }
    }
}

/// For the filter `group:`: a group and the documents that have to do with it.
#[derive(Clone, Debug)]
pub struct Group {
    /// The group's own document.
    pub id: String,
    /// IDs of documents.
    pub members: Vec<String>,
}
