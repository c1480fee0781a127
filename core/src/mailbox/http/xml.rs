//! The little of XML that servers' answers need: where each element stands, by names without prefixes, and its text.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

use crate::mailbox::StorageError;

/// How many elements may stand in one another.
const DEPTH: usize = 32;

/// Goes through a document and tells of each element when it ends: the names from the outermost to it, and the text before its
/// end. Gives the outermost name.
///
/// Errors: `Unreachable` where it is no XML, was cut off, or has a type of document of its own, which could make much of little.
pub(super) fn walk(bytes: &[u8], mut seen: impl FnMut(&[&str], &str)) -> Result<String, StorageError> {
    let text = std::str::from_utf8(bytes).map_err(|_| StorageError::Unreachable)?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().expand_empty_elements = true;
    let (mut path, mut said, mut root) = (Vec::new(), String::new(), None);
    loop {
        match reader.read_event().map_err(|_| StorageError::Unreachable)? {
            Event::Start(start) => {
                let name = start.local_name().into_inner().to_owned();
                if path.len() == DEPTH || (path.is_empty() && root.is_some()) {
                    return Err(StorageError::Unreachable);
                }
                root.get_or_insert_with(|| name.clone());
                path.push(name);
                said.clear();
            }
            Event::End(_) => {
                let names: Vec<&str> = path.iter().map(String::as_str).collect();
                seen(&names, &said);
                path.pop();
                said.clear();
            }
            Event::Text(text) => said.push_str(&text.xml10_content()),
            Event::CData(text) => said.push_str(&text.xml10_content()),
            Event::GeneralRef(entity) => match entity.resolve_char_ref() {
                Ok(Some(character)) => said.push(character),
                Ok(None) => said.push_str(resolve_predefined_entity(&entity).ok_or(StorageError::Unreachable)?),
                Err(_) => return Err(StorageError::Unreachable),
            },
            Event::DocType(_) => return Err(StorageError::Unreachable),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Empty(_) => {} // is told as a start and an end
            Event::Eof => return root.filter(|_| path.is_empty()).ok_or(StorageError::Unreachable),
        }
    }
}
