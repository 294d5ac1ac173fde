//! What the app's CI files and scripts do to updates: which commands publish them, with which checks switched off, on which
//! triggers, behind which gate, and with which secrets in the open. Nothing is run and nothing is expanded; a comment is
//! never read.

mod commands;
mod gates;
mod github;
mod leaks;
mod pipelines;
mod places;
mod read;
mod tools;
mod words;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_truth_automation;

use serde::Serialize;

use crate::model::{Fact, Position};

pub use read::read_automation;

/// What was found in one folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Automation {
    /// Every file, in the order of paths.
    pub files: Vec<AutomationFile>,
    /// There were more files than are read.
    pub cut: bool,
}

impl Automation {
    /// All commands that make or deliver updates, each with its file.
    pub fn publishes(&self) -> impl Iterator<Item = (&AutomationFile, &Publish)> {
        self.files.iter().flat_map(|file| file.publishes.iter().map(move |publish| (file, publish)))
    }
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AutomationFile {
    /// Its path, relative to the folder.
    pub path: String,
    /// What reads it.
    pub kind: AutomationKind,
    /// Whether it could be read; where its structure could not, its commands were still looked for line by line.
    pub state: Fact<()>,
    /// What starts it: GitHub's `on`, and its like elsewhere.
    pub triggers: Vec<Trigger>,
    /// GitHub's `permissions` for all jobs.
    pub permissions: Vec<Permission>,
    /// Its jobs, with what protects them.
    pub jobs: Vec<Job>,
    /// Commands that make, sign or deliver updates.
    pub publishes: Vec<Publish>,
    /// Commands that check an update before it goes out.
    pub gates: Vec<Gate>,
    /// Tokens and keys that are given to update systems, and where they come from.
    pub tokens: Vec<TokenUse>,
    /// Secrets of known providers that stand in it; their texts are not kept.
    pub literals: Vec<LiteralSecret>,
    /// Secrets that are written to files, or to the log.
    pub leaks: Vec<Leak>,
    /// Settings that switch checks off for other programs, such as `NODE_TLS_REJECT_UNAUTHORIZED=0`.
    pub weakenings: Vec<Weakening>,
}

/// A command that checks an update: `otaudit check`, `otaudit verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gate {
    /// The program and its command.
    pub command: String,
    /// Where the program's name stands.
    pub position: Position,
    /// The job, or the script of `package.json`.
    pub job: Option<String>,
    /// Whether what follows runs although it failed: `|| true`, GitHub's `continue-on-error`.
    pub ignored: bool,
}

/// What reads a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AutomationKind {
    /// A workflow of GitHub Actions.
    GithubWorkflow,
    /// An action of GitHub Actions.
    GithubAction,
    /// GitLab CI.
    Gitlab,
    /// Bitrise.
    Bitrise,
    /// Azure Pipelines.
    Azure,
    /// CircleCI.
    Circle,
    /// Codemagic.
    Codemagic,
    /// Bitbucket Pipelines.
    Bitbucket,
    /// Another CI system whose files are YAML.
    OtherYaml,
    /// A shell script, a Makefile or a justfile; App Center's build scripts too.
    Shell,
    /// fastlane's Fastfile.
    Fastfile,
    /// The scripts of `package.json`, which hold Capacitor's hooks (`cli/src/common.ts`, `runHooks`).
    PackageJson,
}

/// What starts a file's jobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trigger {
    /// What happens.
    pub kind: TriggerKind,
    /// The event as the file names it.
    pub name: String,
    /// Branches, tags and types it is limited to, as they are written.
    pub limits: Vec<String>,
    /// Where.
    pub position: Position,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TriggerKind {
    /// Something is pushed.
    Push,
    /// A pull request, with no secrets where it comes from a fork.
    PullRequest,
    /// GitHub's `pull_request_target`: with secrets, also for a stranger's pull request.
    PullRequestTarget,
    /// GitHub's other events that strangers cause and that run with secrets: `issue_comment`, `workflow_run`, `issues`.
    Stranger,
    /// A release is published.
    Release,
    /// A clock.
    Schedule,
    /// A person starts it.
    Manual,
    /// Another workflow starts it.
    Called,
    /// Anything else.
    Other,
}

/// One permission of GitHub's token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Permission {
    /// `contents`, `id-token`; `*` for `write-all` and `read-all`.
    pub scope: String,
    /// `read`, `write`, `none`.
    pub access: String,
    /// Where.
    pub position: Position,
}

/// One job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Job {
    /// Its name.
    pub name: String,
    /// Where it begins.
    pub position: Position,
    /// The environment it is protected by: a file shows its name only, never its rules.
    pub environment: Option<Named>,
    /// A step by a person: `when: manual`, `type: approval`, `ManualValidation`.
    pub approval: Option<Named>,
    /// GitHub's `permissions` of this job.
    pub permissions: Vec<Permission>,
    /// What it uses of others.
    pub uses: Vec<ActionUse>,
    /// A checkout of a stranger's code: `ref: ${{ github.event.pull_request.head.sha }}`.
    pub foreign_checkout: Option<Position>,
    /// Scripts of `package.json` that it runs.
    pub scripts: Vec<Named>,
    /// Whether its failure stops nothing: GitHub's `continue-on-error`, GitLab's `allow_failure`.
    pub may_fail: bool,
    /// Whether it delivers updates, by a command of its own or by a script of `package.json`.
    pub publishes: bool,
}

/// A name and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The name, as it is written.
    pub name: String,
    /// Where.
    pub position: Position,
}

/// An action, a reusable workflow, an image, an orb.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActionUse {
    /// Without its reference: `owner/name`.
    pub name: String,
    /// What stands after the `@`.
    pub reference: String,
    /// How fast it is held.
    pub pin: Pin,
    /// Whether it is GitHub's own (`actions/…`, `github/…`).
    pub first_party: bool,
    /// Where.
    pub position: Position,
}

/// How fast an action is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pin {
    /// By 40 hexadecimal digits of a commit, or by the digest of an image.
    Digest,
    /// By a tag or a branch, which its owner can move.
    Movable,
    /// It is in this repository.
    Local,
    /// By an expression.
    Unknown,
}

/// A command that makes, signs or delivers an update.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Publish {
    /// The update system: `capgo`, `capawesome`, `codepush`, `expo`, `otakit`, `ionic`, `chcp`.
    pub system: &'static str,
    /// What it does.
    pub action: PublishAction,
    /// The program and its command, such as `capgo bundle upload`.
    pub command: String,
    /// Where the program's name stands.
    pub position: Position,
    /// The job, or the script of `package.json`.
    pub job: Option<String>,
    /// How it is signed.
    pub signing: Signing,
    /// The channel.
    pub channel: Option<Value>,
    /// To how many devices it goes at first.
    pub rollout: Option<Value>,
    /// Options that switch checks off.
    pub weakenings: Vec<Weakening>,
}

/// What a command does to an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublishAction {
    /// Sends it to the update system.
    Upload,
    /// Tells the update system where it is.
    Register,
    /// Gives devices one that is there already.
    Promote,
    /// Makes the archive.
    Package,
    /// Encrypts it, and signs it where the system does both in one.
    Encrypt,
    /// Makes a list of its files.
    Manifest,
}

impl PublishAction {
    /// Whether devices may get it by this.
    #[must_use]
    pub const fn delivers(self) -> bool {
        matches!(self, Self::Upload | Self::Register | Self::Promote)
    }
}

/// How a command says that it signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Signing {
    /// With a key that is named.
    Key {
        /// The option.
        option: String,
        /// The key.
        value: Value,
    },
    /// Not at all, by an option.
    Refused {
        /// The option.
        option: String,
        /// Where.
        position: Position,
    },
    /// No option says so. Capgo's program then takes `.capgo_key_v2` where it lies in the folder; the others don't sign.
    NotNamed,
    /// The command does not sign.
    NotApplicable,
}

/// A value of an option or a variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Value {
    /// Where it comes from.
    pub source: ValueSource,
    /// Where it stands.
    pub position: Position,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "from")]
pub enum ValueSource {
    /// The CI system's store of secrets.
    SecretStore {
        /// The secret's name.
        name: String,
    },
    /// A variable, whose value is set elsewhere.
    Variable {
        /// Its name.
        name: String,
    },
    /// It stands here; where it may be a secret, only its begin, end and length are kept.
    Literal {
        /// The text.
        text: String,
    },
    /// It is put together from several.
    Computed,
}

/// An option or a variable that switches a check off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Weakening {
    /// As it is written.
    pub option: String,
    /// What it does.
    pub effect: &'static str,
    /// Where.
    pub position: Position,
}

/// A token or key that an update system is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TokenUse {
    /// The option or the variable.
    pub name: String,
    /// Its value.
    pub value: Value,
}

/// A secret of a known provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LiteralSecret {
    /// What it is, without its text.
    pub secret: crate::facts::secrets::SecretFact,
    /// Where.
    pub position: Position,
}

/// A secret that leaves the CI system's store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Leak {
    /// How.
    pub kind: LeakKind,
    /// The secret's or variable's name, or the file's.
    pub name: String,
    /// The file it is written to.
    pub target: Option<String>,
    /// Where the secret stands.
    pub position: Position,
}

/// How a secret leaves the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeakKind {
    /// It is written to a file.
    File,
    /// It is written to the log.
    Log,
}
