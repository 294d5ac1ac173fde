//! The whole audit of a zip against a bare swc parse of the same scripts, in alternating pairs, with the same allocator
//! and the same number of threads: `cargo bench --bench audit -- corpus.zip [PAIRS]`.
//!
//! Prints the wall time of each run and the median ratio. Nothing is asserted: a timing is no test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::disallowed_methods)] // a benchmark

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use otaudit::evaluation::evaluate;
use otaudit::facts::{FACTS_SCHEMA, Facts, Silent, read_bundle};
use otaudit::inputs::{Bundle, Limits};
use otaudit::{policy, reports};
use swc_common::BytePos;
use swc_ecma_ast::EsVersion;
use swc_ecma_parser::{EsSyntax, Lexer, Parser, StringInput, Syntax};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    #[allow(unsafe_code)] // as in `main.rs`, for both
    // SAFETY: the option exists, and any number is valid for it.
    unsafe {
        libmimalloc_sys::mi_option_set(15, -1);
    }
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let Some(path) = arguments.next() else {
        println!("give a zip: cargo bench --bench audit -- corpus.zip [PAIRS]");
        return;
    };
    let pairs: usize = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(7);
    let archive = std::fs::read(&path).expect("a readable zip");
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut scripts = scripts(&archive);
    scripts.sort_by_key(|script| std::cmp::Reverse(script.len()));
    let bytes: usize = scripts.iter().map(String::len).sum();
    println!("{} scripts, {bytes} bytes, {threads} threads, {pairs} pairs after one warm-up", scripts.len());
    parse(&scripts, threads);
    audit(&archive, threads);
    let mut ratios = Vec::new();
    for _ in 0..pairs {
        let (bare, steps) = (parse(&scripts, threads), audit(&archive, threads));
        let whole = steps.iter().sum::<Duration>();
        let ratio = whole.as_secs_f64() / bare.as_secs_f64();
        let [policy, open, read, evaluate, write] = steps.map(|step| step.as_millis());
        println!(
            "parse {:.3} s   audit {:.3} s   ratio {ratio:.3}   (ms: policy {policy}, open {open}, read {read}, \
             evaluate {evaluate}, write {write})",
            bare.as_secs_f64(),
            whole.as_secs_f64()
        );
        ratios.push(ratio);
    }
    ratios.sort_by(f64::total_cmp);
    if let (Some(least), Some(median), Some(most)) = (ratios.first(), ratios.get(ratios.len() / 2), ratios.last()) {
        println!("ratio audit / parse: median {median:.3} ({least:.3}–{most:.3})");
    }
}

fn scripts(archive: &[u8]) -> Vec<String> {
    let limits = Limits::default();
    let bundle = Bundle::of_zip("bench".to_owned(), archive.to_vec(), &limits);
    let is_script = |path: &str| [".js", ".mjs", ".cjs"].iter().any(|ending| path.ends_with(ending));
    bundle
        .entries
        .iter()
        .filter(|entry| is_script(&entry.path))
        .map(|entry| String::from_utf8_lossy(&bundle.read(entry, &limits).expect("readable").bytes).into_owned())
        .collect()
}

/// Parses and drops every script, largest first; nothing else.
fn parse(scripts: &[String], threads: usize) -> Duration {
    let start = Instant::now();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(1 << 30).build().expect("threads");
    let next = AtomicUsize::new(0);
    pool.broadcast(|_| {
        while let Some(script) = scripts.get(next.fetch_add(1, Ordering::Relaxed)) {
            let end = BytePos(u32::try_from(script.len()).expect("less than 4 GiB") + 1);
            let syntax = Syntax::Es(EsSyntax::default());
            let lexer = Lexer::new(syntax, EsVersion::EsNext, StringInput::new(script, BytePos(1), end), None);
            drop(Parser::new_from(lexer).parse_program());
        }
    });
    start.elapsed()
}

/// Zip in, JSON out; the time of each step: policy, opening, reading, evaluation, writing.
fn audit(archive: &[u8], threads: usize) -> [Duration; 5] {
    let begin = Instant::now();
    let text = policy::builtin("default").expect("built in");
    let policy = policy::load("default", text, &|_| None).expect("sound");
    let loaded = Instant::now();
    let bundle = Bundle::of_zip("bench".to_owned(), archive.to_vec(), &policy.limits);
    let opened = Instant::now();
    let facts = read_bundle(&bundle, &policy.limits, threads, &Silent).expect("threads");
    let read = Instant::now();
    let facts = Facts { schema: FACTS_SCHEMA, bundle: Some(facts), ..Facts::default() };
    let report = evaluate(&facts, &policy, jiff::Timestamp::UNIX_EPOCH);
    let evaluated = Instant::now();
    let json = reports::format("json").expect("built in");
    let mut out = Vec::new();
    (json.write)(&report, &reports::Style::default(), &mut out).expect("memory");
    let written = Instant::now();
    [loaded - begin, opened - loaded, read - opened, evaluated - read, written - evaluated]
}
