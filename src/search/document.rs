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
    /// Its name in results: an ATT&CK ID, or `playbooks/<slug>`.
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
    /// What others say of it, such as procedures and mitigations: searched.
    pub related: String,
    /// How it is detected: searched.
    pub detection: String,
    /// How much it counts, as a factor: common answers before rare ones.
    pub prior: f64,
}

/// For the filter `group:`: a group and the documents that have to do with it.
#[derive(Clone, Debug)]
pub struct Group {
    /// The group's own document.
    pub id: String,
    /// IDs of documents.
    pub members: Vec<String>,
}
