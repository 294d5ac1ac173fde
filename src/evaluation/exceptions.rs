//! Exceptions stand beside a verdict and never change it; those that expired or matched nothing are told.

use jiff::civil::Date;

use crate::model::{Assessment, Digest, ExceptionNote, ExceptionState};
use crate::policy::{Exception, Standing};

/// The policy's exceptions, and how often each accepted a finding.
pub struct Register<'a> {
    exceptions: Vec<(&'a Exception, usize)>,
    today: Date,
    bundle: Option<Digest>,
}

impl<'a> Register<'a> {
    pub fn new(exceptions: &'a [Exception], today: Date, bundle: Option<Digest>) -> Self {
        Self { exceptions: exceptions.iter().map(|exception| (exception, 0)).collect(), today, bundle }
    }

    /// Marks the findings that an exception in force accepts.
    pub fn apply(&mut self, assessment: &mut Assessment) {
        for finding in &mut assessment.findings {
            for (exception, accepted) in &mut self.exceptions {
                if exception.state_on(self.today) == Standing::InForce
                    && exception.covers(
                        &assessment.control,
                        &finding.location.path,
                        &finding.fingerprint,
                        self.bundle.as_ref(),
                    )
                {
                    finding.exception = Some(exception.id.clone());
                    *accepted += 1;
                    break;
                }
            }
        }
        let first = assessment.findings.first().and_then(|finding| finding.exception.clone());
        if assessment.findings.iter().all(|finding| finding.exception.is_some()) {
            assessment.exception = first;
        }
    }

    /// What became of each.
    pub fn notes(&self) -> Vec<ExceptionNote> {
        self.exceptions
            .iter()
            .map(|(exception, accepted)| ExceptionNote {
                id: exception.id.clone(),
                control: exception.control.clone(),
                owner: exception.owner.clone(),
                reason: exception.reason.clone(),
                expires: exception.expires.to_string(),
                state: state(exception, *accepted, self.today),
                findings: *accepted,
                approver: exception.approver.clone(),
                compensating_control: exception.compensating_control.clone(),
                risk_acceptance: exception.risk_acceptance.clone(),
                start: exception.start.map(|day| day.to_string()),
                renewals: exception.renewals(),
            })
            .collect()
    }
}

fn state(exception: &Exception, accepted: usize, today: Date) -> ExceptionState {
    match exception.state_on(today) {
        Standing::Expired => ExceptionState::Expired,
        Standing::Pending => ExceptionState::Pending,
        Standing::InForce if accepted == 0 => ExceptionState::Unmatched,
        Standing::InForce => ExceptionState::Applied,
    }
}
