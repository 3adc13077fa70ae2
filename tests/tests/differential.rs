//! Generated programs against their own sequential selves, and generated mistakes that must be
//! refused.
//!
//! `DIFFERENTIAL_PROGRAMS=2000 cargo test -p tests --release --test differential fresh` compares as
//! many new programs; `DIFFERENTIAL_SEED=7` those of that seed, `DIFFERENTIAL_ONLY=25,32` these of
//! them; `DIFFERENTIAL_MINIMISE=1` makes what is found small. What is found is left below the target directory, in `found`.
#![allow(clippy::print_stdout, reason = "seeds, counts and findings are for who runs the tests")]

use std::env;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use tests::generate::batch::{Report, Workshop};
use tests::generate::minimise::{Defect, minimise};
use tests::generate::refused::{KINDS, Refused, refused};
use tests::generate::{Program, Twin, program};

/// How many programs go into one binary.
const PER_BINARY: usize = 25;
/// How many programs are built together, so that little is lost when the disk is small.
const ROUND: usize = 200;

fn workshop(name: &str, second: Twin) -> Workshop {
    let root: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("differential").join(name);
    Workshop::new(&root, Path::new(env!("CARGO_MANIFEST_DIR")), second)
        .expect("a place to build in")
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.parse().ok()
}

/// Compares `count` programs that follow from `seed`, and prints what became of them.
///
/// No difference is ever allowed; `refusals` is how many of them the macros may refuse.
fn compare(name: &str, seed: u64, count: u64, refusals: u64, second: Twin) {
    let shop = workshop(name, second);
    let only = env::var("DIFFERENTIAL_ONLY").ok();
    let only: Option<Vec<u64>> =
        only.map(|only| only.split(',').filter_map(|at| at.parse().ok()).collect());
    let programs: Vec<Program> = (0..count)
        .filter(|at| only.as_ref().is_none_or(|only| only.contains(at)))
        .map(|at| program(seed * 1_000_000 + at))
        .collect();
    let count = programs.len() as u64;
    let mut report = Report::default();
    for round in programs.chunks(ROUND) {
        report.add(shop.compare(round, PER_BINARY).expect("the programs are built"));
    }
    println!(
        "seed {seed}: {} programs ({} on several threads), {} runs, {} differ, {} do not compile",
        report.programs,
        report.parallel,
        report.runs,
        report.differs.len(),
        report.refused.len(),
    );
    let findings =
        report.differs.iter().map(|(name, how)| (name, Defect::Differs, how.clone())).chain(
            report.refused.iter().map(|(name, how)| (name, Defect::Refused, how[0].clone())),
        );
    for (name, defect, how) in findings {
        println!("{name}: {defect:?}: {how}");
        if env::var_os("DIFFERENTIAL_MINIMISE").is_some() {
            let found = programs.iter().find(|program| format!("p{}", program.seed) == *name);
            let found = found.expect("it was one of them");
            let small = minimise(&shop, &workshop("plain", Twin::Plain), found, defect);
            println!("{}", small.expect("the candidates are built").text(Twin::Annotated));
        }
    }
    let refused = report.refused.len() as u64;
    assert!(report.differs.is_empty() && refused <= refusals, "seed {seed}: see above");
    assert_eq!(report.programs as u64 + refused, count);
    if second == Twin::Annotated && only.is_none() {
        let seen = report.parallel as u64;
        assert!(seen * 3 > count, "only {seen} of {count} programs ran on more than one thread");
    }
}

#[test]
fn programs_of_a_fixed_seed_equal_their_sequential_twins() {
    compare("fixed", 1, 200, 0, Twin::Annotated);
}

#[test]
fn fresh_programs_equal_their_sequential_twins() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let chosen = number("DIFFERENTIAL_SEED");
    let seed = chosen.unwrap_or(now);
    println!("DIFFERENTIAL_SEED={seed}");
    let count = number("DIFFERENTIAL_PROGRAMS").unwrap_or(50);
    // A seed of the clock's may show a shape that is refused, which its user would be told, without
    // stopping a change that has nothing to do with it; never a result that differs.
    let refusals = if chosen.is_some() { 0 } else { 1 };
    compare("fresh", seed, count, refusals, Twin::Annotated);
}

#[test]
#[ignore = "tests the generator itself: run it after changing the grammar"]
fn programs_without_attributes_compile_and_are_deterministic() {
    let seed = number("DIFFERENTIAL_SEED").unwrap_or(3);
    compare("plain", seed, number("DIFFERENTIAL_PROGRAMS").unwrap_or(400), 0, Twin::Plain);
}

#[test]
fn generated_mistakes_are_refused_by_name() {
    let shop = workshop("refused", Twin::Annotated);
    let rounds = number("DIFFERENTIAL_PROGRAMS").unwrap_or(120) as usize / KINDS + 1;
    let mut left: Vec<Refused> = (0..rounds * KINDS).map(|at| refused(at, at as u64)).collect();
    let (mut wrong, mut elsewhere) = (Vec::new(), Vec::new());
    let total = left.len();
    loop {
        let programs: Vec<_> = left.iter().map(|r| (r.name.clone(), r.nodes.clone())).collect();
        let errors = shop.errors(&programs).expect("the programs are checked");
        if errors.is_empty() {
            break;
        }
        left.retain(|refused| {
            let Some(errors) = errors.get(&refused.name) else { return true };
            let named = errors.iter().any(|error| error.contains(refused.names));
            let ours = errors.iter().any(|error| error.contains(": error:"));
            if !named || !(ours || refused.by_type) {
                elsewhere
                    .push(format!("{} must name `{}`: {errors:#?}", refused.name, refused.names));
            }
            false
        });
    }
    for refused in &left {
        wrong.push(format!("{} is accepted", refused.name));
        println!("{}", refused.text());
    }
    println!(
        "{total} refused programs, {} accepted, {} for another reason",
        wrong.len(),
        elsewhere.len()
    );
    wrong.append(&mut elsewhere);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
