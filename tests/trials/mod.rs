//! Tests in Rhai, as `ascript test` runs them: each `test_…` function of the
//! files here says in the line above it how it ends, and so in which words it
//! fails. The tests of the bundled scripts and modules all pass.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use ascript::exec::{DryRun, Snapshot};
use ascript::report;
use ascript::script::{Ceilings, Script, Stage, Suite};
use ascript::session::Session;
use ascript::trial::{Failure, Trial, Unmet};

use crate::memory;

/// The engine's debug build wants 100 KB for each call of a script.
const STACK: usize = 32 << 20;

fn stage(ceilings: Ceilings) -> Rc<Stage> {
    Rc::new(Stage {
        open: Box::new(|world| Session::new(Box::new(DryRun::new(world)))),
        snapshot: Box::new(|folder, name| {
            Snapshot::load(&std::fs::read_to_string(folder.join(name)).unwrap())
        }),
        golden: Box::new(|folder, name, preview| {
            let path = folder.join("golden").join(format!("{name}.plan.txt"));
            let kept = std::fs::read_to_string(path).unwrap_or_default();
            let found = report::differing_lines(&kept, &report::golden_text(preview));
            Ok(if found.is_empty() {
                Ok(())
            } else {
                Err(Unmet::new("the preview is another one").found(found))
            })
        }),
        is_stopped: Box::new(|| false),
        ceilings,
    })
}

/// Runs all tests of a script, and gives what `outcome_of` makes of each.
fn run<T: Send + 'static>(script: Parts, outcome_of: fn(Trial) -> T) -> Vec<T> {
    let work = move || {
        let suite = Suite::open(script.script(), &stage(memory::unmeasured())).unwrap();
        let count = suite.names().count();
        (0..count)
            .map(|index| outcome_of(suite.run(index).unwrap()))
            .collect()
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work);
    thread.unwrap().join().unwrap()
}

/// What a script is made of, to be sent to another thread.
struct Parts {
    name: String,
    text: String,
    folder: Option<PathBuf>,
}

impl Parts {
    fn at(path: &Path) -> Self {
        Self {
            name: path.file_name().unwrap().to_str().unwrap().to_owned(),
            text: std::fs::read_to_string(path).unwrap(),
            folder: path.parent().map(Path::to_owned),
        }
    }

    fn script(self) -> Script {
        Script {
            name: self.name,
            text: self.text.into(),
            folder: self.folder,
        }
    }
}

/// The words of a failure, all in one.
fn words(failure: &Failure) -> String {
    let mut words = vec![failure.fault.message().to_owned()];
    words.extend(failure.fault.hints().iter().cloned());
    if let Some(unmet) = &failure.unmet {
        words.extend(unmet.expected.iter().map(|line| format!("expected {line}")));
        words.extend(unmet.found.iter().map(|line| format!("found {line}")));
    }
    words.join(" | ")
}

fn ended(trial: Trial) -> (String, String, Option<String>) {
    let words = trial.failure.as_ref().map(words);
    let at = trial
        .failure
        .and_then(|failure| failure.fault.location().cloned());
    let at = at.map(|at| at.to_string()).unwrap_or_default();
    (trial.name, at, words)
}

/// How the example of a word ends that only a test can say.
pub(crate) fn of_example(example: &str) -> Option<String> {
    let parts = Parts {
        name: "example.rhai".to_owned(),
        text: format!("fn test_example() {{\n{example}\n}}\n"),
        folder: Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trials")),
    };
    let (_, _, words) = run(parts, ended).pop().unwrap();
    words
}

fn scripts(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(root).into_iter().flatten();
    let mut paths: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "rhai")
        })
        .collect();
    paths.sort();
    paths
}

/// What the line above a function says: `// passes`, `// fails: words`.
fn foretold(text: &str, name: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    let head = format!("fn {name}(");
    let at = lines
        .iter()
        .position(|line| line.starts_with(&head))
        .unwrap();
    lines[at - 1]
        .strip_prefix("// ")
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn every_test_ends_as_the_line_above_it_says() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for path in scripts("tests/trials") {
        let text = std::fs::read_to_string(&path).unwrap();
        for (name, at, words) in run(Parts::at(&path), ended) {
            seen += 1;
            let foretold = foretold(&text, &name);
            let is_so = match (foretold.strip_prefix("fails: "), &words) {
                (Some(part), Some(words)) => words.contains(part) && !at.is_empty(),
                (None, None) => foretold == "passes",
                _ => false,
            };
            if !is_so {
                wrong.push(format!("{name} at {at}: {foretold}\n  but {words:?}"));
            }
        }
    }
    assert!(seen > 50, "only {seen} tests");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_test_of_a_bundled_script_or_module_passes() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for path in [scripts("scripts/tests"), scripts("stdlib/tests")].concat() {
        for (name, at, words) in run(Parts::at(&path), ended) {
            seen += 1;
            wrong.extend(words.map(|words| format!("{name} at {at}: {words}")));
        }
    }
    assert!(seen > 40, "only {seen} tests");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_bundled_script_has_tests() {
    for script in ascript::script::SCRIPTS {
        let path = format!("scripts/tests/{}.rhai", script.name);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        assert!(path.is_file(), "{} is missing", path.display());
    }
}

/// Tests that call a binding between any two looks at the clock, or do not.
const CLOCKED: &str = r#"
fn test_given() { for i in 0..40 { given(#{}); } }
fn test_account() { for i in 0..40 { account.get("anna"); } }
fn test_print() { for i in 0..40 { print(i); } }
fn test_late() { for i in 0..400 { let a = i; } }
fn test_behind() { let a = 1; }
"#;

#[test]
fn each_test_has_a_clock_that_its_calls_restart() {
    for is_watched in [false, true] {
        let ceilings = Ceilings {
            pause: Duration::ZERO,
            ..memory::unmeasured()
        };
        let mut suite = Suite::open(Script::piped(CLOCKED.to_owned()), &stage(ceilings)).unwrap();
        if is_watched {
            suite.watch();
        }
        let count = suite.names().count();
        let failed = (0..count)
            .map(|index| suite.run(index).unwrap())
            .filter_map(|trial| Some((trial.name, trial.failure?)))
            .map(|(name, failure)| (name, failure.fault.message().to_owned()))
            .collect::<Vec<_>>();
        let limit = "the script exceeds a limit: 0 seconds without a call of a binding";
        assert_eq!(failed, [("test_late".to_owned(), limit.to_owned())]);
    }
}
