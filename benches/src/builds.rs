//! What it takes to build: with everything that is below it, and the crate alone.

use crate::{Figures, work::Who};
use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Clock ticks a second in `/proc`, the same on every Linux that Rust runs on.
const TICKS: f64 = 100.0;

fn benches() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn target(of: &str) -> PathBuf {
    benches().join("target/measured").join(of)
}

/// Who has a program in `apps/`.
pub const PROGRAMS: [Who; 3] = [Who::Reqwest, Who::Hyper, Who::Hand];

/// The program of one of the clients, as small as cargo makes it.
pub fn program(who: Who) -> PathBuf {
    let name = who.to_string();
    target(&name).join("release").join(name)
}

fn cargo(folder: &Path, target: PathBuf, arguments: &[&str]) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(folder).args(arguments).env("CARGO_TARGET_DIR", target);
    cargo.env("CARGO_INCREMENTAL", "0").env("CARGO_PROFILE_RELEASE_STRIP", "true");
    cargo.env("CARGO_PROFILE_RELEASE_DEBUG", "none").stderr(Stdio::null());
    cargo
}

/// Builds the programs anew: the seconds of CPU that it takes, with all that is below them.
pub fn release() -> Figures {
    Figures::of(|who| {
        PROGRAMS.contains(&who).then(|| {
            let _ = fs::remove_dir_all(target(&who.to_string()));
            cpu(|| build(who))
        })
    })
}

/// Builds the programs where they are not there yet.
pub fn programs() {
    PROGRAMS.into_iter().for_each(build);
}

fn build(who: Who) {
    let name = who.to_string();
    run(cargo(benches(), target(&name), &["build", "--release", "--package", &name]));
}

/// Bytes of the stripped programs.
pub fn size() -> Figures {
    Figures::of(|who| {
        PROGRAMS.contains(&who).then(|| fs::metadata(program(who)).expect("the program").len() as f64)
    })
}

/// Crates that are linked with connectory and one vendor, itself counted, and with the program by hand.
pub fn crates() -> Figures {
    Figures::of(|who| {
        let (manifest, features) = match who {
            Who::Reqwest => ("../Cargo.toml", "reqwest,rustls,codat"),
            Who::Hyper => ("../Cargo.toml", "hyper,rustls,codat"),
            Who::Hand => ("apps/hand/Cargo.toml", ""),
            Who::Bare => return None,
        };
        let manifest = benches().join(manifest);
        let manifest = manifest.to_string_lossy();
        let arguments = [
            "tree",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--manifest-path",
            &manifest,
            "--no-default-features",
            "--features",
            features,
        ];
        let output = cargo(benches(), target("tree"), &arguments).output().expect("cargo tree");
        let text = String::from_utf8_lossy(&output.stdout);
        let names = text.lines().filter_map(|line| line.split(" (").next());
        Some(names.collect::<BTreeSet<_>>().len() as f64)
    })
}

/// Seconds of CPU that the crate alone takes, its dependencies built.
pub fn alone(command: &str, features: &str) -> f64 {
    let project = benches().join("..");
    let arguments = [command, "--no-default-features", "--features", features];
    let cargo = |arguments: &[&str]| cargo(&project, target("alone"), arguments);
    run(cargo(&arguments));
    run(cargo(&["clean", "--package", "connectory"]));
    cpu(|| run(cargo(&arguments)))
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
