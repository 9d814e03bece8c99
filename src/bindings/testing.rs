//! The bindings of script tests: the node, the run, and what is expected of it.
//! The rows are the reference; the module that runs tests gives them their
//! meaning.

use std::rc::Rc;

use crate::facts::Facts;
use crate::fault::{Fault, Result};
use crate::state::ValueType;

use super::{Args, Binding, Key, Made, Param, Value};

type Text = Rc<str>;

const NODE: Key<Value> = Key::value(
    "node",
    ValueType::Any,
    "A map of subjects and values, or the name of a snapshot.",
);
const PARAMS: Key<Option<Value>> = Key::value(
    "params",
    ValueType::Any,
    "A map of parameters; those left out have their defaults.",
)
.optional();
const SUBJECT: Key<Text> = Key::text(
    "subject",
    ValueType::Text,
    "A subject as plans write it, such as `conf/user/asp1/absolute`.",
);
const AFTER: Key<Option<Value>> =
    Key::value("value", ValueType::Any, "Its value in the end.").optional();
const PREFIX: Key<Text> = Key::text(
    "subject",
    ValueType::Text,
    "A subject, or the first parts of one: `conf/server`, `account`.",
);
const SERVICES: Key<Vec<String>> =
    Key::texts("services", ValueType::Text, "Their names, in any order.");
const ADVISORY: Key<Text> = Key::text("id", ValueType::Text, "The ID of the advisory.");
/// What a test expects a script to fail with.
pub const FAULT: Key<Text> = Key::text(
    "fault",
    ValueType::Text,
    "Its kind, such as `refused`, or a part of its message.",
);
const CALL: Key<Option<Value>> = Key::value(
    "call",
    ValueType::Any,
    "A function to call, such as `|| add(1)`.",
)
.optional();
const COUNT: Key<Value> = Key::value("count", ValueType::int(0, 1_000_000), "How many.");
const ACTUAL: Key<Value> = Key::value("found", ValueType::Any, "The actual value.");
const EXPECTED: Key<Value> = Key::value("wanted", ValueType::Any, "The expected value.");
const CONDITION: Key<bool> = Key::flag("condition", "What must be true.");
const WHY: Key<Option<Text>> = Key::text(
    "why",
    ValueType::Text,
    "What is wrong if the condition is false.",
)
.optional();
/// The name of a file with the expected preview.
pub const GOLDEN: Key<Text> = Key::text("name", ValueType::Text, "The name of the file.");

/// A binding that refuses every call outside of a test.
const fn row(
    name: &'static str,
    params: &'static [Param],
    doc: &'static str,
    example: &'static str,
) -> Binding {
    Binding::new(name, params, doc, example, "", refuse)
}

pub(super) const BINDINGS: &[Binding] = &[
    row(
        "given",
        &[NODE.param],
        "Starts the test again on another node.\n\nWhat is not given is as on a freshly installed node. A map contains subjects and their values, as plans write them, and `platform`, `name`, `aspera.conf` (its text), `secrets`, and `files`: texts by their paths beside the script, for `source`, `license.install` and `data`. A string names a snapshot beside the script.",
        r#"given(#{ platform: "linux", "conf/user/asp1/absolute": "/data/old" });"#,
    ),
    row(
        "run_script",
        &[PARAMS.param],
        "Runs the script with these parameters, on the node as it is now.\n\nAn error stops the script and not the test: `expect.fails_with` checks it, and a test that does not check it fails. What is expected afterwards is expected of this run.",
        r"run_script(#{});",
    ),
    row(
        "expect.sets",
        &[SUBJECT.param, AFTER.param],
        "Expects that a step changed a subject, and to which value.\n\nThe value is the last one; `()` means that the subject does not exist, or is back to its default. A secret is compared by its reference.",
        r#"conf.set_user("asp1", #{ absolute: "/data" }); expect.sets("conf/user/asp1/absolute", "/data");"#,
    ),
    row(
        "expect.does_not_touch",
        &[PREFIX.param],
        "Expects that no step changed a subject, or anything below it.",
        r#"conf.set_user("asp1", #{ absolute: "/data" }); expect.does_not_touch("conf/server");"#,
    ),
    row(
        "expect.restarts_exactly",
        &[SERVICES.param],
        "Expects that these services restart, and no others.",
        r#"service.restart("asperanoded"); expect.restarts_exactly(["asperanoded"]);"#,
    ),
    row(
        "expect.reloads_exactly",
        &[SERVICES.param],
        "Expects that these services reload aspera.conf while they run, and no others.",
        r#"service.reload("asperanoded"); expect.reloads_exactly(["asperanoded"]);"#,
    ),
    row(
        "expect.advises",
        &[ADVISORY.param],
        "Expects an advisory with this ID.",
        r#"advise("look at the ports", #{ id: "ports" }); expect.advises("ports");"#,
    ),
    row(
        "expect.does_not_advise",
        &[ADVISORY.param],
        "Expects that there is no advisory with this ID.",
        r#"expect.does_not_advise("ports");"#,
    ),
    row(
        "expect.fails_with",
        &[FAULT.param, CALL.param],
        "Expects that the script stopped with this error, or that a function does.",
        r#"expect.fails_with("not today", || ensure(false, "not today"));"#,
    ),
    row(
        "expect.changes",
        &[COUNT.param],
        "Expects this number of steps that change something.",
        r#"conf.set_user("asp1", #{ absolute: "/data" }); expect.changes(1);"#,
    ),
    row(
        "expect.nothing_to_do",
        &[],
        "Expects that no step changes anything.",
        r"expect.nothing_to_do();",
    ),
    row(
        "expect.equal",
        &[ACTUAL.param, EXPECTED.param],
        "Expects that two values are equal.",
        r#"expect.equal(host.platform, "linux");"#,
    ),
    row(
        "expect.that",
        &[CONDITION.param, WHY.param],
        "Expects that a condition is true.",
        r#"expect.that(1 < 2, "numbers have an order");"#,
    ),
    row(
        "expect.matches_plan",
        &[GOLDEN.param],
        "Expects that the preview is the same as in a file written earlier.\n\nThe file is `golden/NAME.plan.txt` beside the script; `ascript test --bless` writes it.",
        r#"expect.matches_plan("nothing-yet");"#,
    ),
];

/// Refuses every call; a test runner registers functions of its own.
fn refuse(args: &Args, _: &mut Facts<'_>) -> Result<Made> {
    let name = args.binding().name;
    Err(Fault::usage(format!("`{name}` works only in a test"))
        .hint("write it in a function `test_…` without parameters, and run `ascript test FILE`"))
}
