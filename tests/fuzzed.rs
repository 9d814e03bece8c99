//! The laws of the fuzz targets on inputs that the fuzzer found: between them they reach every
//! branch that it reached. One input a line, as a JSON string; in `conf`, a character is a byte.

mod conf;
mod plan;
mod recipe;
pub(crate) mod script;
mod snapshot;
mod tools;

use proptest::prelude::*;

fn inputs(lines: &str) -> impl Iterator<Item = String> {
    lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON string"))
}

#[test]
fn inputs_for_conf() {
    for input in inputs(include_str!("fuzzed/conf.jsonl")) {
        let bytes = input.chars().map(|byte| u8::try_from(byte).unwrap());
        conf::holds(&bytes.collect::<Vec<_>>());
    }
}

proptest! {
    #[test]
    fn a_url_beside_markup_is_masked_in_place(
        text in r#"(a://|:|b|@c|<\?x|\?>|<!--|-->|<a|/>|</a>|>| u='|'|"|/|\n| ){0,14}"#,
    ) {
        for around in ["", "<CONF>", "<CONF><a>", "<CONF><a\nu='", "<CONF><!--\n", "<CONF><?x\n"] {
            for end in ["", "</a></CONF>", "</CONF>", "--></CONF>", "?></CONF>", "'></a></CONF>"] {
                conf::holds(format!("{around}{text}{end}").as_bytes());
            }
        }
    }
}

#[test]
fn inputs_for_plan() {
    inputs(include_str!("fuzzed/plan.jsonl")).for_each(|input| plan::holds(&input));
}

#[test]
fn inputs_for_script() {
    inputs(include_str!("fuzzed/script.jsonl")).for_each(|input| script::holds(&input));
}

#[test]
fn inputs_for_snapshot() {
    inputs(include_str!("fuzzed/snapshot.jsonl")).for_each(|input| snapshot::holds(&input));
}

#[test]
fn inputs_for_tools() {
    inputs(include_str!("fuzzed/tools.jsonl")).for_each(|input| tools::holds(&input));
}

#[test]
fn inputs_for_recipe() {
    inputs(include_str!("fuzzed/recipe.jsonl")).for_each(|input| recipe::holds(&input));
}

proptest! {
    #[test]
    fn any_text_becomes_a_script_without_errors(
        text in r#"(asconfigurator|-x |"|'|set_user_data|;|,|user_name|absolute|token_encryption_key|asnodeadmin -a|-u |-p |useradd|mkdir|chown|systemctl restart|async -N|-W |-d |passwd|A=|\$A|\$1|\$\(|\$\{|\}|\)|`|for u in|do|done|<<E|E|\n|\r|  |#|\$ |\\|➜|[a-z]{1,3}){0,40}"#,
    ) {
        recipe::holds(&text);
    }
}

proptest! {
    #[test]
    fn formatting_keeps_any_tokens(
        text in r#"([a-z]{1,2}|if|else|for|in|fn|return|true|let|[0-9]|[.]|2[.]|"a"|'|`|\$\{|#|\{|\}|\(|\)|\[|\]|,|;|:|::|=|==|=>|<|-|\+|\*|/|//|/\*|\*/|\||&|!|\?|\\| |  |\t|\n|\r|\r\n|\u{feff}|\u{a0}){0,40}"#,
    ) {
        script::is_formatted_without_loss(&text);
    }
}
