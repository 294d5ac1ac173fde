//! What personal data the bundle and its update channel touch.

use super::Dossier;
use super::stated::answers;
use super::words::{
    cell, code, code_cell, control_reference, counted, note, paragraph, place, section, table, text, verdict_badge,
};
use crate::facts::network::HostClass;
use crate::facts::privacy::{Met, SignalFact, Standing};
use crate::facts::trackers::Purpose;
use crate::model::{Assessment, escape, printable};
use crate::reports::NetworkReport;
use crate::reports::document::{Block, Inline, Section, Tone};

/// More hosts are counted and not listed.
const MOST_HOSTS: usize = 200;
/// The controls about what the update channel itself sends and who gets it.
const CHANNEL: [&str; 8] = [
    "OTA-GDPR-001",
    "OTA-GDPR-002",
    "OTA-GDPR-003",
    "OTA-GDPR-005",
    "OTA-GDPR-006",
    "OTA-GDPR-010",
    "OTA-NET-001",
    "OTA-ENC-005",
];

pub(super) fn inventory(dossier: &Dossier<'_>) -> Section {
    let mut whole = section(
        "personal-data",
        "Personal data of the update channel",
        vec![paragraph(
            "What the files show of personal data. That a call is there does not say what becomes of its answer; that a host is \
             named does not say that it is asked.",
        )],
    );
    whole.sections = vec![channel(dossier), signals(dossier), hosts(dossier)];
    whole
}

fn channel(dossier: &Dossier<'_>) -> Section {
    let of = |one: &&Assessment| CHANNEL.contains(&one.control.as_str());
    let mut rows = Vec::new();
    for one in dossier.report.assessments.iter().filter(of) {
        let seen = one.findings.iter().map(|finding| (finding.message.clone(), Some(&finding.location)));
        let seen =
            seen.chain(one.evidence.iter().map(|evidence| (evidence.message.clone(), evidence.location.as_ref())));
        for (message, location) in seen {
            let at = location.map_or_else(|| cell("–"), |location| code_cell(place(location)));
            rows.push(vec![vec![control_reference(one), text(" "), verdict_badge(one.verdict)], cell(message), at]);
        }
    }
    let columns = [("Control", 3), ("What was seen", 8), ("Place", 4)];
    let blocks = vec![
        table("What the update channel sends and to whom, as far as files show", &columns, rows),
        paragraph("What only the organisation can state of it:"),
        answers(
            dossier,
            &[
                ("Record of processing", "gdpr.ropa"),
                ("Legal basis", "gdpr.legal_basis"),
                ("Vendors, roles, regions, transfer tools", "vendors"),
                ("Retention", "gdpr.retention"),
                ("Where the backend stores", "backend.storage"),
                ("Privacy notice", "privacy.notice"),
            ],
        ),
    ];
    section("channel", "The update channel", blocks)
}

fn signals(dossier: &Dossier<'_>) -> Section {
    let Some(privacy) = dossier.privacy else {
        let gap = "The bundle's signals of personal data were not handed to this report; `otaudit privacy` lists them.";
        return section("signals", "Signals in the bundle", vec![paragraph(gap)]);
    };
    let mut signals: Vec<&SignalFact> = privacy.found.signals.iter().collect();
    signals.sort_by(|one, other| (one.met, &one.signal.id).cmp(&(other.met, &other.signal.id)));
    let rows = signals.into_iter().map(|one| signal(one, privacy.app)).collect();
    let columns = [("Signal", 5), ("Met", 3), ("Where", 5), ("Types and rights", 6)];
    let mut blocks = vec![table("Signals of personal data, those in use first", &columns, rows)];
    if !privacy.app {
        blocks.push(note(Tone::Open, "No app was given: nothing is held against what it declares to the stores."));
    }
    if !privacy.found.unparsed.is_empty() {
        let count = counted(privacy.found.unparsed.len(), "file was", "files were");
        blocks.push(note(Tone::Open, format!("{count} not parsed: what these do is not known.")));
    }
    section("signals", "Signals in the bundle", blocks)
}

fn signal(one: &SignalFact, app: bool) -> Vec<Vec<Inline>> {
    let signal = one.signal;
    let tone = if one.met.is_use() { Tone::Open } else { Tone::Neutral };
    let mut met = vec![Inline::Badge(tone, one.met.word().to_owned())];
    if app && one.met != Met::Named {
        let words = match one.declared.overall() {
            Standing::NotNeeded => "",
            Standing::Declared => " declared",
            Standing::NotKnown => " declaration not known",
            Standing::NotDeclared => " not declared",
        };
        met.push(text(words));
    }
    let mut places = Vec::new();
    for place in one.places.iter().take(3) {
        let line = place.position.map(|at| format!(":{}", at.line)).unwrap_or_default();
        places.push(code(format!("{}{line}", printable(&place.path, 300))));
        places.push(text(" "));
    }
    let more = one.places.len().saturating_sub(3) + one.more;
    if more > 0 {
        places.push(text(format!("and {}", counted(more, "more place", "more places"))));
    }
    let mut types = Vec::new();
    for (name, list) in [("Apple", &signal.apple), ("Play", &signal.play), ("CCPA", &signal.ccpa)] {
        if !list.is_empty() {
            types.push(format!("{name}: {}", list.join(", ")));
        }
    }
    types.push(format!("GDPR: {}", signal.gdpr));
    vec![vec![text(signal.title.clone()), text(" "), code(signal.id.clone())], met, places, cell(types.join("; "))]
}

fn hosts(dossier: &Dossier<'_>) -> Section {
    let Some(network) = dossier.network else {
        let gap = "The hosts that the bundle names were not handed to this report; `otaudit network` lists them.";
        return section("hosts", "Hosts that the bundle names", vec![paragraph(gap)]);
    };
    let told = |class: HostClass| class.may_be_contact() || class == HostClass::Linked;
    let listed: Vec<_> = network.hosts.iter().filter(|row| told(row.class)).collect();
    let rows = listed
        .iter()
        .take(MOST_HOSTS)
        .map(|row| {
            let (owner, purpose) = match (&row.owner, row.first_party) {
                (_, true) => ("the app's own".to_owned(), "first party".to_owned()),
                (Some(owner), _) => (printable(&owner.name, 80), purpose(owner.purpose)),
                (None, _) => ("not known".to_owned(), "not known".to_owned()),
            };
            let at = row.mentions.first().map_or_else(|| cell("–"), |mention| code_cell(mention.path.clone()));
            let scheme = if row.cleartext { " unencrypted" } else { "" };
            vec![
                code_cell(escape(&row.host)),
                cell(format!("{}{scheme}", row.class.word())),
                cell(owner),
                cell(purpose),
                at,
            ]
        })
        .collect();
    let columns = [("Host", 5), ("Role", 3), ("Owner", 3), ("Purpose", 3), ("Named in", 4)];
    let mut blocks = vec![table("Hosts that the bundle contacts, names or links to", &columns, rows)];
    blocks.extend(left_out(network, listed.len()));
    section("hosts", "Hosts that the bundle names", blocks)
}

fn left_out(network: &NetworkReport, listed: usize) -> Vec<Block> {
    let mut lines = Vec::new();
    if listed > MOST_HOSTS {
        lines.push(format!("{} more hosts are not listed here; `otaudit network` lists them.", listed - MOST_HOSTS));
    }
    let silent = network.hosts.len().saturating_sub(listed);
    if silent > 0 {
        lines.push(format!(
            "{silent} further names are references, namespaces, local addresses or placeholders: no contacts.",
        ));
    }
    if network.more > 0 {
        lines.push(format!("{} mentions of further hosts were not kept.", network.more));
    }
    if !network.unread.is_empty() {
        lines.push(format!(
            "{} not read whole: hosts in them are missing.",
            counted(network.unread.len(), "file was", "files were")
        ));
    }
    lines.into_iter().map(paragraph).collect()
}

fn purpose(purpose: Purpose) -> String {
    purpose.shown().to_owned()
}
