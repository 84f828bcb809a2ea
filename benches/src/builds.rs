//! What it takes to build: with everything that is below it, and the crate alone.

use crate::{Figures, work::Who};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Clock ticks a second in `/proc`, the same on every Linux that Rust runs on.
const TICKS: f64 = 100.0;

fn benches() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn target() -> PathBuf {
    benches().join("target/measured")
}

/// The program of one of the two clients, as small as cargo makes it.
pub fn program(who: Who) -> PathBuf {
    target().join("release").join(who.to_string())
}

fn cargo(folder: &Path, arguments: &[&str]) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(folder).args(arguments).env("CARGO_TARGET_DIR", target());
    cargo.env("CARGO_INCREMENTAL", "0").env("CARGO_PROFILE_RELEASE_STRIP", "true");
    cargo.env("CARGO_PROFILE_RELEASE_DEBUG", "none").stderr(Stdio::null());
    cargo
}

/// Builds both programs; the seconds of CPU that a clean build takes.
pub fn release() -> Figures {
    Figures::of(|who| {
        let _ = fs::remove_dir_all(target());
        let seconds = cpu(|| run(cargo(benches(), &["build", "--release", "--package", &who.to_string()])));
        let kept = benches().join("target").join(who.to_string());
        fs::copy(program(who), kept).expect("the program");
        seconds
    })
}

/// Builds the programs where they are not there yet.
pub fn programs() {
    for who in Who::BOTH {
        run(cargo(benches(), &["build", "--release", "--package", &who.to_string()]));
    }
}

/// Bytes of the stripped programs.
pub fn size() -> Figures {
    Figures::of(|who| fs::metadata(program(who)).expect("the program").len() as f64)
}

/// Crates that a build takes, those of the program itself not counted.
pub fn crates() -> Figures {
    Figures::of(|who| {
        let arguments = ["tree", "--edges", "no-dev", "--prefix", "none", "--package", &who.to_string()];
        let output = cargo(benches(), &arguments).output().expect("cargo tree");
        let text = String::from_utf8_lossy(&output.stdout).replace(" (*)", "").replace(" (proc-macro)", "");
        let mut lines: Vec<_> = text.lines().collect();
        lines.sort_unstable();
        lines.dedup();
        lines.len() as f64 - 1.0
    })
}

/// Seconds of CPU that the crate alone takes, its dependencies built.
pub fn alone(command: &str, features: &str) -> f64 {
    let project = benches().join("..");
    let arguments = [command, "--no-default-features", "--features", features];
    run(cargo(&project, &arguments));
    run(cargo(&project, &["clean", "--package", "connectory"]));
    cpu(|| run(cargo(&project, &arguments)))
}

fn run(mut command: Command) {
    let status = command.stdout(Stdio::null()).status().expect("cargo runs");
    assert!(status.success(), "{command:?}");
}

/// Seconds of CPU that finished children and theirs took.
fn cpu(work: impl FnOnce()) -> f64 {
    let children = || -> f64 {
        let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
        let (_, fields) = stat.rsplit_once(") ").expect("the program's name");
        fields.split(' ').skip(13).take(2).map(|ticks| ticks.parse::<f64>().expect("ticks")).sum()
    };
    let before = children();
    work();
    (children() - before) / TICKS
}
