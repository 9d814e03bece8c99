//! `license.*`: the product's license.

use std::rc::Rc;

use crate::facts::{Draft, Facts};
use crate::fault::{Fault, Result};
use crate::state::{FileState, License, State, Subject, ValueType, WantedState};
use crate::step::{Act, Advisory, Level};
use crate::tools;

use super::{Args, Binding, Key, Made, Param, Value, advice, file, group};

const SOURCE: Key<Rc<str>> = Key::text(
    "source",
    ValueType::NonEmptyLine,
    "The license file beside the script, by its path below the script's folder.",
);
const USER: Key<Option<Rc<str>>> = Key::text(
    "user",
    ValueType::AccountName,
    "Transfer user who must be able to read it.",
)
.optional()
.default("whoever runs ascript");

pub(super) const BINDINGS: &[Binding] = &[
    Binding {
        name: "license.check",
        doc: "Reads the license with `ascp -A`.\n\nReturns a map: `.valid`, `.problem` (why it is not valid, or `()`), `.connect_server` (whether it is a Connect Server license, which the guides ask for), `.product`, `.version`, `.max_rate`, `.expires`, `.settings` (what it enables). A valid license is one with Connect Server that has not expired, of a server product where `ascp -A` names the product. The report shows the check of a valid one as a step.",
        params: &[],
        example: r#"ensure(license.check().valid, "no valid server license");"#,
        source: "IBM Aspera Faspex, Setting Up an OS X Node, step 1; observed on ascp 3.9.0",
        make: check,
    },
    Binding {
        name: "license.install",
        doc: "Installs the product's license, and checks it.\n\nThe file becomes `etc/aspera-license` of the installation, which every user can read (mode 644), as `file.ensure` writes it. Then `ascp -A`, run as the transfer user where one is named, must report a license; otherwise the run fails (exit code 3), and `undo` restores the former license. A license that is there already is checked again where a user is named. Whether the license is one that the guides ask for, and has not expired, `license.check` says in the next run.\n\nasperanoded notices a license when it reloads: `service.reload(\"asperanoded\")`.",
        params: &[
            SOURCE.param,
            Param::options(&[USER.param], "How it is checked."),
        ],
        example: r#"license.install("aspera-license");"#,
        source: "IBM Aspera knowledge base, Licensing; laurent-martin/aspera-hsts-operations",
        make: install,
    },
];

const SERVER_PRODUCTS: &[&str] = &[
    "High-Speed Transfer Server",
    "High-Speed Transfer Endpoint",
    "Enterprise Server",
    "Connect Server",
    "Endpoint",
];

fn install(args: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    let content = file::copied(&args.get(&SOURCE), facts)?;
    let subject = license_file(facts);
    let now = facts.read(&subject)?;
    let mut wanted = now.file().cloned().unwrap_or_else(FileState::fresh);
    "root".clone_into(&mut wanted.owner);
    "644".clone_into(&mut wanted.mode);
    let draft = facts.change(vec![(subject, WantedState::file(wanted, content))])?;
    let user = args.get(&USER);
    if draft.is_settled() && user.is_none() {
        return Ok(draft.made());
    }
    if let Some(user) = &user
        && facts.read(&Subject::Account(Rc::clone(user)))? == State::Absent
    {
        return Err(group::no_account(user, "user"));
    }
    let user = user.map(|user| user.to_string());
    Ok(facts.with_act(draft, Act::CheckLicense { user })?.made())
}

fn license_file(facts: &Facts<'_>) -> Subject {
    Subject::File(tools::license_file(facts.platform()).into())
}

fn check(_: &Args, facts: &mut Facts<'_>) -> Result<Made> {
    if facts.is_staged(&license_file(facts)) {
        // No preview knows what the new file says.
        return Err(
            Fault::refused("this run has installed another license, and checked it")
                .hint("call `license.check` before `license.install`, or in another run"),
        );
    }
    let state = facts.read(&Subject::License)?;
    let State::License(license) = &state else {
        return Made::answer(Value::Unit);
    };
    let hours = hours_left(license, facts);
    let problem = problem(license, hours);
    let notes = notes(license, hours);
    let found = found(license);
    let Value::Map(mut entries) = Value::from(state) else {
        return Made::answer(Value::Unit);
    };
    entries.retain(|(key, _)| key != "problem");
    let is_valid = problem.is_none();
    entries.push(("valid".to_owned(), is_valid.into()));
    entries.push(("problem".to_owned(), problem.into()));
    let answer = Value::Map(entries);
    if !is_valid {
        return Ok(Made::Answer(answer, notes));
    }
    let check = Draft::default().about([Subject::License]);
    Ok(Made::Checked(
        check.advise([found]).advise(notes).step(),
        answer,
    ))
}

/// What the check of a valid license found.
fn found(license: &License) -> Advisory {
    let expires = match &license.expires {
        Some(day) => format!(", until {day}"),
        None => String::new(),
    };
    let rate = &license.max_rate;
    let text = format!("`license.check` found a Connect Server license: {rate}{expires}");
    Advisory::new(Level::Note, "license-checked", text).about(Subject::License)
}

/// Hours until it expires. `ascp -A` prints the day without a time zone.
fn hours_left(license: &License, facts: &Facts<'_>) -> Option<i32> {
    let expiry = tools::expiry(license.expires.as_deref()?)?;
    let left = expiry.duration_since(facts.now()).as_hours();
    Some(i32::try_from(left).unwrap_or(i32::MAX))
}

fn problem(license: &License, hours: Option<i32>) -> Option<String> {
    // Without product information, only the license line can tell.
    let is_server =
        license.product.is_empty() || SERVER_PRODUCTS.iter().any(|p| license.product.contains(p));
    if let Some(problem) = &license.problem {
        Some(format!("there is no usable license: {problem}"))
    } else if !license.connect_server {
        Some("the license is not a Connect Server license".to_owned())
    } else if !is_server {
        Some(format!(
            "`{}` is not a transfer server product",
            license.product
        ))
    } else if hours.is_some_and(|hours| hours < 0) {
        let day = license.expires.as_deref().unwrap_or_default();
        Some(format!("the license expired on {day}"))
    } else {
        None
    }
}

fn notes(license: &License, hours: Option<i32>) -> Vec<Advisory> {
    let mut notes = Vec::new();
    if hours.is_some_and(|hours| (-24..24).contains(&hours)) {
        notes.push(Advisory::new(
            Level::Caution,
            "licence-expires",
            "the license expires within a day of now; `ascp -A` states no time zone",
        ));
    }
    if license.connect_server && !license.settings.iter().any(|s| s == "node") {
        notes.push(Advisory::new(
            Level::Caution,
            "licence-without-node",
            "the license does not list `node` among its enabled settings; the Node API may not work",
        ));
    }
    notes
        .into_iter()
        .map(|note| note.about(Subject::License).source(advice::FASPEX_NODE))
        .collect()
}
