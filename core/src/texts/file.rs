//! Reading a file of texts into what is kept of it.
//!
//! What is parsed is checked here once, so that to say a text can go wrong in few ways: every reference leads somewhere and
//! comes to an end, and there are no functions.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast;

use super::faults::MOST_FAULTS;
use super::{Fault, FaultKind, MOST_FILE_BYTES, TextValue};

/// Most insertions and brackets in one text. The parser calls itself for each that stands in another.
const MOST_NESTED: usize = 100;
/// How many texts a reference may lead through.
const MOST_STEPS: usize = 8;

/// The texts of one file.
#[derive(Default, Debug)]
pub(super) struct File {
    /// By keys; those of terms, which texts refer to and nobody asks for, begin with `-`.
    pub(super) patterns: BTreeMap<String, Pattern>,
    /// How long the file was.
    pub(super) bytes: usize,
}

#[derive(Default, Debug)]
pub(super) struct Pattern(pub(super) Vec<Part>);

#[derive(Debug)]
pub(super) enum Part {
    Text(Box<str>),
    Parameter(Box<str>),
    Reference(Box<Reference>),
    Select(Box<Select>),
}

/// Another text's place in this one. A term is given what stands in brackets behind its name, and nothing else.
#[derive(Debug)]
pub(super) struct Reference {
    pub(super) key: String,
    pub(super) given: Vec<(Box<str>, TextValue)>,
}

impl Reference {
    pub(super) fn is_term(&self) -> bool {
        self.key.starts_with('-')
    }
}

#[derive(Debug)]
pub(super) struct Select {
    pub(super) by: By,
    pub(super) variants: Vec<(VariantKey, Pattern)>,
    pub(super) default: usize,
}

#[derive(Debug)]
pub(super) enum By {
    Parameter(Box<str>),
    Reference(Reference),
}

#[derive(Debug)]
pub(super) enum VariantKey {
    Number(i64),
    Word(Box<str>),
}

/// Reads a file, as far as it can be read, and says what is amiss in it.
pub(super) fn read(source: &str) -> (File, Vec<Fault>) {
    let unreadable = |line, kind| (File::default(), vec![Fault { line, key: String::new(), kind }]);
    if source.len() > MOST_FILE_BYTES {
        return unreadable(0, FaultKind::TooLong);
    }
    if let Some(line) = nested_at(source) {
        return unreadable(line, FaultKind::Nested);
    }
    if let Some(line) = torn_escape_at(source) {
        return unreadable(line, FaultKind::Syntax);
    }
    let file = File { bytes: source.len(), ..File::default() };
    let mut reading = Reading { lines: lines(source), file, faults: Vec::new() };
    let (resource, errors) = match fluent_syntax::parser::parse_runtime(source) {
        Ok(resource) => (resource, Vec::new()),
        Err((resource, errors)) => (resource, errors),
    };
    let ends: Vec<_> = source.match_indices('\n').map(|(at, _)| at).collect();
    for error in errors.into_iter().take(MOST_FAULTS) {
        let line = ends.partition_point(|end| *end < error.pos.start) as u32 + 1;
        reading.faults.push(Fault { line, key: String::new(), kind: FaultKind::Syntax });
    }
    for entry in &resource.body {
        match entry {
            ast::Entry::Message(message) => {
                reading.entry(message.id.name.to_owned(), message.value.as_ref(), &message.attributes);
            }
            ast::Entry::Term(term) => reading.entry(format!("-{}", term.id.name), Some(&term.value), &term.attributes),
            _ => {}
        }
    }
    reading.references();
    (reading.file, reading.faults)
}

/// The line of a text in which too much is nested. Only what opens is counted, and only a line that begins an entry starts
/// anew: within brackets the parser does not get past one.
fn nested_at(source: &str) -> Option<u32> {
    let mut opened = 0;
    for (number, line) in source.lines().enumerate() {
        if begins(line).is_some() {
            opened = 0;
        }
        opened += line.bytes().filter(|byte| matches!(byte, b'{' | b'(')).count();
        if opened > MOST_NESTED {
            return Some(number as u32 + 1);
        }
    }
    None
}

/// What a line gives a text to, as in `activity-water =`.
fn begins(line: &str) -> Option<&str> {
    let id = line.split_once('=')?.0.trim_end_matches(' ');
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (!id.is_empty() && id.bytes().all(plain)).then_some(id)
}

/// In which line each entry begins.
pub(super) fn lines(source: &str) -> BTreeMap<&str, u32> {
    let numbered = source.lines().enumerate();
    numbered.filter_map(|(number, line)| Some((begins(line)?, number as u32 + 1))).collect()
}

/// The entry in which a key's text stands.
pub(super) fn entry(key: &str) -> &str {
    key.split('.').next().unwrap_or_default()
}

/// The parser cuts a character in two where an escape ends in one, as in `\u00é`, and would panic.
fn torn_escape_at(source: &str) -> Option<u32> {
    let torn = |at: usize| {
        let rest = &source.as_bytes()[at + 1..];
        let digits = match rest.first() {
            Some(b'u') => 4,
            Some(b'U') => 6,
            _ => return false,
        };
        let there = rest[1..].iter().take(digits).take_while(|byte| byte.is_ascii_hexdigit()).count();
        there < digits && rest.get(1 + there).is_some_and(|byte| !byte.is_ascii())
    };
    let at = source.match_indices('\\').map(|(at, _)| at).find(|at| torn(*at))?;
    Some(source[..at].bytes().filter(|byte| *byte == b'\n').count() as u32 + 1)
}

struct Reading<'a> {
    lines: BTreeMap<&'a str, u32>,
    file: File,
    faults: Vec<Fault>,
}

impl Reading<'_> {
    fn fault(&mut self, key: &str, kind: FaultKind) {
        let line = self.lines.get(entry(key)).copied().unwrap_or_default();
        self.faults.push(Fault { line, key: key.to_owned(), kind });
    }

    fn entry(&mut self, id: String, value: Option<&ast::Pattern<&str>>, attributes: &[ast::Attribute<&str>]) {
        let attributes = attributes.iter().map(|one| (format!("{id}.{}", one.id.name), &one.value));
        let all: Vec<_> = value.map(|value| (id.clone(), value)).into_iter().chain(attributes).collect();
        for (key, value) in all {
            match pattern(value) {
                Some(_) if self.file.patterns.contains_key(&key) => self.fault(&key, FaultKind::Twice),
                Some(pattern) => {
                    self.file.patterns.insert(key, pattern);
                }
                None => self.fault(&key, FaultKind::Unsupported),
            }
        }
    }

    /// Takes out what refers to nothing, or to itself by however many others.
    fn references(&mut self) {
        let mut open: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (key, pattern) in &self.file.patterns {
            let mut refers = BTreeSet::new();
            pattern.each_reference(&mut |reference| {
                refers.insert(reference.key.as_str());
            });
            open.insert(key, refers);
        }
        let mut faults = Vec::new();
        for (key, refers) in &open {
            if refers.iter().any(|other| !self.file.patterns.contains_key(*other)) {
                faults.push(((*key).to_owned(), FaultKind::Reference));
            }
        }
        for _ in 0..MOST_STEPS {
            let ends: BTreeSet<_> = open.iter().filter(|(_, refers)| refers.is_empty()).map(|(key, _)| *key).collect();
            open.retain(|key, _| !ends.contains(key));
            for refers in open.values_mut() {
                refers.retain(|other| !ends.contains(other) && self.file.patterns.contains_key(*other));
            }
        }
        faults.extend(open.keys().map(|key| ((*key).to_owned(), FaultKind::Endless)));
        for (key, kind) in faults {
            self.fault(&key, kind);
            self.file.patterns.remove(&key);
        }
    }
}

impl Pattern {
    /// Everything that this text refers to.
    fn each_reference<'a>(&'a self, with: &mut impl FnMut(&'a Reference)) {
        for part in &self.0 {
            match part {
                Part::Text(_) | Part::Parameter(_) => {}
                Part::Reference(reference) => with(reference),
                Part::Select(select) => {
                    if let By::Reference(reference) = &select.by {
                        with(reference);
                    }
                    select.variants.iter().for_each(|(_, variant)| variant.each_reference(with));
                }
            }
        }
    }

    /// The parameters that this text itself names. What a term is given is the term's.
    pub(super) fn parameters(&self, into: &mut BTreeSet<String>) {
        for part in &self.0 {
            match part {
                Part::Text(_) | Part::Reference(_) => {}
                Part::Parameter(name) => {
                    into.insert(name.to_string());
                }
                Part::Select(select) => {
                    if let By::Parameter(name) = &select.by {
                        into.insert(name.to_string());
                    }
                    select.variants.iter().for_each(|(_, variant)| variant.parameters(into));
                }
            }
        }
    }
}

fn pattern(parsed: &ast::Pattern<&str>) -> Option<Pattern> {
    let part = |element: &ast::PatternElement<&str>| match element {
        ast::PatternElement::TextElement { value } => Some(Part::Text((*value).into())),
        ast::PatternElement::Placeable { expression } => placed(expression),
    };
    parsed.elements.iter().map(part).collect::<Option<_>>().map(Pattern)
}

fn placed(expression: &ast::Expression<&str>) -> Option<Part> {
    match expression {
        ast::Expression::Inline(ast::InlineExpression::Placeable { expression }) => placed(expression),
        ast::Expression::Inline(ast::InlineExpression::VariableReference { id }) => {
            Some(Part::Parameter(id.name.into()))
        }
        ast::Expression::Inline(inline) => match (literal(inline), reference(inline)) {
            (Some(value), _) => Some(Part::Text(value.to_string().into())),
            (_, reference) => Some(Part::Reference(Box::new(reference?))),
        },
        ast::Expression::Select { selector, variants } => {
            let by = match selector {
                ast::InlineExpression::VariableReference { id } => By::Parameter(id.name.into()),
                other => By::Reference(reference(other)?),
            };
            let default = variants.iter().position(|variant| variant.default)?;
            let variant = |one: &ast::Variant<&str>| {
                let key = match one.key {
                    ast::VariantKey::Identifier { name } => VariantKey::Word(name.into()),
                    ast::VariantKey::NumberLiteral { value } => VariantKey::Number(value.parse().ok()?),
                };
                Some((key, pattern(&one.value)?))
            };
            let variants = variants.iter().map(variant).collect::<Option<_>>()?;
            Some(Part::Select(Box::new(Select { by, variants, default })))
        }
    }
}

fn literal(inline: &ast::InlineExpression<&str>) -> Option<TextValue> {
    match inline {
        ast::InlineExpression::StringLiteral { value } => {
            Some(TextValue::Text(fluent_syntax::unicode::unescape_unicode_to_string(value).into_owned()))
        }
        ast::InlineExpression::NumberLiteral { value } => Some(TextValue::Number(value.parse().ok()?)),
        _ => None,
    }
}

fn reference(inline: &ast::InlineExpression<&str>) -> Option<Reference> {
    let key = |sign: &str, id: &ast::Identifier<&str>, attribute: &Option<ast::Identifier<&str>>| match attribute {
        Some(attribute) => format!("{sign}{}.{}", id.name, attribute.name),
        None => format!("{sign}{}", id.name),
    };
    match inline {
        ast::InlineExpression::MessageReference { id, attribute } => {
            Some(Reference { key: key("", id, attribute), given: Vec::new() })
        }
        ast::InlineExpression::TermReference { id, attribute, arguments } => {
            let given = arguments.iter().flat_map(|arguments| &arguments.named);
            let given = given.map(|one| Some((one.name.name.into(), literal(&one.value)?))).collect::<Option<_>>()?;
            Some(Reference { key: key("-", id, attribute), given })
        }
        _ => None,
    }
}
