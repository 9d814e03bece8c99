//! Groups the lines of a recipe into commands that a shell can parse.

use super::page::{LineRole, PageLine};
use super::repair::repair;
use super::shell::PlacedItem;
use super::shell_parser;

/// How many lines a command may have.
const MAX_LINES: usize = 400;

/// How many bytes are parsed in all: a line is parsed again with each line that is added to it.
const MAX_PARSED: usize = 12 << 20;

/// The slip of a page that has cut off the end of a command.
pub(super) const NOT_CLOSED: &str = "a quote was not closed";

/// Words that start a command of several lines.
const COMPOUND: &[&str] = &["for", "while", "until", "if", "case", "{", "(", "function"];

/// Lines of a recipe that belong together.
#[derive(Debug)]
pub(super) struct Chunk {
    /// The number of its first line, from 1.
    pub(super) line: usize,
    /// Its lines as they were written, without prompts.
    pub(super) lines: Vec<String>,
    pub(super) content: ChunkContent,
    /// What was wrong with it.
    pub(super) slips: Vec<&'static str>,
}

impl Chunk {
    /// Whether the script has nothing but an empty line for it.
    pub(super) fn is_gap(&self) -> bool {
        matches!(
            self.content,
            ChunkContent::Blank | ChunkContent::Prose | ChunkContent::Pattern { .. }
        )
    }
}

/// What the lines are.
#[derive(Debug)]
pub(super) enum ChunkContent {
    Blank,
    Comment,
    /// A numbered step of a page.
    Step,
    Prose,
    Items(Vec<PlacedItem>),
    /// A command of asconfigurator with a setting on each line.
    Settings,
    /// A pattern that the command in another line fills in.
    Pattern {
        line: usize,
    },
    /// A command that cannot be parsed.
    Unreadable,
}

/// Groups lines; those of a page may have placeholders.
pub(super) fn chunks(lines: &[PageLine<'_>], is_page: bool) -> Vec<Chunk> {
    let mut grouper = Grouper {
        lines,
        is_page,
        left: MAX_PARSED,
    };
    let mut chunks = Vec::new();
    let mut index = 0;
    while index < lines.len() {
        let chunk = grouper.next(index);
        index += chunk.lines.len();
        chunks.push(chunk);
    }
    chunks
}

struct Grouper<'a> {
    lines: &'a [PageLine<'a>],
    /// Whether the commands are from a page, and may have placeholders.
    is_page: bool,
    /// How many bytes may still be parsed.
    left: usize,
}

impl Grouper<'_> {
    /// The chunk that starts at a line.
    fn next(&mut self, index: usize) -> Chunk {
        let content = match self.lines[index].role {
            LineRole::Blank => ChunkContent::Blank,
            LineRole::Comment => ChunkContent::Comment,
            LineRole::Step => ChunkContent::Step,
            LineRole::Prose => ChunkContent::Prose,
            LineRole::Command => return self.command(index),
        };
        self.chunk(index, 1, content, Vec::new())
    }

    fn chunk(
        &self,
        index: usize,
        count: usize,
        content: ChunkContent,
        slips: Vec<&'static str>,
    ) -> Chunk {
        let lines = &self.lines[index..index + count];
        Chunk {
            line: index + 1,
            lines: lines.iter().map(|line| line.text.to_owned()).collect(),
            content,
            slips,
        }
    }

    fn command(&mut self, index: usize) -> Chunk {
        let first = self.lines[index];
        let mut text = String::new();
        let mut slips = Vec::new();
        let last = self.lines.len().min(index + MAX_LINES);
        for count in 1..=last - index {
            let repaired = repair(self.lines[index + count - 1].text, self.is_page);
            text.push_str(&repaired.text);
            slips.extend(repaired.slips);
            let is_continued = text.ends_with('\\');
            if !self.may_parse(&text) {
                break;
            }
            if !is_continued && let Some(items) = shell_parser::parse(&text) {
                return self.chunk(index, count, ChunkContent::Items(items), slips);
            }
            if !is_continued && !first.is_in_script && !takes_more_lines(&text) {
                break;
            }
            text.push('\n');
        }
        let repaired = repair(first.text, self.is_page);
        let mut slips = repaired.slips;
        slips.push(NOT_CLOSED);
        for quote in ['"', '\''] {
            let closed = format!("{}{quote}", repaired.text.trim_end());
            if self.may_parse(&closed)
                && let Some(items) = shell_parser::parse(&closed)
            {
                return self.chunk(index, 1, ChunkContent::Items(items), slips);
            }
        }
        self.chunk(index, 1, ChunkContent::Unreadable, Vec::new())
    }

    /// Whether so much text may still be looked at; counts it.
    fn may_parse(&mut self, text: &str) -> bool {
        let left = self.left.checked_sub(text.len());
        self.left = left.unwrap_or(self.left);
        left.is_some()
    }
}

/// Whether a command on a page goes on in the next line.
fn takes_more_lines(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    COMPOUND.contains(&first) || text.contains("<<")
}

/// Lines of a chunk, counted from 0.
#[derive(Clone, Copy)]
pub(super) struct Origin<'a> {
    pub(super) chunk: &'a Chunk,
    pub(super) line: usize,
    pub(super) last_line: usize,
}

impl Origin<'_> {
    /// The number of the first line in its file.
    pub(super) fn number(&self) -> usize {
        self.chunk.line + self.line
    }

    /// The lines as they were written.
    pub(super) fn text(&self) -> &[String] {
        let lines = &self.chunk.lines;
        let last = self.last_line.min(lines.len().saturating_sub(1));
        lines.get(self.line..=last).unwrap_or_default()
    }
}

/// The commands in a file for the standard input of asconfigurator: an empty line ends each.
pub(super) fn command_blocks(lines: &[PageLine<'_>]) -> Vec<Chunk> {
    let mut blocks: Vec<Chunk> = Vec::new();
    let mut is_open = false;
    for (index, line) in lines.iter().enumerate() {
        let text = line.text.to_owned();
        let is_setting = line.role == LineRole::Command;
        match blocks.last_mut().filter(|_| is_open && is_setting) {
            Some(block) => block.lines.push(text),
            None => blocks.push(Chunk {
                line: index + 1,
                lines: vec![text],
                content: match line.role {
                    LineRole::Blank => ChunkContent::Blank,
                    LineRole::Comment => ChunkContent::Comment,
                    LineRole::Step => ChunkContent::Step,
                    LineRole::Command | LineRole::Prose => ChunkContent::Settings,
                },
                slips: Vec::new(),
            }),
        }
        is_open = is_setting;
    }
    blocks
}
