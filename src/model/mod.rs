//! Floor 0, the words every other floor speaks: verdicts, severities, places, digests, findings, the report.

mod digest;
mod fact;
mod finding;
mod inert;
mod location;
mod problem;
mod report;
mod severity;
mod verdict;

pub use digest::Digest;
pub use fact::Fact;
pub use finding::{Evidence, Finding};
pub use inert::{escape, excerpt, mask, printable, shorten};
pub use location::{LineIndex, Location, Position, Root};
pub use problem::{Label, Problem};
pub use report::{
    AppSubject, Assessment, AttestationNote, AttestationState, BundleDigest, BundleSubject, ClauseNote, Completeness,
    Counts, Deviation, ExceptionNote, ExceptionState, FrameworkNote, Gate, GateResult, Mapping, NotExamined, Part,
    PolicySubject, REPORT_SCHEMA, ReleaseSubject, Report, ScopeNote, Settings, StatedEvidence, Subject, Tool,
};
pub use severity::{Assurance, Confidence, Severity};
pub use verdict::{Verdict, fold};
