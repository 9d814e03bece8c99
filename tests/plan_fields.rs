//! Every field of a plan, edited by somebody who seals the plan anew: `apply` refuses it, or it is a
//! remark of whoever made the plan, which only the digest covers.

use std::collections::BTreeMap;

use ascript::plan;
use ascript::run::RunRecord;
use ascript::state::sha256;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::support::{EVERYTHING, Node, each};

/// What the script of the laws does not do.
const MORE: &str = r#"
import "part" as part;
part::restart();
data("rows.csv");
advise("look");
node.set_api_password("api", secret("env:FASPEX_NODE_PASSWORD"));
manual.step("Look.");
license.check();
service.reload("asperanoded");
api.ping();
sync.run(#{
    name: "s", local: "/srv/op/x y", remote: "u@h:/x", direction: "push", exclude: ["*.x"], user: "operator",
    cookie: secret("env:FASPEX_NODE_PASSWORD"), token: token.basic("id", params.password),
});
"#;

/// What becomes of each field, from `plans/fields.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    refused: Vec<String>,
    computed: Vec<String>,
    remark: Vec<String>,
    not_shown: Vec<String>,
    elsewhere: Vec<String>,
    types: BTreeMap<String, Vec<String>>,
}

impl Fields {
    fn read() -> Self {
        toml::from_str(include_str!("plans/fields.toml")).unwrap()
    }

    /// The name of the list that has a field.
    fn class(&self, field: &str) -> Option<&'static str> {
        let lists = [
            ("refused", &self.refused),
            ("computed", &self.computed),
            ("remark", &self.remark),
            ("not_shown", &self.not_shown),
        ];
        let has = |list: &&(&str, &Vec<String>)| list.1.iter().any(|known| known == field);
        assert!(
            lists.iter().filter(has).count() <= 1,
            "{field} is listed twice"
        );
        lists.iter().find(has).map(|(name, _)| *name)
    }

    /// Whether a list has a field of a type of the schema, or a part of it.
    fn covers(&self, ty: &str, name: &str) -> bool {
        let all = [&self.refused, &self.computed, &self.remark, &self.not_shown];
        let is_listed = |field: &str| {
            let part = format!("{field}.");
            let mut known = all.iter().flat_map(|list| list.iter());
            known.any(|known| known == field || known.starts_with(&part))
        };
        let paths = self.types.get(ty).into_iter().flatten();
        let mut fields = paths.map(|path| match path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        });
        fields.any(|field| is_listed(&field)) || self.elsewhere.contains(&format!("{ty}.{name}"))
    }
}

#[test]
fn a_field_of_the_schema_is_refused_when_it_was_edited_or_listed_as_a_remark() {
    let schema = include_str!("../docs/plan.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let fields = Fields::read();
    let mut found = Vec::new();
    properties(&schema, "Plan", &mut found);
    for (ty, definition) in schema["$defs"].as_object().unwrap() {
        properties(definition, ty, &mut found);
    }
    let missing: Vec<_> = found
        .iter()
        .filter(|(ty, name)| !fields.covers(ty, name))
        .map(|(ty, name)| format!("{ty}.{name}"))
        .collect();
    assert!(missing.is_empty(), "not in plans/fields.toml: {missing:?}");
    for field in &fields.elsewhere {
        let is_known = |(ty, name): &(String, String)| format!("{ty}.{name}") == *field;
        assert!(found.iter().any(is_known), "{field} is not in the schema");
    }
}

/// The properties of a type of the schema, also those of its variants.
fn properties(definition: &Value, ty: &str, out: &mut Vec<(String, String)>) {
    if let Some(properties) = definition["properties"].as_object() {
        out.extend(properties.keys().map(|name| (ty.to_owned(), name.clone())));
    }
    for variants in ["oneOf", "anyOf", "allOf"] {
        for variant in definition[variants].as_array().into_iter().flatten() {
            properties(variant, ty, out);
        }
    }
}

/// A field of the plan with its places in it.
type Places = (String, Vec<String>);

#[test]
fn an_edited_field_is_refused_or_a_remark_that_the_digest_covers() {
    let node = Node::new("linux");
    let part = "fn restart() { service.restart(\"asperanoded\"); }";
    std::fs::write(node.beside("part.rhai"), part).unwrap();
    std::fs::write(node.beside("rows.csv"), "a,b\n1,2\n").unwrap();
    let everything = std::fs::read_to_string(EVERYTHING).unwrap();
    let file = crate::plans::plan(&node, &[&node.script(&(everything + MORE))]);
    let text = std::fs::read_to_string(&file).unwrap();
    let made: Value = serde_json::from_str(&text).unwrap();
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    collect(&made, String::new(), &mut places);
    let rows: Vec<Places> = places.into_iter().collect();
    let fields = Fields::read();
    for known in [
        &fields.refused,
        &fields.computed,
        &fields.remark,
        &fields.not_shown,
    ] {
        for field in known {
            assert!(
                rows.iter().any(|row| row.0 == *field),
                "the plan has no {field}"
            );
        }
    }
    let plan = EditedPlan::new(&node, text, made);
    each(
        &rows,
        |row| row.0.clone(),
        |(field, places)| {
            let mut found: Vec<_> = [places.first(), places.last()]
                .into_iter()
                .flatten()
                .filter_map(|place| plan.class(place))
                .collect();
            // A part that only some steps have may be refused in one and not in another.
            let order = ["not_shown", "remark", "computed", "refused"];
            found.sort_by_key(|class| order.iter().position(|other| other == class));
            assert_eq!(found.first().copied(), fields.class(field), "{field}");
        },
    );
}

/// A plan that is edited and sealed anew.
struct EditedPlan<'n> {
    node: &'n Node,
    text: String,
    made: Value,
    digest: String,
    /// The number of the manual step.
    manual: String,
}

impl<'n> EditedPlan<'n> {
    fn new(node: &'n Node, text: String, made: Value) -> Self {
        let mut steps = made["steps"].as_array().unwrap().iter();
        let manual = steps.position(|step| step["kind"] == "manual").unwrap() + 1;
        let digest = made["digest"].as_str().unwrap().to_owned();
        Self {
            node,
            text,
            made,
            digest,
            manual: manual.to_string(),
        }
    }

    /// What becomes of the field at that place with another value. `None` for a map
    /// without keys.
    fn class(&self, place: &str) -> Option<&'static str> {
        let mut edited = self.made.clone();
        let value = edited.pointer_mut(place).unwrap();
        *value = other(value)?;
        edited.as_object_mut().unwrap().remove("seal");
        // A value that is none of its type is refused when the plan is read.
        let Ok(run) = serde_json::from_value::<RunRecord>(edited) else {
            return Some("refused");
        };
        let text = plan::render(&run);
        if text == self.text {
            return Some("computed");
        }
        let name = format!("edited{}.json", place.replace('/', "_"));
        let file = self.node.beside(&name);
        std::fs::write(&file, text).unwrap();
        let args = ["apply", &file, "--rehearse", "-q", "--done", &self.manual];
        let done = self.node.run(&args);
        if done.code != 0 {
            assert_eq!(done.code, 4, "{place}: {}", done.err);
            return Some("refused");
        }
        let is_covered = run.digest() != self.digest;
        Some(if is_covered { "remark" } else { "not_shown" })
    }
}

/// The fields with a value, each with its places.
fn collect(value: &Value, place: String, out: &mut BTreeMap<String, Vec<String>>) {
    if let Some(map) = value.as_object() {
        for (key, part) in map {
            let key = key.replace('~', "~0").replace('/', "~1");
            collect(part, format!("{place}/{key}"), out);
        }
        return;
    }
    if let Some(items) = value.as_array().filter(|items| !items.is_empty()) {
        for (index, item) in items.iter().enumerate() {
            collect(item, format!("{place}/{index}"), out);
        }
        return;
    }
    let names = place.split('/').skip(1);
    let names: Vec<_> = names.filter(|name| name.parse::<u32>().is_err()).collect();
    out.entry(names.join(".")).or_default().push(place);
}

/// Words of which another one is also right.
const WORDS: &[&[&str]] = &[
    &["note", "caution", "danger"],
    &["change", "act", "settled", "manual"],
    &["folder", "snapshot"],
    &["linux", "macos"],
];

fn other(value: &Value) -> Option<Value> {
    Some(match value {
        Value::String(text) if text.ends_with('\n') => {
            // The last line that a diff adds.
            let (start, end) = text.rsplit_once("\n+").unwrap_or(("", text));
            format!("{start}\n+x{end}").into()
        }
        Value::String(text) => {
            let words = WORDS.iter().find(|words| words.contains(&&**text));
            let mut words = words.into_iter().flat_map(|words| words.iter());
            match words.find(|word| **word != text) {
                Some(word) => (*word).into(),
                None => format!("{text}x").into(),
            }
        }
        Value::Bool(flag) => (!flag).into(),
        Value::Number(number) => (number.as_u64().unwrap() + 1).into(),
        Value::Null => "x".into(),
        Value::Array(_) => vec!["x"].into(),
        Value::Object(_) => return None,
    })
}

/// The keys of a plan that are computed from others, for readers without ascript.
#[test]
fn a_plan_with_a_false_computed_key_is_refused() {
    let node = Node::new("linux");
    let script = node.script("file.line(\"/etc/x\", #{ \"match\": \"a\", line: \"a 1\" });");
    let file = crate::plans::plan(&node, &[&script]);
    let text = std::fs::read_to_string(&file).unwrap();
    for (key, from) in [("shell", "ascript file"), ("change", "1")] {
        let line = text.lines().find(|line| {
            line.trim_start().starts_with(&format!("\"{key}\": ")) && line.contains(from)
        });
        let line = line.unwrap();
        let edited = text.replace(line, &line.replacen(from, "7", 1));
        std::fs::write(&file, resealed(&edited)).unwrap();
        crate::plans::apply(&node, &file, &[]).stops(4, &["changed after it was made"]);
        crate::plans::show(&[&file]).stops(4, &["changed after it was made"]);
    }
    std::fs::write(&file, resealed(&text)).unwrap();
    crate::plans::apply(&node, &file, &[]).ends(0);
}

fn resealed(text: &str) -> String {
    let (body, _) = text.rsplit_once(",\n  \"seal\": \"").unwrap();
    format!("{body},\n  \"seal\": \"{}\"\n}}\n", sha256(body.as_bytes()))
}

/// What only a receipt says would stand beside the digest that was reviewed.
#[test]
fn a_plan_with_a_key_of_a_receipt_is_refused() {
    let node = Node::new("linux");
    let file = crate::plans::plan(&node, &[&node.script("service.restart(\"asperanoded\");")]);
    let made: Map<String, Value> =
        serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let step = &made["steps"][0];
    let fault = serde_json::json!({ "kind": "node", "message": "x", "hints": [], "at": null });
    let failed = serde_json::json!([{ "number": 2, "step": step, "fault": fault }]);
    for (key, value) in [
        ("run", 1.into()),
        ("plan", made["digest"].clone()),
        ("failed", failed),
        ("not_reached", vec![step.clone()].into()),
        ("fault", fault),
    ] {
        let mut edited = made.clone();
        edited.remove("seal");
        edited.insert(key.to_owned(), value);
        let run: RunRecord = serde_json::from_value(edited.into()).unwrap();
        std::fs::write(&file, plan::render(&run)).unwrap();
        crate::plans::apply(&node, &file, &[]).stops(4, &["changed after it was made"]);
        crate::plans::show(&[&file]).stops(4, &["changed after it was made"]);
    }
}

/// Each of two reviewed plans edits aspera.conf, and so moves the lines of the other one.
#[test]
fn a_plan_stands_when_another_one_has_edited_the_file_elsewhere() {
    let node = Node::new("linux");
    let plans = ["anna", "ben"].map(|user| {
        let script = format!("conf.set_user(\"{user}\", #{{ absolute: \"/data/{user}\" }});");
        let file = node.beside(&format!("{user}.json"));
        node.run(&["plan", &node.script(&script), "-o", &file])
            .ends(0);
        file
    });
    for file in &plans {
        crate::plans::apply(&node, file, &[]).ends(0);
    }
}

/// What a plan says of aspera.conf beside the changes that it makes.
#[test]
fn a_plan_with_a_false_diff_of_the_settings_is_refused() {
    let node = Node::new("linux");
    node.live(&[&node.script("conf.set_user(\"anna\", #{ absolute: \"/data/a\" });")])
        .ends(0);
    let script = node.script("conf.set_user(\"anna\", #{ absolute: \"/data/b\" });");
    let file = crate::plans::plan(&node, &[&script]);
    let made = plan::load(&std::fs::read_to_string(&file).unwrap()).unwrap();
    for (from, to) in [
        ("/data/b", "/data/c"),
        ("/data/a", "/data/c"),
        ("+  ", "   "),
        ("-  ", "   "),
        ("+  ", "+   <read_allowed>false</read_allowed>\n+  "),
        ("a/aspera.conf", "a/other.conf"),
        (&made.conf_diff, ""),
    ] {
        let mut edited = made.clone();
        edited.conf_diff = made.conf_diff.replacen(from, to, 1);
        assert_ne!(edited.conf_diff, made.conf_diff, "{from}");
        std::fs::write(&file, plan::render(&edited)).unwrap();
        let words = "the plan shows another diff of aspera.conf than its steps make";
        crate::plans::apply(&node, &file, &[]).stops(4, &[words]);
    }
    std::fs::write(&file, plan::render(&made)).unwrap();
    crate::plans::apply(&node, &file, &[]).ends(0);
}
