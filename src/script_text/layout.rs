//! The layout of a script: lines of at most 100 columns where that is possible.

use std::fmt::{self, Display, Write};

use super::literal::{key, quoted};
use super::{Expression, ParamText, ScriptText, Statement};
use crate::source::{escaped, is_hostile};

/// The width of the text.
const WIDTH: usize = 100;
const INDENT: usize = 4;

impl Display for ScriptText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(&mut Page::new(f))
    }
}

/// A text that is written, and where its statements start.
struct Page<'a> {
    text: &'a mut dyn Write,
    /// The number of the present line, from 1.
    line: usize,
    starts: Vec<usize>,
}

impl<'a> Page<'a> {
    fn new(text: &'a mut dyn Write) -> Self {
        Self {
            text,
            line: 1,
            starts: Vec::new(),
        }
    }
}

impl Write for Page<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.line += text.matches('\n').count();
        self.text.write_str(text)
    }
}

impl ScriptText {
    /// The text, and the line on which each statement starts, in the order of the text.
    pub fn with_lines(&self) -> (String, Vec<usize>) {
        let mut text = String::new();
        let mut page = Page::new(&mut text);
        // A string takes everything.
        let _ = self.write(&mut page);
        let starts = page.starts;
        (text, starts)
    }

    fn write(&self, f: &mut Page<'_>) -> fmt::Result {
        for (number, paragraph) in self.header.iter().enumerate() {
            if number > 0 {
                f.write_str("//!\n")?;
            }
            write_comment(f, "//!", 0, paragraph)?;
        }
        if !self.imports.is_empty() {
            f.write_str("\n")?;
        }
        for (module, name) in &self.imports {
            writeln!(f, "import {} as {name};", quoted(module))?;
        }
        if self.platform.is_some() || !self.params.is_empty() {
            f.write_str("\n")?;
        }
        if let Some(platform) = self.platform {
            writeln!(f, "const PLATFORM = {};", quoted(platform.name()))?;
        }
        if !self.params.is_empty() {
            write_params(f, &self.params)?;
        }
        if !self.statements.is_empty() {
            f.write_str("\n")?;
        }
        write_statements(f, 0, &self.statements)
    }
}

/// Writes the parameters, with their parts below each other.
fn write_params(f: &mut Page<'_>, params: &[ParamText]) -> fmt::Result {
    let default = |param: &ParamText| {
        let default = param.default.as_ref();
        let default = default.map(|it| format!("default: {},", it.inline()));
        let of = param.of.map(|of| format!("of: {},", quoted(of)));
        let parts: Vec<_> = of.into_iter().chain(default).collect();
        parts.join(" ")
    };
    let widest = |cell: &dyn Fn(&ParamText) -> usize| params.iter().map(cell).max().unwrap_or(0);
    let names = widest(&|param| key(&param.name).len() + 1);
    let kinds = widest(&|param| param.kind.len() + 3);
    let defaults = widest(&|param| default(param).chars().count());
    f.write_str("const PARAMS = #{\n")?;
    for param in params {
        let name = format!("{}:", key(&param.name));
        let kind = format!("{},", quoted(param.kind));
        write!(f, "    {name:names$} #{{ type: {kind:kinds$} ")?;
        if defaults > 0 {
            write!(f, "{:defaults$} ", default(param))?;
        }
        writeln!(f, "help: {} }},", quoted(&param.help))?;
    }
    f.write_str("};\n")
}

fn write_statements(f: &mut Page<'_>, indent: usize, statements: &[Statement]) -> fmt::Result {
    for statement in statements {
        f.starts.push(f.line);
        match statement {
            Statement::Comment(text) => write_comment(f, "//", indent, text)?,
            Statement::Blank => f.write_str("\n")?,
            Statement::Expression(expression) => {
                let text = laid_out(expression, indent, indent, 1);
                writeln!(f, "{:indent$}{text};", "")?;
            }
            Statement::Let(name, value) => {
                let start = format!("let {name} = ");
                let text = laid_out(value, indent, indent + start.len(), 1);
                writeln!(f, "{:indent$}{start}{text};", "")?;
            }
            Statement::Loop {
                variable,
                over,
                body,
            } => {
                let rows = if let Expression::List(rows) = over
                    && rows.iter().any(|row| matches!(row, Expression::Map(_)))
                {
                    opened_list(rows, indent)
                } else {
                    laid_out(over, indent, indent + variable.len() + 8, 2)
                };
                writeln!(f, "{:indent$}for {variable} in {rows} {{", "")?;
                write_statements(f, indent + INDENT, body)?;
                writeln!(f, "{:indent$}}}", "")?;
            }
        }
    }
    Ok(())
}

/// The text of an expression that starts in a column; `behind` columns follow its last line.
fn laid_out(expression: &Expression, indent: usize, column: usize, behind: usize) -> String {
    let inline = expression.inline();
    let is_wide = column + inline.chars().count() + behind > WIDTH;
    if !is_wide && !inline.contains('\n') {
        return inline;
    }
    match expression {
        Expression::List(items) if !items.is_empty() => opened_list(items, indent),
        Expression::Map(entries) if !entries.is_empty() => {
            let lines = entries.iter().map(|(name, value)| {
                let name = key(name);
                let column = indent + INDENT + name.chars().count() + 2;
                let value = laid_out(value, indent + INDENT, column, 1);
                format!("{:1$}{name}: {value},\n", "", indent + INDENT)
            });
            format!("#{{\n{}{:indent$}}}", lines.collect::<String>(), "")
        }
        Expression::Call(name, args) => {
            let widest = widest_collection(args);
            let args = args.iter().enumerate().map(|(number, arg)| {
                if Some(number) == widest {
                    laid_out(arg, indent, WIDTH, 0)
                } else {
                    arg.inline()
                }
            });
            format!("{name}({})", args.collect::<Vec<_>>().join(", "))
        }
        Expression::Unit
        | Expression::Bool(_)
        | Expression::Int(_)
        | Expression::Float(_)
        | Expression::Text(_)
        | Expression::List(_)
        | Expression::Map(_)
        | Expression::Name(_)
        | Expression::Template(_)
        | Expression::Document(_) => inline,
    }
}

fn opened_list(items: &[Expression], indent: usize) -> String {
    let inner = indent + INDENT;
    let lines = items.iter();
    let lines = lines.map(|item| format!("{:inner$}{},\n", "", laid_out(item, inner, inner, 1)));
    format!("[\n{}{:indent$}]", lines.collect::<String>(), "")
}

/// The argument that goes over several lines.
fn widest_collection(args: &[Expression]) -> Option<usize> {
    let is_collection = |arg: &Expression| matches!(arg, Expression::List(_) | Expression::Map(_));
    let collections = args
        .iter()
        .enumerate()
        .filter(|(_, arg)| is_collection(arg));
    let widest = collections.max_by_key(|(_, arg)| arg.inline().len());
    widest.map(|(number, _)| number)
}

/// Writes a comment over as many lines as it needs. Nothing in the text ends it.
fn write_comment(f: &mut Page<'_>, mark: &str, indent: usize, text: &str) -> fmt::Result {
    let text = escaped(text, is_hostile);
    let mut line = format!("{:indent$}{mark}", "");
    let start = line.len();
    for word in text.split(' ') {
        let is_full = line.chars().count() + 1 + word.chars().count() > WIDTH;
        if is_full && line.len() > start {
            writeln!(f, "{}", line.trim_end())?;
            line.truncate(start);
        }
        line.push(' ');
        line.push_str(word);
    }
    writeln!(f, "{}", line.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(statements: Vec<Statement>) -> String {
        ScriptText {
            statements,
            ..ScriptText::default()
        }
        .to_string()
    }

    fn row(name: &str) -> Expression {
        Expression::map([("name", name.into()), ("in", Expression::Int(1))])
    }

    #[test]
    fn a_call_that_is_too_wide_opens_its_longest_map() {
        let long = format!("/srv/{}", "a".repeat(60));
        let settings = Expression::map([
            ("absolute", long.as_str().into()),
            ("read_allowed", Expression::Bool(true)),
        ]);
        let unchecked = Expression::map([("unchecked", Expression::Bool(true))]);
        let args = vec!["anna".into(), settings, unchecked];
        assert_eq!(
            script(vec![Statement::call("conf.set_user", args)]),
            format!(
                "\nconf.set_user(\"anna\", #{{\n    absolute: \"{long}\",\n    read_allowed: true,\n}}, #{{ unchecked: true }});\n"
            )
        );
    }

    #[test]
    fn the_rows_of_a_loop_are_on_a_line_each() {
        let body = vec![Statement::call(
            "f",
            vec![Expression::Name("user.name".to_owned())],
        )];
        let over = Expression::List(vec![row("anna"), row("b\"o")]);
        let variable = "user".to_owned();
        assert_eq!(
            script(vec![Statement::Loop {
                variable,
                over,
                body
            }]),
            "\nfor user in [\n    #{ name: \"anna\", \"in\": 1 },\n    #{ name: \"b\\\"o\", \"in\": 1 },\n] {\n    f(user.name);\n}\n"
        );
    }

    #[test]
    fn nothing_in_a_text_ends_its_comment_or_string() {
        let hostile = "a\nb\r\u{2028}\u{202e}*/ \"; exit";
        let text = script(vec![
            Statement::Comment(hostile.to_owned()),
            Statement::Let("x".to_owned(), hostile.into()),
            Statement::Let("y".to_owned(), Expression::Template(vec!["`${x}\n".into()])),
        ]);
        assert_eq!(
            text,
            "\n// a\\nb\\r\\u{2028}\\u{202e}*/ \"; exit\nlet x = \"a\\nb\\r\\u2028\\u202e*/ \\\"; exit\";\n\
             let y = `${\"`${x}\\n\"}`;\n"
        );
    }

    #[test]
    fn each_statement_has_the_line_on_which_it_starts() {
        let long = |name: &str| {
            let path = "a".repeat(90);
            Statement::call(
                name,
                vec![Expression::map([("path", path.as_str().into())])],
            )
        };
        let script = ScriptText {
            header: vec!["One.".to_owned(), "Two.".to_owned()],
            params: vec![ParamText::secret("key", "env:KEY", "the key")],
            statements: vec![
                long("first"),
                Statement::Comment("word ".repeat(30)),
                Statement::Loop {
                    variable: "name".to_owned(),
                    over: Expression::List(vec![row("anna"), row("ben")]),
                    body: vec![long("inner"), Statement::Blank],
                },
                long("last"),
            ],
            ..ScriptText::default()
        };
        let (text, starts) = script.with_lines();
        let lines: Vec<_> = text.lines().collect();
        let starts: Vec<_> = starts.iter().map(|line| lines[line - 1].trim()).collect();
        let [first, comment, outer, inner, blank, last] = starts.as_slice() else {
            panic!("{text}");
        };
        assert!(comment.starts_with("// word"), "{text}");
        assert_eq!(
            [first, outer, inner, blank, last],
            [&"first(#{", &"for name in [", &"inner(#{", &"", &"last(#{"]
        );
    }

    #[test]
    fn a_document_has_its_lines_on_lines_of_the_script() {
        let pieces = vec![
            "a {\n\tb `\n".into(),
            Expression::param("c"),
            "\n}\n".into(),
        ];
        let options = Expression::map([("content", Expression::Document(pieces))]);
        let (text, starts) = ScriptText {
            statements: vec![
                Statement::call("file.ensure", vec!["/f".into(), options]),
                Statement::call("f", Vec::new()),
            ],
            ..ScriptText::default()
        }
        .with_lines();
        assert_eq!(
            text,
            "\nfile.ensure(\"/f\", #{\n    content: `\na {\n${\"\\tb `\"}\n${params.c}\n}\n`,\n});\nf();\n"
        );
        assert_eq!(starts, [2, 10]);
    }

    #[test]
    fn a_long_comment_goes_over_several_lines() {
        let text = script(vec![Statement::Comment("word  ".repeat(30))]);
        assert!(
            text.lines()
                .all(|line| line.chars().count() <= WIDTH && !line.ends_with(' ')),
            "{text}"
        );
        assert_eq!(text.matches("word").count(), 30);
        assert_eq!(
            text.lines()
                .filter(|line| line.starts_with("// word"))
                .count(),
            2
        );
    }
}
