//! What people state about an audit: who asked for it, who made it, who may read it. Read from a YAML file.

use serde::Deserialize;

use crate::model::printable;

/// The schema that every cover file names.
pub const COVER_SCHEMA: &str = "otaudit/cover/v1";
/// Shown of one statement.
const LONGEST: usize = 2_000;

/// What people state; every field may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cover {
    /// [`COVER_SCHEMA`].
    pub schema: String,
    /// The report's title.
    pub title: Option<String>,
    /// The report's own number.
    pub report_id: Option<String>,
    /// The version of the report.
    pub version: Option<String>,
    /// Who may read it, such as `confidential`.
    pub classification: Option<String>,
    /// To whom it goes.
    pub distribution: Vec<String>,
    /// Who is audited.
    pub organisation: Option<String>,
    /// Who asked for the audit.
    pub client: Option<String>,
    /// The legal entities that answer for the app.
    pub legal_entities: Vec<String>,
    /// Where the app is offered.
    pub jurisdictions: Vec<String>,
    /// The update channels that the report speaks of.
    pub channels: Vec<String>,
    /// From which to which version of the native app.
    pub native_builds: Option<String>,
    /// The period that the report covers.
    pub period: Option<Period>,
    /// What the audit shall find out.
    pub objectives: Option<String>,
    /// Who took part.
    pub team: Vec<Person>,
    /// How far the team is independent of what it judges.
    pub independence: Option<String>,
    /// Who does what by when.
    pub actions: Vec<Action>,
    /// Where the audited organisation sees it differently.
    pub opinions: Vec<Opinion>,
}

/// From the first to the last day.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first day, `YYYY-MM-DD`.
    pub from: String,
    /// The last day, `YYYY-MM-DD`.
    pub to: String,
}

/// Someone who took part.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Their name.
    pub name: String,
    /// What they did: `assessor`, `reviewer` …
    pub role: String,
    /// For whom they work.
    #[serde(default)]
    pub organisation: Option<String>,
}

/// Who mends what by when.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// The control's id.
    pub control: String,
    /// Who answers for it.
    pub owner: String,
    /// By when, `YYYY-MM-DD`.
    #[serde(default)]
    pub due: Option<String>,
    /// Why it came about, as far as its owner found out.
    #[serde(default)]
    pub cause: Option<String>,
}

/// A difference of opinion that was left open.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opinion {
    /// What it is about, such as a control's id.
    pub about: String,
    /// Who holds it.
    pub by: String,
    /// The opinion.
    pub text: String,
}

impl Cover {
    /// Reads a cover file. All its texts are inert and bounded afterwards.
    ///
    /// # Errors
    /// In words, with the line where the reader knows it.
    pub fn read(yaml: &str) -> Result<Self, String> {
        let mut cover: Self = serde_yaml::from_str(yaml).map_err(|error| printable(&error.to_string(), 400))?;
        if cover.schema != COVER_SCHEMA {
            return Err(format!("schema: expected `{COVER_SCHEMA}`"));
        }
        for action in &mut cover.actions {
            match crate::controls::find(&action.control) {
                Some(control) => control.id.clone_into(&mut action.control),
                None => return Err(format!("actions: there is no control `{}`", printable(&action.control, 60))),
            }
        }
        let dates = cover.period.iter().flat_map(|period| [&period.from, &period.to]);
        for date in dates.chain(cover.actions.iter().filter_map(|action| action.due.as_ref())) {
            if date.parse::<jiff::civil::Date>().is_err() {
                return Err(format!("`{}` is no date: expected one such as `2026-11-23`", printable(date, 40)));
            }
        }
        cover.make_inert();
        Ok(cover)
    }

    fn make_inert(&mut self) {
        let one = |text: &mut String| *text = printable(text, LONGEST);
        let some = [
            &mut self.title,
            &mut self.report_id,
            &mut self.version,
            &mut self.classification,
            &mut self.organisation,
            &mut self.client,
            &mut self.native_builds,
            &mut self.objectives,
            &mut self.independence,
        ];
        some.into_iter().flatten().for_each(one);
        let lists = [&mut self.distribution, &mut self.legal_entities, &mut self.jurisdictions, &mut self.channels];
        lists.into_iter().flatten().for_each(one);
        for person in &mut self.team {
            one(&mut person.name);
            one(&mut person.role);
            person.organisation.iter_mut().for_each(one);
        }
        for action in &mut self.actions {
            one(&mut action.owner);
            action.cause.iter_mut().for_each(one);
        }
        for opinion in &mut self.opinions {
            [&mut opinion.about, &mut opinion.by, &mut opinion.text].into_iter().for_each(one);
        }
    }

    /// The title, or the usual one.
    #[must_use]
    pub fn title(&self) -> String {
        self.title.clone().unwrap_or_else(|| "Audit of an over-the-air update".to_owned())
    }

    /// What was stated to be done about a control.
    #[must_use]
    pub fn action(&self, control: &str) -> Option<&Action> {
        self.actions.iter().find(|action| action.control == control)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cover_is_read_and_made_inert() {
        let cover = Cover::read(
            "schema: otaudit/cover/v1\ntitle: \"A\\u202Eb\"\nperiod: {from: 2026-07-01, to: 2026-09-30}\nactions:\n- {control: bun-001, owner: Ada Quay, due: 2026-12-01}\n",
        )
        .unwrap();
        assert_eq!(cover.title(), "A\\u{202e}b");
        assert_eq!(cover.action("OTA-BUN-001").map(|action| action.owner.as_str()), Some("Ada Quay"));
        assert_eq!(Cover::default().title(), "Audit of an over-the-air update");
    }

    #[test]
    fn faults_are_told() {
        for (yaml, part) in [
            ("schema: x", "expected `otaudit/cover/v1`"),
            ("schema: otaudit/cover/v1\nheading: x", "heading"),
            ("schema: otaudit/cover/v1\nactions: [{control: OTA-NO-1, owner: x}]", "no control `OTA-NO-1`"),
            ("schema: otaudit/cover/v1\nperiod: {from: July, to: 2026-09-30}", "`July` is no date"),
        ] {
            let fault = Cover::read(yaml).unwrap_err();
            assert!(fault.contains(part), "{fault}");
        }
    }
}
