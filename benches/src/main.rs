//! What a call costs on either transport beside one made by hand, with reqwest and with hyper: `cargo run --release`, and one table comes out.
//!
//! Arguments choose parts of it: `calls`, `throughput`, `lists`, `start`, `time`, `events`, `builds`. The first two say what one
//! call costs, in some minutes.

mod bare;
mod builds;
mod events;
mod hand;
mod measure;
mod ours;
mod server;
mod work;

use measure::Count;
use std::{env, process::Command};
use work::{Who, Work};

/// The same measure of each client; not every one has it.
#[derive(Clone, Copy)]
pub struct Figures([Option<f64>; Who::ALL.len()]);

impl Figures {
    fn of(measure: impl Fn(Who) -> Option<f64>) -> Self {
        Self(Who::ALL.map(measure))
    }

    fn get(self, who: Who) -> Option<f64> {
        self.0[who as usize]
    }

    /// What `compare` makes of each of ours and of that by hand.
    fn compared(self, compare: fn(f64, f64) -> f64) -> [Option<f64>; 2] {
        [Who::Reqwest, Who::Hyper].map(|who| Some(compare(self.get(who)?, self.get(Who::Hand)?)))
    }
}

fn main() {
    let mut arguments = env::args().skip(1).peekable();
    if arguments.next_if(|first| first == "worker").is_some() {
        return measure::worker(arguments).expect("a client, its work, how often");
    }
    let chosen: Vec<String> = arguments.collect();
    println!(
        "| | on reqwest | on hyper | by hand | bare hyper | beside that by hand: on reqwest | on hyper | goals |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|");
    type Part = (&'static str, fn());
    const PARTS: [Part; 7] = [
        ("calls", calls),
        ("throughput", throughput),
        ("lists", lists),
        ("start", start),
        ("time", time),
        ("events", events),
        ("builds", builds),
    ];
    for (name, part) in PARTS {
        if chosen.is_empty() || chosen.iter().any(|chosen| chosen == name) {
            part();
        }
    }
}

fn calls() {
    let rows = [
        (Work::Get, "GET of one connection, 4.6 kB", "at most 0.92, 0.80"),
        (Work::List(100), "GET of a list of 100", "at most 0.95"),
        (Work::Patch, "PATCH of a connection", "at most 0.95"),
        (Work::Post, "a small POST", "at most 1.03, 0.62"),
        (Work::Token, "GET of a Codat token", "at most 1.03"),
        (Work::Refused, "a 422", "at most 1.10"),
    ];
    for (work, name, goal) in rows {
        let (few, many) = if let Work::List(_) = work { (2, 22) } else { (100, 600) };
        let [instructions, allocations] =
            [Count::Instructions, Count::Allocations].map(|count| count.each(work, few, many));
        ratio(&format!("{name}: instructions"), instructions, 1.0, goal);
        difference(&format!("{name}: allocations"), allocations, 1.0, "at most +0");
    }
}

fn throughput() {
    let rows = [(Work::Get, "GET", "at least 0.93, 1.15"), (Work::Post, "POST", "at least 0.97, 1.05")];
    for (work, name, goal) in rows {
        for (tasks, goal) in [(1, ""), (64, goal)] {
            let rates = measure::throughput(work, tasks);
            ratio(&format!("{name}, {tasks} at a time: calls a second"), rates, 1.0, goal);
        }
    }
}

fn lists() {
    for (count, few, many) in [(1, 100, 1100), (100, 2, 22), (10_000, 0, 2)] {
        let decoded = Count::Instructions.each(Work::Decode(count), few, many);
        ratio(&format!("decode {count} connections: thousand instructions"), decoded, 1e3, "");
    }
    let listed = Count::Instructions.each(Work::List(10_000), 1, 3);
    ratio("GET of a list of 10000: thousand instructions", listed, 1e3, "");
    for count in [100, 10_000] {
        let work = Work::List(count);
        let held = work.answer().len() as f64;
        let peak = Figures::of(|who| Some(Count::Peak.of(&measure::worker_command(who, work, 1)) - held));
        ratio(&format!("list {count} connections: peak kB without the server's"), peak, 1e3, "at most 1.05");
    }
}

fn start() {
    builds::programs();
    let base = format!("http://{}", server::answering("200 OK", r#"{"accessToken":"token"}"#.to_owned()));
    let programs = builds::PROGRAMS.map(|who| {
        let mut program = Command::new(builds::program(who));
        program.arg(&base);
        (who, program)
    });
    let times = measure::start(&programs);
    ratio("process start to first answer: ms", times, 1e-3, "at most 1.10");
    let counted = Figures::of(|who| {
        let (_, program) = programs.iter().find(|(known, _)| *known == who)?;
        Some(Count::Instructions.of(program))
    });
    ratio("process start to its end: thousand instructions", counted, 1e3, "");
}

fn time() {
    let overrun = measure::overrun().as_secs_f64() * 1e3;
    println!("| a call beyond its deadline: ms | {overrun:.1} | | | | | | at most 250 |");
}

fn events() {
    for (vendor, micros) in events::verify() {
        println!("| verify a delivery of 2 KiB, {vendor}: µs | {micros:.1} | | | | | | at most 50 |");
    }
}

fn builds() {
    difference("clean release build, one vendor: CPU s", builds::release(), 1.0, "at most +15, +0");
    difference("stripped program: kB", builds::size(), 1e3, "at most +1049");
    difference("crates", builds::crates(), 1.0, "at most 100, 70 in all");
    // 153 operations; of Deck 23, of Deck v2 40, of Apideck 38, of Codat 52.
    let rows = [
        ("reqwest,rustls,deck,apideck,codat,deck-v2", "at most 5.8", "at most 12.6"),
        ("reqwest,rustls,deck", "", "at most 3.4"),
        ("reqwest,rustls,deck-v2", "", "at most 4.4"),
        ("reqwest,rustls,apideck", "", "at most 4.3"),
        ("reqwest,rustls,codat", "", "at most 5.1"),
        ("hyper,rustls,codat", "", "at most 5.1"),
        ("reqwest,rustls,deck,apideck,codat,deck-v2,sandbox", "", "at most 6.1 more than without `sandbox`"),
    ];
    for (features, check, build) in rows {
        for (command, goal) in [("check", check), ("build", build)] {
            let seconds = builds::alone(command, features);
            println!(
                "| `cargo {command}` of the crate alone, `{features}`: CPU s | {seconds:.1} | | | | | | {goal} |"
            );
        }
    }
}

fn ratio(name: &str, figures: Figures, unit: f64, goal: &str) {
    let compared = figures.compared(|ours, hand| ours / hand);
    row(name, figures, unit, compared.map(|ratio| ratio.map(|ratio| format!("{ratio:.3}"))), goal);
}

fn difference(name: &str, figures: Figures, unit: f64, goal: &str) {
    let compared = figures.compared(|ours, hand| ours - hand);
    row(name, figures, unit, compared.map(|more| more.map(|more| format!("{:+.1}", more / unit))), goal);
}

fn row(name: &str, figures: Figures, unit: f64, compared: [Option<String>; 2], goal: &str) {
    let figures = figures.0.map(|figure| figure.map(|figure| number(figure / unit)));
    let cells: Vec<_> = figures.into_iter().chain(compared).map(Option::unwrap_or_default).collect();
    println!("| {name} | {} | {goal} |", cells.join(" | "));
}

/// With so many digits as say something.
fn number(value: f64) -> String {
    if value < 100.0 { format!("{value:.1}") } else { format!("{value:.0}") }
}
