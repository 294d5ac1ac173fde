//! What a control saw, before the evaluation numbers, weighs and fingerprints it.

use crate::model::{Confidence, Evidence, Location, Severity, Verdict, fold};

/// What one control saw on one subject.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What was examined, also when all is well.
    pub evidence: Vec<Evidence>,
    /// What keeps it from passing.
    pub findings: Vec<Draft>,
    /// Why the control does not apply.
    pub not_applicable: Option<String>,
    /// What speaks for it is a statement of the organisation, which no file shows: then it is attested and no pass.
    pub attested: bool,
}

impl Outcome {
    /// The control does not apply, for this reason.
    pub fn not_applicable(reason: impl Into<String>) -> Self {
        Self { not_applicable: Some(reason.into()), ..Self::default() }
    }

    /// Notes what was examined.
    pub fn saw(&mut self, message: impl Into<String>, location: Option<Location>) {
        self.evidence.push(Evidence { message: message.into(), location });
    }

    /// The verdict: that of the worst finding; a pass needs evidence, and nothing at all is indeterminate.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.not_applicable.is_some() {
            return Verdict::NotApplicable;
        }
        let good = if self.attested { Verdict::Attested } else { Verdict::Pass };
        let pass = (!self.evidence.is_empty()).then_some(good);
        fold(self.findings.iter().map(|finding| finding.verdict).chain(pass))
    }
}

/// A finding as its control words it.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Which of the control's rules, in kebab case; stable between versions.
    pub rule: String,
    /// `Fail`, `Manual` or `Indeterminate`.
    pub verdict: Verdict,
    /// One sentence, inert.
    pub message: String,
    /// Where.
    pub location: Location,
    /// How grave, when it differs from the control's severity.
    pub severity: Option<Severity>,
    /// How sure.
    pub confidence: Confidence,
    /// The text at the place, bounded and inert.
    pub excerpt: Option<String>,
    /// What identifies the finding beside rule and path when lines move, such as the expression or a host.
    pub key: String,
}

impl Draft {
    fn new(verdict: Verdict, rule: impl Into<String>, location: Location, message: impl Into<String>) -> Self {
        Self {
            rule: rule.into(),
            verdict,
            message: message.into(),
            location,
            severity: None,
            confidence: Confidence::Certain,
            excerpt: None,
            key: String::new(),
        }
    }

    /// A criterion is violated.
    pub fn fail(rule: impl Into<String>, location: Location, message: impl Into<String>) -> Self {
        Self::new(Verdict::Fail, rule, location, message)
    }

    /// A person has to decide.
    pub fn manual(rule: impl Into<String>, location: Location, message: impl Into<String>) -> Self {
        Self::new(Verdict::Manual, rule, location, message)
    }

    /// It could not be read or computed.
    pub fn indeterminate(rule: impl Into<String>, location: Location, message: impl Into<String>) -> Self {
        Self::new(Verdict::Indeterminate, rule, location, message)
    }

    /// Sets a severity of its own.
    #[must_use]
    pub const fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Sets how sure it is.
    #[must_use]
    pub const fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// Shows the text at the place; it also identifies the finding.
    #[must_use]
    pub fn excerpt(mut self, excerpt: impl Into<String>) -> Self {
        let excerpt = excerpt.into();
        if self.key.is_empty() {
            self.key.clone_from(&excerpt);
        }
        self.excerpt = Some(excerpt);
        self
    }

    /// Sets what identifies it beside rule and path.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }
}
