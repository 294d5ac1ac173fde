//! OTA-WEB-006: the scripts of an app that takes card data.

use std::collections::BTreeMap;

use crate::controls::support::{add_unexamined, add_unread, at, bundle_or_na, count, shown, whole};
use crate::controls::{Automation, Control, Draft, Outcome, Parameter, ParameterKind, Parameters};
use crate::facts::network::HostClass;
use crate::facts::trackers::Purpose;
use crate::facts::{BundleFacts, Facts};
use crate::model::{Location, Severity};

/// OTA-WEB-006.
pub static CONTROL: Control = Control {
    id: "OTA-WEB-006",
    slug: "payment-scripts",
    title: "Payment page scripts are controlled",
    requirement: "If the app takes card data in web content, every script is authorised, integrity-checked and inventoried.",
    rationale: "One foreign script on a page with card fields reads every card. PCI DSS asks to know each script, to have authorised it, and to notice when it changes.",
    remediation: "List the SHA-256 of each script in the policy (`script_inventory`), which `otaudit facts` prints, or let the payment vendor's own page take the card and state `payment: hosted`.",
    limits: "Signs of payment are card fields in pages, scripts of payment vendors, and `PaymentRequest`; fields that a script makes are not seen, and payment in native code is none of this. A vendor's frame takes the card out of the page, which files do not show: a person decides. The whole bundle counts as the payment page, since one page runs all its scripts.",
    severity: Severity::Medium,
    automation: Automation::Partial,
    waivable: true,
    mappings: &[
        ("GDPR", "32(1)(b)"),
        ("NIST-800-53", "CM-7"),
        ("NIST-800-53", "SC-18"),
        ("PCI-DSS", "11.6.1"),
        ("PCI-DSS", "6.4.3"),
    ],
    parameters: &[
        Parameter {
            name: "payment",
            about: "What the organisation states: `web` takes card data in the bundle's pages, `hosted` leaves that to a page or frame of the payment vendor.",
            kind: ParameterKind::Choice(&["unstated", "web", "hosted"]),
        },
        Parameter {
            name: "script_inventory",
            about: "The SHA-256 digests, in hexadecimal, of the scripts that are authorised on the payment page.",
            kind: ParameterKind::List(&[]),
        },
    ],
    attestations: &["pci.script_inventory"],
    cases: include_str!("../../../tests/controls/web/payment-scripts.md"),
    assess,
};

fn assess(facts: &Facts, parameters: &Parameters) -> Outcome {
    let bundle = match bundle_or_na(facts) {
        Ok(bundle) => bundle,
        Err(outcome) => return outcome,
    };
    let stated = parameters.choice("payment");
    if stated == "hosted" {
        return Outcome::not_applicable("it is stated that the payment vendor's own page takes card data");
    }
    let mut outcome = Outcome::default();
    add_unexamined(&mut outcome, bundle);
    add_unread(&mut outcome, bundle.all_files());
    let signs = signs(bundle);
    if signs.is_empty() && stated != "web" {
        if outcome.findings.is_empty() {
            return Outcome::not_applicable(
                "no sign of payment in the bundle: no card field, no script of a payment vendor",
            );
        }
        return outcome;
    }
    for (what, place) in &signs {
        outcome.saw(format!("a sign of payment: {what}"), Some(place.clone()));
    }
    let inventory = parameters.list("script_inventory");
    if inventory.is_empty() {
        let (what, place) = signs.first().cloned().unwrap_or_else(|| {
            let place = Location::file(crate::model::Root::Bundle, "");
            ("it is stated".to_owned(), place)
        });
        let message = format!("the app seems to take payments ({what}), and the policy has no inventory of scripts");
        outcome.findings.push(Draft::manual("no-inventory", place, message));
        return outcome;
    }
    held_against(&mut outcome, bundle, inventory);
    outcome
}

/// What speaks for card data in the bundle's pages, each host or file once.
fn signs(bundle: &BundleFacts) -> Vec<(String, Location)> {
    let mut signs: BTreeMap<String, Location> = BTreeMap::new();
    for file in bundle.all_files() {
        let field = file.page.as_ref().and_then(|page| page.card_fields.first());
        if let Some(position) = field {
            signs.insert(format!("a card field in `{}`", shown(&file.path)), at(&file.path, Some(*position)));
        }
        let uses = file.script.iter().flat_map(|script| &script.uses);
        // Browsers' own sheet gives a token or a card to the script.
        if let Some(one) = uses.filter(|one| one.path == "PaymentRequest" && one.calls > 0).take(1).next() {
            signs.insert("`PaymentRequest`".to_owned(), at(&file.path, Some(one.position)));
        }
    }
    for host in &bundle.network.hosts {
        let pays = host.owner.as_ref().is_some_and(|owner| owner.purpose == Purpose::Payments);
        // Code of a vendor, not its interface for subscriptions in stores.
        if let Some(mention) = host.mentions.first().filter(|_| pays && host.class == HostClass::Code) {
            signs.insert(format!("code from `{}`", shown(&host.host)), at(&mention.path, mention.position));
        }
    }
    signs.into_iter().collect()
}

fn held_against(outcome: &mut Outcome, bundle: &BundleFacts, inventory: &[String]) {
    let scripts = || bundle.files.iter().filter(|file| file.script.is_some() && file.page.is_none());
    let listed = |digest: &str| inventory.iter().any(|known| known.trim().eq_ignore_ascii_case(digest));
    let mut missing = 0;
    for file in scripts() {
        let digest = file.sha256.map(|digest| digest.hex()).unwrap_or_default();
        if !listed(&digest) {
            missing += 1;
            let message = format!("`{}` is not in the inventory of scripts, or has changed since", shown(&file.path));
            outcome.findings.push(Draft::fail("not-in-inventory", whole(file), message).key(shown(&file.path)));
        }
    }
    for file in bundle.files.iter().filter(|file| file.page.is_some()) {
        for script in file.page.iter().flat_map(|page| &page.scripts) {
            let remote = script.source.as_deref().filter(|source| {
                use crate::controls::support::{Address, address};
                matches!(address(source), Address::Remote { .. })
            });
            if let Some(source) = remote.filter(|_| script.integrity.is_none()) {
                missing += 1;
                let message =
                    "this script comes from elsewhere and has no `integrity`: nothing notices when it changes";
                let draft = Draft::fail("no-integrity", at(&file.path, Some(script.position)), message);
                outcome.findings.push(draft.excerpt(shown(source)));
            }
        }
    }
    let all = count(scripts().count(), "script", "scripts");
    outcome.saw(format!("{all} held against an inventory of {}; {missing} not covered", inventory.len()), None);
}
