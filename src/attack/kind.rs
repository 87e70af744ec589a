/// The kinds of object that have pages or anchors, in the order in which lists show them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `x-mitre-matrix`
    Matrix,
    /// `x-mitre-tactic`
    Tactic,
    /// `attack-pattern`, sub-techniques included
    Technique,
    /// `intrusion-set`
    Group,
    /// `malware` and `tool`
    Software,
    /// `campaign`
    Campaign,
    /// `course-of-action`
    Mitigation,
    /// `x-mitre-asset`
    Asset,
    /// `x-mitre-data-source`
    DataSource,
    /// `x-mitre-data-component`
    DataComponent,
    /// `x-mitre-detection-strategy`
    DetectionStrategy,
    /// `x-mitre-analytic`
    Analytic,
    /// Any type that this version does not know; it gets a plain page.
    Other,
}

impl Kind {
    /// Every kind, in list order.
    pub const ALL: [Kind; 13] = [
        Kind::Matrix,
        Kind::Tactic,
        Kind::Technique,
        Kind::Group,
        Kind::Software,
        Kind::Campaign,
        Kind::Mitigation,
        Kind::Asset,
        Kind::DataSource,
        Kind::DataComponent,
        Kind::DetectionStrategy,
        Kind::Analytic,
        Kind::Other,
    ];

    /// The kind of a STIX type; `None` for the types that are no objects of the knowledge base
    /// (relationships, identities, markings, collections).
    pub fn of_stix(stix_type: &str) -> Option<Kind> {
        Some(match stix_type {
            "x-mitre-matrix" => Kind::Matrix,
            "x-mitre-tactic" => Kind::Tactic,
            "attack-pattern" => Kind::Technique,
            "intrusion-set" => Kind::Group,
            "malware" | "tool" => Kind::Software,
            "campaign" => Kind::Campaign,
            "course-of-action" => Kind::Mitigation,
            "x-mitre-asset" => Kind::Asset,
            "x-mitre-data-source" => Kind::DataSource,
            "x-mitre-data-component" => Kind::DataComponent,
            "x-mitre-detection-strategy" => Kind::DetectionStrategy,
            "x-mitre-analytic" => Kind::Analytic,
            "relationship"
            | "identity"
            | "marking-definition"
            | "x-mitre-collection"
            | "extension-definition" => return None,
            _ => Kind::Other,
        })
    }

    /// The name in JSON twins and APIs.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Matrix => "matrix",
            Kind::Tactic => "tactic",
            Kind::Technique => "technique",
            Kind::Group => "group",
            Kind::Software => "software",
            Kind::Campaign => "campaign",
            Kind::Mitigation => "mitigation",
            Kind::Asset => "asset",
            Kind::DataSource => "data_source",
            Kind::DataComponent => "data_component",
            Kind::DetectionStrategy => "detection_strategy",
            Kind::Analytic => "analytic",
            Kind::Other => "other",
        }
    }

    /// The folder of its pages: attack.mitre.org's own words. Analytics live as anchors on the
    /// page of their detection strategy.
    pub fn folder(self) -> &'static str {
        match self {
            Kind::Matrix => "matrices",
            Kind::Tactic => "tactics",
            Kind::Technique => "techniques",
            Kind::Group => "groups",
            Kind::Software => "software",
            Kind::Campaign => "campaigns",
            Kind::Mitigation => "mitigations",
            Kind::Asset => "assets",
            Kind::DataSource => "datasources",
            Kind::DataComponent => "datacomponents",
            Kind::DetectionStrategy => "detectionstrategies",
            Kind::Analytic => "analytics",
            Kind::Other => "objects",
        }
    }
}
