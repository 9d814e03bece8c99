//! Proofs that readers of a format find nothing in it but ours.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use quick_xml::events::Event as Xml;

pub(crate) fn is_shown(letter: char) -> bool {
    let is_mark = matches!(letter, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}');
    letter == '\n' || !(letter.is_control() || is_mark)
}

pub(crate) fn assert_shown(text: &str) {
    let found = text
        .chars()
        .find(|&letter| letter != '\t' && !is_shown(letter));
    assert_eq!(found, None, "{text}");
}

/// No reader of markdown finds more than code, plain words and our own frame.
pub(crate) fn assert_inert(markdown: &str) {
    assert_shown(markdown);
    let options = Options::all() - Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut is_code = false;
    for event in Parser::new_ext(markdown, options) {
        assert!(is_frame(&event), "{event:?}\n{markdown}");
        if let Event::Start(tag) = &event {
            is_code = matches!(tag, Tag::CodeBlock(_));
        }
        if let Event::End(TagEnd::CodeBlock) = event {
            is_code = false;
        }
        if let Event::Html(html) = &event {
            assert!(is_ours(html.trim_end()), "{html}\n{markdown}");
        }
        if let (Event::Text(text), false) = (&event, is_code) {
            assert_plain(&text.replace("[!CAUTION]", ""));
        }
    }
}

fn is_frame(event: &Event<'_>) -> bool {
    let is_block = |tag: &Tag<'_>| {
        matches!(
            tag,
            Tag::Paragraph
                | Tag::Heading { .. }
                | Tag::BlockQuote(_)
                | Tag::List(None)
                | Tag::Item
                | Tag::Strong
                | Tag::HtmlBlock
                | Tag::CodeBlock(_)
                | Tag::Table(_)
                | Tag::TableHead
                | Tag::TableRow
                | Tag::TableCell
        )
    };
    if let Event::Start(tag) = event {
        return is_block(tag);
    }
    matches!(
        event,
        Event::End(_) | Event::Code(_) | Event::SoftBreak | Event::Html(_) | Event::Text(_)
    )
}

fn is_ours(html: &str) -> bool {
    let is_marker = html.starts_with("<!-- ascript: ") && html.find("-->") == Some(html.len() - 3);
    let title = html.strip_prefix("<details><summary>").unwrap_or("<");
    let title = title.strip_suffix("</summary>").unwrap_or(title);
    let title = title.replace("<code>aspera.conf</code>", "");
    is_marker || html == "</details>" || !title.contains('<')
}

/// Nothing that reads a finished text looks for what is left in it.
fn assert_plain(text: &str) {
    const MARKS: &[char] = &[
        '@', '#', '<', '>', '[', ']', '`', '\\', '$', '%', '~', '*', '|', '&', '_',
    ];
    assert_eq!(text.find(MARKS), None, "{text}");
    assert!(!text.contains("://") && !text.contains("www."), "{text}");
    assert!(!text.trim_start().starts_with('/'), "{text}");
}

const TAGS: &str = " html head meta title style body header main section article details summary footer \
    h1 h2 h3 p span code pre b a ul li dl div dt dd table colgroup col thead tbody tr th td cite ins del ";
const NAMES: &str =
    " lang charset http-equiv content name class id href scope colspan open aria-labelledby ";

/// The page is well-formed, and holds no tag, attribute or address but ours.
pub(crate) fn assert_page(html: &str) {
    assert_shown(html);
    let mut reader = quick_xml::Reader::from_str(html);
    let mut depth = 0;
    loop {
        let event = reader
            .read_event()
            .unwrap_or_else(|error| panic!("{error}\n{html}"));
        if matches!(event, Xml::Eof) {
            break;
        }
        depth -= i32::from(matches!(event, Xml::End(_)));
        let (Xml::Start(tag) | Xml::Empty(tag)) = &event else {
            let is_text = matches!(event, Xml::Text(_) | Xml::GeneralRef(_) | Xml::DocType(_));
            assert!(is_text || matches!(event, Xml::End(_)), "{event:?}\n{html}");
            continue;
        };
        depth += i32::from(matches!(event, Xml::Start(_)));
        let word = |name: &str| format!(" {name} ");
        assert!(TAGS.contains(&word(tag.name().as_ref())), "{tag:?}");
        for attribute in tag.attributes() {
            let attribute = attribute.unwrap();
            assert!(
                NAMES.contains(&word(attribute.key.as_ref())),
                "{attribute:?}"
            );
            if attribute.key.as_ref() == "href" {
                assert!(attribute.value.starts_with("#step-"), "{attribute:?}");
            }
        }
    }
    assert_eq!(depth, 0);
}
