//! Own small CI files.

use super::read::read_file;
use super::*;

fn at(line: u32, column: u32) -> Position {
    Position { line, column }
}

const WORKFLOW: &str = r#"name: OTA
on:
  pull_request_target:
    types: [opened]
  push: { branches: [main] }
permissions: write-all
env:
  NODE_TLS_REJECT_UNAUTHORIZED: 0
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: { name: production }
    steps:
      - uses: actions/checkout@v4
        with: { ref: "${{ github.event.pull_request.head.sha }}" }
      - uses: someone/thing@0123456789abcdef0123456789abcdef01234567
      - uses: other/thing@main
      # - run: npx @capgo/cli bundle upload --no-key
      - run: |
          # npx @capgo/cli bundle upload --no-key
          echo "${{ secrets.KEY }}" > key.pem
          npx @capgo/cli@latest bundle upload com.example.app \
            --channel production --apikey 1b2c3d4e-0000-1111-2222-333344445555 \
            --ignore-checksum-check # --no-code-check
      - name: folded
        run: >-
          npx capawesome apps:liveupdates:upload
          --private-key key.pem
          --rollout-percentage 10
      - run: "npm run ship"
      - run: npm install @capgo/cli && echo "npx @capgo/cli bundle upload"
        env:
          CAPGO_TOKEN: ${{ secrets.CAPGO_TOKEN }}
"#;

#[test]
fn a_workflow_is_read_with_its_places() {
    let file = read_file("a.yml", AutomationKind::GithubWorkflow, WORKFLOW);
    assert_eq!(file.state, Fact::Known(()));
    let triggers: Vec<_> = file.triggers.iter().map(|one| (one.kind, one.position, one.limits.len())).collect();
    assert_eq!(triggers, [(TriggerKind::PullRequestTarget, at(3, 3), 1), (TriggerKind::Push, at(5, 3), 1)]);
    assert_eq!((&*file.permissions[0].scope, &*file.permissions[0].access), ("*", "write"));
    assert_eq!(file.weakenings[0].option, "NODE_TLS_REJECT_UNAUTHORIZED=0");
    assert_eq!(file.weakenings[0].position, at(8, 33));
    let job = &file.jobs[0];
    assert_eq!((&*job.name, job.foreign_checkout), ("deploy", Some(at(15, 22))));
    assert_eq!(job.environment.as_ref().map(|one| &*one.name), Some("production"));
    let pins: Vec<_> = job.uses.iter().map(|one| (one.pin, one.first_party)).collect();
    assert_eq!(pins, [(Pin::Movable, true), (Pin::Digest, false), (Pin::Movable, false)]);
    assert_eq!(job.scripts.iter().map(|one| &*one.name).collect::<Vec<_>>(), ["ship"]);

    assert_eq!(file.publishes.len(), 2, "{:#?}", file.publishes);
    let capgo = &file.publishes[0];
    assert_eq!((capgo.system, capgo.action, capgo.position), ("capgo", PublishAction::Upload, at(22, 15)));
    assert_eq!((&*capgo.command, &capgo.signing), ("@capgo/cli@latest bundle upload", &Signing::NotNamed));
    assert_eq!(capgo.weakenings.len(), 1);
    assert_eq!((&*capgo.weakenings[0].option, capgo.weakenings[0].position), ("--ignore-checksum-check", at(24, 13)));
    let capawesome = &file.publishes[1];
    assert_eq!((capawesome.system, capawesome.position), ("capawesome", at(27, 15)));
    assert!(
        matches!(&capawesome.signing, Signing::Key { option, value } if option == "--private-key" && value.position == at(28, 25))
    );
    assert!(capawesome.rollout.is_some());

    let tokens: Vec<_> = file.tokens.iter().map(|one| (&*one.name, one.value.position)).collect();
    assert_eq!(tokens, [("--apikey", at(23, 43)), ("CAPGO_TOKEN", at(33, 24))]);
    assert!(matches!(&file.tokens[0].value.source, ValueSource::Literal { text } if !text.contains("0000")));
    assert!(matches!(&file.tokens[1].value.source, ValueSource::SecretStore { name } if name == "CAPGO_TOKEN"));
    assert_eq!(file.leaks.len(), 1);
    assert_eq!((file.leaks[0].kind, file.leaks[0].target.as_deref()), (LeakKind::File, Some("key.pem")));
    assert_eq!(file.leaks[0].position, at(21, 16));
}

#[test]
fn gitlab_reads_aliases_where_they_are_written() {
    let text = ".ship: &ship\n  script:\n    - npx otakit upload --release beta\ndeploy:\n  <<: *ship\n  environment: prod\n  when: manual\n  rules:\n    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"\nb:\n  script: !reference [.ship, script]\n";
    let file = read_file(".gitlab-ci.yml", AutomationKind::Gitlab, text);
    assert_eq!(file.state, Fact::Known(()));
    let places: Vec<_> = file.publishes.iter().map(|one| (one.job.as_deref(), one.position)).collect();
    assert_eq!(places, [(Some(".ship"), at(3, 11)), (Some("deploy"), at(3, 11))]);
    let deploy = file.jobs.iter().find(|job| job.name == "deploy").unwrap();
    assert!(deploy.approval.is_some() && deploy.environment.is_some());
    assert_eq!(file.triggers[0].kind, TriggerKind::PullRequest);
}

#[test]
fn other_systems_are_walked() {
    let bitrise = "trigger_map:\n- push_branch: main\nworkflows:\n  ship:\n    steps:\n    - script@1:\n        inputs:\n        - content: |\n            appcenter codepush release-cordova -a o/a -d Production\n            code-push release app ./www 1.0.0 -k key.pem\n";
    let file = read_file("bitrise.yml", AutomationKind::Bitrise, bitrise);
    let found: Vec<_> = file.publishes.iter().map(|one| (one.system, one.job.as_deref(), one.position.line)).collect();
    assert_eq!(found, [("codepush", Some("ship"), 9), ("codepush", Some("ship"), 10)]);
    assert_eq!(file.triggers[0].kind, TriggerKind::Push);
    let circle = "jobs:\n  deploy:\n    steps:\n      - run: eas update --channel x\n      - run:\n          name: y\n          command: npx ionic live-update manifest\nworkflows:\n  w:\n    jobs:\n      - hold: {type: approval}\n      - deploy: {requires: [hold]}\n";
    let file = read_file("c.yml", AutomationKind::Circle, circle);
    assert_eq!(file.publishes.iter().map(|one| one.system).collect::<Vec<_>>(), ["expo", "ionic"]);
    assert!(file.jobs[0].approval.is_some());
    let azure = "trigger: [main]\npr: none\nstages:\n- stage: s\n  jobs:\n  - deployment: d\n    environment: prod\n    strategy:\n      runOnce:\n        deploy:\n          steps:\n          - script: npx @capgo/cli bundle upload -a $(CAPGO) --no-key\n";
    let file = read_file("azure-pipelines.yml", AutomationKind::Azure, azure);
    assert_eq!(file.publishes[0].job.as_deref(), Some("d"));
    assert!(matches!(&file.publishes[0].signing, Signing::Refused { .. }));
    assert!(matches!(&file.tokens[0].value.source, ValueSource::Variable { name } if name == "CAPGO"));
    assert_eq!(file.triggers.len(), 1);
    assert!(file.jobs.iter().any(|job| job.name == "d" && job.environment.is_some()), "{:?}", file.jobs);
    let magic = "workflows:\n  w:\n    triggering:\n      events: [push, pull_request]\n    scripts:\n      - name: x\n        script: npx capgo bundle upload --key-data-v2 \"$CAPGO_KEY\"\n      - otakit upload\n";
    let file = read_file("codemagic.yaml", AutomationKind::Codemagic, magic);
    assert_eq!(file.publishes.len(), 2);
    assert!(
        matches!(&file.publishes[0].signing, Signing::Key { value, .. } if value.source == ValueSource::Variable { name: "CAPGO_KEY".to_owned() })
    );
}

#[test]
fn scripts_of_a_package_and_fastlane_are_read() {
    let text = "{\n  \"scripts\": {\n    \"ship\": \"echo \\\"x\\\" && capgo bundle upload --no-code-check\",\n    \"capacitor:sync:after\": \"npm run ship\"\n  }\n}";
    let file = read_file("package.json", AutomationKind::PackageJson, text);
    assert_eq!(file.publishes[0].position, at(3, 28));
    assert_eq!(file.publishes[0].job.as_deref(), Some("ship"));
    assert_eq!(file.jobs[1].scripts[0].name, "ship");
    let ruby = "lane :live do\n  # sh \"npx @capgo/cli bundle upload\"\n  sh(\"npx\", CLI, \"apps:liveupdates:upload\",\n     \"--app-id\", ENV[\"ID\"],\n     \"--private-key\", ENV[\"CAPAWESOME_KEY\"])\n  sh \"otakit upload #{version}\"\nend\n";
    let file = read_file("fastlane/Fastfile", AutomationKind::Fastfile, ruby);
    assert_eq!(file.publishes.len(), 2, "{:#?}", file.publishes);
    assert_eq!(file.publishes[0].position.line, 3);
    assert!(matches!(&file.publishes[0].signing, Signing::Key { .. }));
}

#[test]
fn a_script_of_a_package_makes_its_job_a_publishing_one() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join(".github/workflows")).unwrap();
    std::fs::write(
        folder.path().join(".github/workflows/a.yml"),
        WORKFLOW.replace("capgo", "x").replace("apps:", "y:"),
    )
    .unwrap();
    std::fs::write(
        folder.path().join("package.json"),
        r#"{"scripts": {"ship": "yarn send", "send": "bash -c 'npx @capgo/cli bundle upload'"}}"#,
    )
    .unwrap();
    let found = read_automation(folder.path());
    let workflow = &found.files[0];
    assert_eq!(workflow.publishes.len(), 0);
    assert!(workflow.jobs[0].publishes);
    assert_eq!(found.publishes().count(), 1);
}

#[test]
fn broken_files_are_still_looked_through() {
    let text = "jobs:\n  a: [\n   - run: npx @capgo/cli bundle upload\n";
    let file = read_file("a.yml", AutomationKind::GithubWorkflow, text);
    assert!(matches!(file.state, Fact::Unreadable(_)));
    assert_eq!(file.publishes.len(), 1);
}

#[test]
fn secrets_in_the_log_and_in_here_documents_are_told() {
    let text = "echo $CAPGO_PRIVATE_KEY\ncat .capgo_key_v2\necho $KEY | docker login --password-stdin\ncat > .env <<EOF\nA=${{ secrets.A }}\nnpx @capgo/cli bundle upload\nEOF\necho \"::add-mask::$TOKEN\"\necho $KEY | base64 -d > a.jks\n";
    let file = read_file("a.sh", AutomationKind::Shell, text);
    let leaks: Vec<_> = file.leaks.iter().map(|leak| (leak.kind, leak.position.line)).collect();
    assert_eq!(leaks, [(LeakKind::Log, 1), (LeakKind::Log, 2), (LeakKind::File, 5), (LeakKind::File, 9)]);
    assert_eq!(file.publishes, []);
}

#[test]
fn hostile_files_end() {
    for kind in
        [AutomationKind::GithubWorkflow, AutomationKind::Gitlab, AutomationKind::Fastfile, AutomationKind::PackageJson]
    {
        for text in
            ["- [", "a: &a [*a]", "${{", "'", "sh(", "on: {", "\u{feff}", "a: |\n", "{\"scripts\":{\"a\":\"'\"}}"]
        {
            read_file("x", kind, text);
            read_file("x", kind, &text.repeat(5_000));
        }
    }
    let long = format!(
        "jobs:\n  a:\n    steps:\n      - run: |\n{}",
        "          npx capgo bundle upload --no-key '\n".repeat(20_000)
    );
    assert_eq!(read_file("x", AutomationKind::GithubWorkflow, &long).publishes.len(), 1_000);
}

#[test]
fn gates_are_told_with_whether_they_stop_anything() {
    let text = "npx otaudit@1 check www --app . && x\notaudit --jobs 2 verify a.zip || true\notaudit check || exit 1\necho otaudit check\notaudit rules\nnpm i otaudit check\n";
    let file = read_file("a.sh", AutomationKind::Shell, text);
    let gates: Vec<_> = file.gates.iter().map(|gate| (&*gate.command, gate.position, gate.ignored)).collect();
    assert_eq!(
        gates,
        [("otaudit check", at(1, 5), false), ("otaudit verify", at(2, 1), true), ("otaudit check", at(3, 1), false),]
    );
    let steps = "jobs:\n  a:\n    continue-on-error: true\n    steps:\n      - run: otaudit check a\n        continue-on-error: true\n      - run: otaudit check b\n";
    let file = read_file("a.yml", AutomationKind::GithubWorkflow, steps);
    assert!(file.jobs[0].may_fail);
    assert_eq!(file.gates.iter().map(|gate| gate.ignored).collect::<Vec<_>>(), [true, false]);
    let many = "otaudit check ".repeat(50_000);
    assert!(read_file("a.sh", AutomationKind::Shell, &many).gates.len() <= 1_000);
}
