//! A page as a reader has it: its elements, its words, and where its links lead.

use scraper::node::Element;
use scraper::{ElementRef, Html, Node};

/// What the templates write.
pub(crate) const ELEMENTS: &[&str] = &[
    "a",
    "article",
    "b",
    "blockquote",
    "body",
    "br",
    "caption",
    "code",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "fieldset",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "input",
    "label",
    "legend",
    "li",
    "link",
    "main",
    "meta",
    "nav",
    "ol",
    "p",
    "pre",
    "script",
    "section",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
    "wbr",
];

/// What the templates write on them.
pub(crate) const ATTRIBUTES: &[&str] = &[
    "aria-label",
    "charset",
    "checked",
    "class",
    "colspan",
    "content",
    "for",
    "href",
    "http-equiv",
    "id",
    "lang",
    "name",
    "rel",
    "role",
    "scope",
    "src",
    "start",
    "tabindex",
    "type",
];

/// Elements within a line of text.
const INLINE: &[&str] = &["a", "b", "code", "em", "i", "span", "strong", "sub", "sup", "wbr"];

/// Words that the templates put between words of a page: the label of a note, a target that is no link.
const ADDED: &[&str] = &["label", "target"];

/// Every element, in the order of the page.
pub(crate) fn elements(page: &Html) -> impl Iterator<Item = &Element> {
    page.tree.nodes().filter_map(|node| node.value().as_element())
}

/// Every value of an attribute.
pub(crate) fn attributes<'a>(page: &'a Html, name: &'a str) -> Vec<&'a str> {
    elements(page).filter_map(|element| element.attr(name)).collect()
}

/// The words of a whole page.
pub(crate) fn text(page: &Html) -> String {
    words(page.root_element())
}

/// The words of an element, runs of white space as one blank, without what the templates put between them.
pub(crate) fn words(element: ElementRef<'_>) -> String {
    let mut out = String::new();
    push(element, &mut out);
    squeeze(&out)
}

fn push(element: ElementRef<'_>, out: &mut String) {
    let value = element.value();
    if value.classes().any(|class| ADDED.contains(&class)) {
        return;
    }
    let apart = !INLINE.contains(&value.name());
    out.extend(apart.then_some(' '));
    for child in element.children() {
        match child.value() {
            Node::Text(text) => out.push_str(text),
            Node::Element(_) => push(ElementRef::wrap(child).expect("the node is an element"), out),
            _ => {}
        }
    }
    out.extend(apart.then_some(' '));
}

/// Runs of white space as one blank, and what HTML cannot express as U+FFFD.
pub(crate) fn squeeze(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Whether a link leads away from the site. Any scheme but the three is an error of its own.
pub(crate) fn is_absolute(href: &str) -> bool {
    let scheme = href.split(['/', '#', '?']).next().and_then(|start| start.split_once(':'));
    let Some((scheme, _)) = scheme else {
        assert!(!href.starts_with("//"), "{href} takes the scheme of the page");
        return false;
    };
    assert!(matches!(&*scheme.to_lowercase(), "http" | "https" | "mailto"), "{href} is a link");
    true
}

/// The file that a relative link of a page leads to.
pub(crate) fn resolve(page: &str, file: &str) -> String {
    if file.is_empty() {
        return page.to_owned();
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in file.split('/') {
        match part {
            ".." => assert!(parts.pop().is_some(), "{page}: {file} leaves the site"),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
