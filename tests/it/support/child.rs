use std::process::Command;

const MARK: &str = "CONNECTORY_TEST_CHILD";

/// Runs a test in a process of its own.
pub fn run<F: FnOnce()>(test: F) {
    run_with(|_| (), test);
}

/// Runs a test in a process of its own, with the environment that `prepare` gives it.
///
/// To be called with a closure of the test itself, whose name it takes from there. Gives whether this is the process
/// that started the other.
#[track_caller]
pub fn run_with<F: FnOnce()>(prepare: impl FnOnce(&mut Command), test: F) -> bool {
    if std::env::var_os(MARK).is_some() {
        test();
        return false;
    }
    let closure = std::any::type_name::<F>();
    let (name, _) = closure.split_once("::{{closure}}").unwrap();
    let (_, name) = name.split_once("::").unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture"]).env(MARK, "1");
    prepare(&mut command);
    let output = command.output().unwrap();
    let said =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(output.status.success() && said.contains("1 passed"), "{name}: {said}");
    true
}

/// The process's greatest resident memory so far, in bytes.
#[cfg(target_os = "linux")]
pub fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

/// How far that has grown since it was `before`, in bytes.
///
/// The kernel adds up what each processor counts only now and then, so a later figure can be a little lower.
#[cfg(target_os = "linux")]
pub fn growth(before: usize) -> usize {
    peak().saturating_sub(before)
}
