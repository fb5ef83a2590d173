//! The words of one paragraph, within the marks that are open around them.

use pulldown_cmark::TagEnd;

use crate::prose::{Inline, Target, plain};

/// How deep lists, quotes and marks may nest; what lies deeper loses its nesting, not its text.
pub(super) const MAX_DEPTH: usize = 48;

/// The inlines of the paragraph that is open. All of them lie in one list, whose memory each paragraph uses again.
#[derive(Default)]
pub(super) struct Inlines {
    /// The line of the paragraph; none if none is open.
    pub(super) line: Option<u32>,
    content: Vec<Inline>,
    /// The marks that are open, and where in `content` each begins.
    frames: Vec<(Mark, usize)>,
    /// The text behind `content`, which comes in pieces; so does its memory serve for every text.
    text: String,
    /// Whether there is one; it may be empty.
    has_text: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Strong,
    Emphasis,
    Superscript,
    Subscript,
    Code,
    Link(String),
    Image(String),
    /// Deeper than is kept.
    Flat,
}

impl Inlines {
    /// Opens a mark, which is kept if it is not too deep.
    pub(super) fn open(&mut self, mark: Mark) {
        self.end_text();
        // The paragraph itself counts.
        let mark = if self.frames.len() + 1 >= MAX_DEPTH { Mark::Flat } else { mark };
        self.frames.push((mark, self.content.len()));
    }

    /// Where the content of the innermost mark begins.
    fn start(&self) -> usize {
        self.frames.last().map_or(0, |(_, start)| *start)
    }

    /// Text goes on with the text before it.
    pub(super) fn text(&mut self, text: &str) {
        let start = self.start();
        match self.content[start..].last_mut() {
            Some(Inline::Text(last)) if !self.has_text => last.push_str(text),
            _ => {
                self.text.push_str(text);
                self.has_text = true;
            }
        }
    }

    /// Anything but text and marks.
    pub(super) fn push(&mut self, inline: Inline) {
        self.end_text();
        self.content.push(inline);
    }

    /// Makes an inline of the text, with no more memory than it needs.
    fn end_text(&mut self) {
        if std::mem::take(&mut self.has_text) {
            self.content.push(Inline::Text(self.text.as_str().to_owned()));
            self.text.clear();
        }
    }

    fn pop(&mut self) {
        self.end_text();
        let Some((mark, from)) = self.frames.pop() else { return };
        if mark == Mark::Flat {
            self.join(from);
            return;
        }
        let content: Vec<Inline> = self.content.drain(from..).collect();
        self.content.push(match mark {
            Mark::Strong => Inline::Strong(content),
            Mark::Emphasis => Inline::Emphasis(content),
            Mark::Superscript => Inline::Superscript(content),
            Mark::Subscript => Inline::Subscript(content),
            Mark::Code => Inline::Code(plain(&content).into_owned()),
            Mark::Link(target) => Inline::Link(Target::Written(target), content),
            Mark::Image(source) => Inline::Image(source, plain(&content).into_owned()),
            Mark::Flat => unreachable!("its content stays where it is"),
        });
    }

    /// What stands in a mark that is not kept goes on with the text before it.
    fn join(&mut self, from: usize) {
        if from > self.start()
            && let Some([.., Inline::Text(last), Inline::Text(next)]) = self.content.get_mut(..=from)
        {
            last.push_str(next);
            self.content.remove(from);
        }
    }

    /// Closes what is open and returns all of it.
    pub(super) fn finish(&mut self) -> Vec<Inline> {
        while !self.frames.is_empty() {
            self.pop();
        }
        self.end_text();
        trim(&mut self.content);
        self.content.drain(..).collect()
    }

    /// Markdown's own marks nest well, but HTML inside them may be left open.
    pub(super) fn close_markdown(&mut self, end: TagEnd) {
        let wanted = |mark: &Mark| match end {
            TagEnd::Emphasis => matches!(mark, Mark::Emphasis | Mark::Flat),
            TagEnd::Strong => matches!(mark, Mark::Strong | Mark::Flat),
            TagEnd::Link => matches!(mark, Mark::Link(_) | Mark::Flat),
            _ => matches!(mark, Mark::Image(_) | Mark::Flat),
        };
        self.close_to(wanted);
    }

    pub(super) fn close_html(&mut self, wanted: &Mark) {
        self.close_to(|mark| std::mem::discriminant(mark) == std::mem::discriminant(wanted) || *mark == Mark::Flat);
    }

    fn close_to(&mut self, wanted: impl Fn(&Mark) -> bool) {
        let Some(at) = self.frames.iter().rposition(|(mark, _)| wanted(mark)) else { return };
        while self.frames.len() > at {
            self.pop();
        }
    }
}

/// Takes blanks and breaks away from both ends.
fn trim(content: &mut Vec<Inline>) {
    loop {
        match content.first_mut() {
            Some(Inline::Break) => drop(content.remove(0)),
            Some(Inline::Text(text)) => {
                let trimmed = text.trim_start();
                if trimmed.is_empty() {
                    content.remove(0);
                    continue;
                }
                let blanks = text.len() - trimmed.len();
                text.drain(..blanks);
                break;
            }
            _ => break,
        }
    }
    loop {
        match content.last_mut() {
            Some(Inline::Break) => drop(content.pop()),
            Some(Inline::Text(text)) => {
                text.truncate(text.trim_end().len());
                if text.is_empty() {
                    content.pop();
                    continue;
                }
                break;
            }
            _ => break,
        }
    }
}
