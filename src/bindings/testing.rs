//! What only a test can say: the node it is given, the script it runs, and what
//! it expects of that. The rows are here for the reference; what runs tests
//! brings their meaning.

use crate::facts::Facts;
use crate::fault::{Fault, Result};

use super::{Args, Binding, Made, Param, Type};

const SUBJECT: &str = "A subject as plans write it, such as `conf/user/asp1/absolute`.";

pub(super) const BINDINGS: &[Binding] = &[
    Binding {
        name: "given",
        doc: "Starts a test over on another node.\n\nWhat is not given is as on a freshly installed node. A map has subjects and their values, as plans write them, and besides `platform`, `name`, `aspera.conf` (its text) and `secrets`. A text names a snapshot beside the script.",
        params: &[Param::required(
            "node",
            Type::Any,
            "A map of facts, or the name of a snapshot.",
        )],
        example: r#"given(#{ platform: "linux", "conf/user/asp1/absolute": "/data/old" });"#,
        source: "",
        make: only_in_a_test,
    },
    Binding {
        name: "run_script",
        doc: "Runs the script with these parameters, on the node as it is now.\n\nA fault stops the script and not the test: `expect.fails_with` looks at it, and a test that does not is not passed. What is expected afterwards is expected of this run.",
        params: &[Param::optional(
            "params",
            Type::Any,
            "A map of parameters; the defaults for those left out.",
        )],
        example: r"run_script(#{});",
        source: "",
        make: only_in_a_test,
    },
    Binding {
        name: "expect.sets",
        doc: "Expects that a step moved a subject, and to which value.\n\nThe value is the last one; `()` means that the subject is gone, or back to its default. A secret is compared by its reference.",
        params: &[
            Param::required("subject", Type::Text, SUBJECT),
            Param::optional("value", Type::Any, "What it is in the end."),
        ],
        example: r#"conf.set_user("asp1", #{ absolute: "/data" }); expect.sets("conf/user/asp1/absolute", "/data");"#,
        source: "",
        make: only_in_a_test,
    },
    Binding {
        name: "expect.does_not_touch",
        doc: "Expects that no step moved a subject, or anything below it.",
        params: &[Param::required(
            "subject",
            Type::Text,
            "A subject, or the first parts of one: `conf/server`, `account`.",
        )],
        example: r#"conf.set_user("asp1", #{ absolute: "/data" }); expect.does_not_touch("conf/server");"#,
        source: "",
        make: only_in_a_test,
    },
    Binding {
        name: "expect.restarts_exactly",
        doc: "Expects that these services restart, and no others.",
        params: &[Param::required(
            "services",
            Type::List(&Type::Text),
            "Their names, in any order.",
        )],
        example: r#"service.restart("asperanoded"); expect.restarts_exactly(["asperanoded"]);"#,
        source: "",
        make: only_in_a_test,
    },
    Binding {
        name: "expect.advises",
        doc: "Expects a note of that name.",
        params: &[Param::required("id", Type::Text, "The name of the note.")],
        example: r#"advise("look at the ports", #{ id: "ports" }); expect.advises("ports");"#,
        source: "",
        make: only_in_a_test,
    },
    Binding {
        name: "expect.does_not_advise",
        doc: "Expects that there is no note of that name.",
        params: &[Param::required("id", Type::Text, "The name of the note.")],
        example: r#"expect.does_not_advise("ports");"#,
        source: "",
        make: only_in_a_test,
    },
    Binding {
        name: "expect.fails_with",
        doc: "Expects that the script stopped with that fault, or that a function does.",
        params: &[
            Param::required(
                "fault",
                Type::Text,
                "Its kind, such as `refused`, or a part of its message.",
            ),
            Param::optional(
                "call",
                Type::Any,
                "A function to be called, such as `|| add(1)`.",
            ),
        ],
        example: r#"expect.fails_with("not today", || ensure(false, "not today"));"#,
        source: "",
        make: only_in_a_test,
    },
    Binding {
        name: "expect.changes",
        doc: "Expects so many steps that change something.",
        params: &[Param::required(
            "count",
            Type::Int {
                min: 0,
                max: 1_000_000,
            },
            "How many.",
        )],
        example: r#"conf.set_user("asp1", #{ absolute: "/data" }); expect.changes(1);"#,
        source: "",
        make: only_in_a_test,
    },
    Binding {
        name: "expect.nothing_to_do",
        doc: "Expects that all was as wanted already.",
        params: &[],
        example: r"expect.nothing_to_do();",
        source: "",
        make: only_in_a_test,
    },
    Binding {
        name: "expect.equal",
        doc: "Expects that two values are the same.",
        params: &[
            Param::required("found", Type::Any, "What there is."),
            Param::required("wanted", Type::Any, "What there should be."),
        ],
        example: r#"expect.equal(host.platform, "linux");"#,
        source: "",
        make: only_in_a_test,
    },
    Binding {
        name: "expect.that",
        doc: "Expects that a condition holds.",
        params: &[
            Param::required("condition", Type::Bool, "What must be true."),
            Param::optional("why", Type::Text, "What is wrong if it is not."),
        ],
        example: r#"expect.that(1 < 2, "numbers have an order");"#,
        source: "",
        make: only_in_a_test,
    },
    Binding {
        name: "expect.matches_plan",
        doc: "Expects that the preview reads as in a file kept earlier.\n\nThe file is `golden/NAME.plan.txt` beside the script; `ascript test --bless` writes it.",
        params: &[Param::required("name", Type::Text, "The name of the file.")],
        example: r#"expect.matches_plan("nothing-yet");"#,
        source: "",
        make: only_in_a_test,
    },
];

/// Refuses every call; what runs tests never comes here.
fn only_in_a_test(args: &Args, _: &mut Facts<'_>) -> Result<Made> {
    let name = args.binding().name;
    Err(Fault::usage(format!("`{name}` works only in a test"))
        .hint("write it in a function `test_…` without parameters, and run `ascript test FILE`"))
}
