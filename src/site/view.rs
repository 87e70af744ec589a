//! What templates see: only what a page shows, in the order in which it shows it. Fields named
//! `html` are finished, escaped HTML; all others are plain text that Tera escapes.

use serde::Serialize;

/// What every page has.
#[derive(Debug, Default, Serialize)]
pub struct Page {
    /// What it is: the kind of its object, or `index`, `matrix`, `home`, `withdrawn`.
    pub kind: &'static str,
    /// Which entry of the navigation it belongs to: the folder of a kind.
    pub section: &'static str,
    /// The title, without the wiki's own.
    pub title: String,
    /// One plain sentence for search engines and previews.
    pub summary: String,
    /// The way to the root of the site: `../../`.
    pub root: String,
    /// Folder of the page: `techniques/T1059/001/`; empty for the home page.
    pub folder: String,
    /// From the home page down; the last is the page itself and has no address.
    pub breadcrumbs: Vec<Link>,
    /// Search engines keep away from tombstones.
    pub noindex: bool,
    /// The whole address, where the site's own is known.
    pub canonical: Option<String>,
    /// Whether an `index.json` lies beside the page.
    pub has_twin: bool,
    /// The same page in each release of the site, the newest first; none where there is only one.
    pub versions: Vec<VersionLink>,
}

/// The way to another release.
#[derive(Clone, Debug, Serialize)]
pub struct VersionLink {
    /// The release, `17.1`.
    pub label: String,
    /// The same page there, or else the front page.
    pub href: String,
    /// Whether the page is there.
    pub is_same: bool,
    /// Whether it is the release that the page belongs to.
    pub is_own: bool,
}

/// A link, or plain text where there is no address.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Link {
    /// What it says.
    pub label: String,
    /// Relative address.
    pub href: Option<String>,
}

/// A page about one ATT&CK object.
#[derive(Debug, Default, Serialize)]
pub struct ObjectPage {
    /// The page itself.
    pub page: Page,
    /// ATT&CK ID, else STIX ID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `Technique`, `Sub-technique`, `Malware` …
    pub type_label: String,
    /// `live`, `deprecated` or `revoked`.
    pub status: &'static str,
    /// The word for it, where the object is not live.
    pub status_label: Option<String>,
    /// What to know before reading on: withdrawn, shares its ID, no prose.
    pub notices: Vec<Notice>,
    /// The description.
    pub description_html: String,
    /// The metadata card, row by row.
    pub facts: Vec<Fact>,
    /// Neighbours: parent, siblings, the other tactics of the matrix.
    pub neighbours: Option<Neighbours>,
    /// Everything below the description.
    pub sections: Vec<Section>,
    /// What the page cites, numbered from 1.
    pub references: Option<ReferencesView>,
    /// Its playbooks, or the page that waits for one.
    pub playbooks: Vec<PlaybookLink>,
    /// Its page at MITRE.
    pub permalink: Option<String>,
    /// The files beside it that hold the whole page's data.
    pub downloads: Vec<Link>,
}

/// The way to a playbook.
#[derive(Debug, Serialize)]
pub struct PlaybookLink {
    /// What it is called; of a page that nobody wrote, the same as that of its object.
    pub title: String,
    /// Its address.
    pub href: String,
    /// Whether somebody wrote it.
    pub is_written: bool,
}

/// A remark above the text.
#[derive(Debug, Serialize)]
pub struct Notice {
    /// `revoked`, `deprecated`, `shared-id` or `no-prose`.
    pub kind: &'static str,
    /// The remark.
    pub html: String,
}

/// A row of the metadata card.
#[derive(Debug, Serialize)]
pub struct Fact {
    /// What.
    pub label: String,
    /// Its values.
    pub html: Vec<String>,
    /// What stands between them.
    pub separator: &'static str,
}

/// A short list of pages near this one.
#[derive(Debug, Serialize)]
pub struct Neighbours {
    /// What they are to this page.
    pub label: String,
    /// The page they hang from, where it is not this one.
    pub parent: Option<Neighbour>,
    /// In order.
    pub items: Vec<Neighbour>,
}

/// One page near this one.
#[derive(Debug, Serialize)]
pub struct Neighbour {
    /// Its ID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its address.
    pub href: String,
    /// Whether it is this page.
    pub current: bool,
}

/// A titled part of a page.
#[derive(Debug, Default, Serialize)]
pub struct Section {
    /// Anchor.
    pub id: String,
    /// Heading.
    pub title: String,
    /// How many entries, shown beside the heading.
    pub count: Option<usize>,
    /// Whether it shows what others wrote, not ATT&CK.
    pub by_others: bool,
    /// Text before everything else.
    pub html: String,
    /// Detection strategies with their analytics.
    pub strategies: Vec<StrategyView>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Rules, tests and analytics of others.
    pub entries: Vec<EntryView>,
}

/// A rule, test or analytic of others.
#[derive(Debug, Serialize)]
pub struct EntryView {
    /// Anchor.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Level, status, platform …
    pub words: Vec<String>,
    /// Who wrote it, where it is from, what it says.
    pub facts: Vec<Fact>,
    /// The query, in all languages that there are.
    pub tabs: Vec<TabView>,
    /// Commands, each under its name.
    pub listings: Vec<TabView>,
}

/// A text in one of several languages.
#[derive(Debug, Default, Serialize)]
pub struct TabView {
    /// Under which a reader's choice of language is remembered.
    pub key: String,
    /// What the language is called.
    pub label: String,
    /// The text.
    pub code: String,
    /// Why there is no text.
    pub reason: String,
}

/// A table whose rows are finished HTML: pages hold 100,000 rows, and their markup is plain
/// `tr` and `td`.
#[derive(Debug, Default, Serialize)]
pub struct Table {
    /// Anchor, also the name of its CSV file.
    pub id: String,
    /// What it lists; read out by screen readers.
    pub caption: String,
    /// How it is set: the theme's classes, such as `ids uses`.
    pub class: &'static str,
    /// Column heads.
    pub columns: Vec<ColumnView>,
    /// `<tr>…</tr>` for each row.
    pub rows_html: String,
    /// How many rows.
    pub count: usize,
    /// Its CSV file, beside the page.
    pub csv: Option<String>,
}

/// A column of a table.
#[derive(Debug, Serialize)]
pub struct ColumnView {
    /// Its head.
    pub label: String,
    /// Class of the head: `n` for numbers, `via` for a source, else empty.
    pub class: &'static str,
}

/// A detection strategy as a technique or its own page shows it.
#[derive(Debug, Default, Serialize)]
pub struct StrategyView {
    /// Its ID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its page; absent on that page itself.
    pub href: Option<String>,
    /// In order of ID.
    pub analytics: Vec<AnalyticView>,
}

/// An analytic.
#[derive(Debug, Default, Serialize)]
pub struct AnalyticView {
    /// Its ID.
    pub id: String,
    /// Its anchor: the ID where the page shows it for the first time.
    pub anchor: String,
    /// `Windows`, `Linux` …
    pub platforms: Vec<String>,
    /// Its anchor on the page of the strategy.
    pub href: String,
    /// What it looks for.
    pub html: String,
    /// What it reads.
    pub log_sources: Vec<LogSourceView>,
    /// What each site sets for itself.
    pub tuning: Vec<TuningView>,
    /// Whether any log source names a channel.
    pub has_channels: bool,
    /// Whether the tuning says more than names.
    pub tuning_says_how: bool,
}

/// A log source that an analytic reads.
#[derive(Debug, Serialize)]
pub struct LogSourceView {
    /// Data component, linked.
    pub component_html: String,
    /// Such as `WinEventLog:Security`.
    pub name: String,
    /// Such as `EventCode=4688`; empty where none is given.
    pub channel: String,
}

/// A tuning parameter.
#[derive(Debug, Serialize)]
pub struct TuningView {
    /// Its name.
    pub field: String,
    /// What it sets.
    pub html: String,
}

/// The numbered sources at the foot of a page.
#[derive(Debug, Serialize)]
pub struct ReferencesView {
    /// How many.
    pub count: usize,
    /// Each as an `<li>`: title, author, date, linked where an address is known, and links back to
    /// each citation. Written at once, as rows of tables are: there are tens of thousands.
    pub items_html: String,
}

/// A page that lists.
#[derive(Debug, Default, Serialize)]
pub struct IndexPage {
    /// The page itself.
    pub page: Page,
    /// What is listed and how much.
    pub intro_html: String,
    /// Other cuts of the same list.
    pub filters: Vec<Link>,
    /// The lists.
    pub sections: Vec<Section>,
}

/// A playbook.
#[derive(Debug, Default, Serialize)]
pub struct PlaybookPage {
    /// The page itself.
    pub page: Page,
    /// What it is called.
    pub name: String,
    /// The techniques that it answers, linked.
    pub techniques_html: Vec<String>,
    /// The front matter, row by row.
    pub facts: Vec<Fact>,
    /// Whether `playbook.pdf` lies beside the page.
    pub pdf: bool,
    /// The Traffic Light Protocol label.
    pub tlp: Option<&'static str>,
    /// The word for how far it is, or that nobody has begun.
    pub status: String,
    /// Where its file is edited.
    pub edit: Option<String>,
    /// The command that begins it, where nobody has.
    pub starts_with: Option<String>,
    /// Its parts, in order.
    pub sections: Vec<PlaybookSection>,
    /// What the blocks made from data cite.
    pub references: Option<ReferencesView>,
}

/// A part of a playbook: authored text and blocks made from data, or a run of sections that have
/// nothing.
#[derive(Debug, Default, Serialize)]
pub struct PlaybookSection {
    /// Anchor; empty for the text before the first heading.
    pub id: String,
    /// Heading.
    pub title: String,
    /// In order.
    pub pieces: Vec<PlaybookPiece>,
    /// Why there are none.
    #[serde(skip)]
    pub missing: Option<Missing>,
    /// Where the part is a run of empty sections: these, by reason.
    pub gaps: Vec<GapView>,
    /// The query language that it is about, where its neighbour is about another.
    pub dialect: Option<DialectView>,
}

/// Neighbouring sections that are empty for the same reason.
#[derive(Debug, Serialize)]
pub struct GapView {
    /// Why.
    pub why: Missing,
    /// Anchor and heading of each.
    pub sections: Vec<(String, String)>,
}

/// A section that is one of several tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DialectView {
    /// Under which a reader's choice of language is remembered.
    pub key: &'static str,
    /// What the language is called.
    pub label: &'static str,
    /// Whether it is the first of its tabs.
    pub opens: bool,
    /// Whether it is the last.
    pub closes: bool,
}

/// Why a section is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Only a person can write it, and nobody has.
    Unwritten,
    /// The data has nothing for it, and nobody has written it.
    NoData,
}

/// One stretch of a playbook's section.
#[derive(Debug, Default, Serialize)]
pub struct PlaybookPiece {
    /// Authored text.
    pub html: String,
    /// A block made from data.
    pub block: Option<Section>,
    /// The playbook's attack flow.
    pub flow: Option<FlowView>,
    /// A query in all languages that there are.
    pub tabs: Vec<TabView>,
}

/// An attack flow. Lengths are text: the drawing's own units.
#[derive(Debug, Default, Serialize)]
pub struct FlowView {
    /// What it is called.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// The drawing's width; empty where there is none.
    pub width: String,
    /// Its height.
    pub height: String,
    /// The drawing's boxes.
    pub boxes: Vec<FlowBox>,
    /// Its arrows.
    pub lines: Vec<FlowLine>,
    /// The same in words.
    pub steps: Vec<FlowStep>,
}

/// A box of a flow.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names are those of SVG")]
pub struct FlowBox {
    /// `action`, `condition`, `operator`, `asset` or `object`.
    pub kind: &'static str,
    /// The ID of an action, the type of an object.
    pub label: String,
    pub label_y: String,
    pub x: String,
    pub y: String,
    pub text_x: String,
    pub width: String,
    pub height: String,
    pub href: Option<String>,
    /// The name of the technique.
    pub tip: Option<String>,
    pub lines: Vec<FlowText>,
}

/// A line of text in a box.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names are those of SVG")]
pub struct FlowText {
    pub y: String,
    pub text: String,
}

/// An arrow of a flow.
#[derive(Debug, Serialize)]
pub struct FlowLine {
    /// The line and its head.
    pub path: String,
    /// `true`, `false`, or empty for no condition.
    pub when: &'static str,
    /// Where the word for it stands.
    pub x: String,
    /// Where the word for it stands.
    pub y: String,
}

/// A step of a flow in words.
#[derive(Debug, Serialize)]
pub struct FlowStep {
    /// From 1.
    pub number: usize,
    /// As in [`FlowBox`].
    pub kind: &'static str,
    /// As in [`FlowBox`].
    pub label: String,
    /// What it is called.
    pub title: String,
    /// What it says besides.
    pub description: String,
    /// The page of its technique.
    pub href: Option<String>,
    /// The name of the technique.
    pub tip: Option<String>,
    /// What it leads to.
    pub next: Vec<FlowNext>,
}

/// Where a step leads.
#[derive(Debug, Serialize)]
pub struct FlowNext {
    /// `true`, `false`, or empty for no condition.
    pub when: &'static str,
    /// The step's number.
    pub number: usize,
}

/// A matrix.
#[derive(Debug, Default, Serialize)]
pub struct MatrixPage {
    /// The page itself.
    pub page: Page,
    /// What it shows.
    pub intro_html: String,
    /// The whole matrix and its platforms.
    pub filters: Vec<Link>,
    /// The data of the explorer, where the page has one: a relative address.
    pub explorer: Option<String>,
    /// What the colours of its cells mean.
    pub legend: Vec<LegendView>,
    /// One per tactic.
    pub columns: Vec<MatrixColumn>,
}

/// A colour of a matrix.
#[derive(Debug, Serialize)]
pub struct LegendView {
    /// The class of the cells.
    pub class: &'static str,
    /// What it means.
    pub label: String,
}

/// A tactic as a column.
#[derive(Debug, Serialize)]
pub struct MatrixColumn {
    /// The tactic's ID, where it has one.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its short name, as Navigator layers use it.
    pub shortname: String,
    /// Its page.
    pub href: Option<String>,
    /// How many techniques, sub-techniques not counted.
    pub count: usize,
    /// Cells: finished HTML, as rows of tables are.
    pub cells_html: String,
}

/// The front page, and the list of matrices.
#[derive(Debug, Default, Serialize)]
pub struct HomePage {
    /// The page itself.
    pub page: Page,
    /// Matrices with their counts.
    pub domains: Vec<DomainView>,
    /// The ways in, one for each kind of reader.
    pub roles: Vec<RoleView>,
    /// The playbooks that were reviewed last.
    pub playbooks: Option<Section>,
    /// Every kind of object with its counts.
    pub kinds: Vec<CountView>,
    /// Heads of the columns of `kinds`.
    pub domain_names: Vec<String>,
}

/// Where one kind of reader starts.
#[derive(Debug, Serialize)]
pub struct RoleView {
    /// `On shift`.
    pub title: String,
    /// What brings them here.
    pub about: String,
    /// Where to.
    pub links: Vec<Link>,
}

/// How many objects of a kind each domain has.
#[derive(Debug, Serialize)]
pub struct CountView {
    /// The kind, linked to its list.
    pub link: Link,
    /// By domain; an object can be in several.
    pub by_domain: Vec<usize>,
    /// Each once.
    pub all: usize,
}

/// A tactic on the front page.
#[derive(Debug, Serialize)]
pub struct TacticView {
    /// Its ID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its page.
    pub href: Option<String>,
    /// Without sub-techniques.
    pub techniques: usize,
    /// Sub-techniques.
    pub subtechniques: usize,
}

/// A domain on the front page.
#[derive(Debug, Serialize)]
pub struct DomainView {
    /// `Enterprise`.
    pub name: String,
    /// Its matrix.
    pub href: String,
    /// In the order of the matrix.
    pub tactics: Vec<TacticView>,
    /// Without sub-techniques.
    pub techniques: usize,
    /// Sub-techniques.
    pub subtechniques: usize,
    /// Its platforms' matrices.
    pub platforms: Vec<Link>,
}

/// A kind of object in the navigation.
#[derive(Clone, Debug, Serialize)]
pub struct KindView {
    /// Folder of its index.
    pub folder: &'static str,
    /// `Groups`.
    pub label: String,
    /// The key that leads there, after `g`.
    pub key: Option<char>,
}
