//! The door: hands the arguments to the library and its exit code to the system.

use std::process::ExitCode;

/// Parsing spends a third less CPU than with glibc's allocator (`benches/audit.rs`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The number of mimalloc's option for how long freed memory is kept, in milliseconds (`mi_option_purge_delay` in its
/// `mimalloc.h`, version 3); -1 is for as long as the process runs.
const PURGE_DELAY: std::ffi::c_int = 15;

fn main() -> ExitCode {
    // An audit takes and frees the trees of thousands of scripts within seconds. Giving their pages back to the system in
    // between, only to have them cleared and mapped again, took a fifth of the time of a large audit.
    #[allow(unsafe_code)] // the one call that no safe interface offers; it sets a number before anything else runs
    // SAFETY: the option exists, and any number is valid for it; no other thread runs yet.
    unsafe {
        libmimalloc_sys::mi_option_set(PURGE_DELAY, -1);
    }
    otaudit::cli::run(std::env::args_os())
}
