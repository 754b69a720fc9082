//! XML with a repeated element.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use roxmltree::{Document, Node, ParsingOptions};

use super::cells::{Cells, NamedCells, below};
use super::error::{FileError, RowError};
use super::json::refuse_too_many;
use super::lines::Lines;
use super::row::{Row, Table};
use super::settings::{Format, FormatKind, MAX_TREE_BYTES, XmlLookup};

/// How deep elements may lie in a record. Real records have two or three levels.
const MAX_DEPTH: usize = 32;
/// The name of the text that stands in a record itself, or among the children of an element.
const OWN_TEXT: &str = "#text";

/// Reads the record elements of an XML file and its code tables. Names are local: namespace prefixes do not count.
///
/// Cells are the child elements by name (`name_c`), those below them by dotted path, attributes with an at sign (`@ID`,
/// `place.@kind`), and as `#text` what text a record holds itself. An empty element is an empty text.
///
/// A document type definition is refused, for what it can do to a reader.
///
/// # Errors
/// Not XML, too large, a DTD, no such elements, or a code table that is missing or contradicts itself.
pub(super) fn open<'a>(format: &Format, text: &str) -> Result<Table<'a>, FileError> {
    if text.len() > MAX_TREE_BYTES {
        return Err(FileError::TooMuch { limit: MAX_TREE_BYTES as u64, of: "bytes" });
    }
    let options = ParsingOptions { allow_dtd: false, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text.trim_start(), options)
        .map_err(|error| FileError::Malformed { kind: FormatKind::Xml, message: error.to_string() })?;
    let records = records(format, &document)?;
    let lookups = format.lookups.iter().map(|wanted| Ok((wanted.name.clone(), lookup(wanted, &document)?)));
    let lookups = lookups.collect::<Result<_, FileError>>()?;
    Ok(Table { headers: Vec::new(), lookups, rows: Box::new(rows(text, &document, &records).into_iter()) })
}

fn records<'a, 'input>(format: &Format, document: &'a Document<'input>) -> Result<Vec<Node<'a, 'input>>, FileError> {
    let Some(path) = format.records.as_deref().filter(|path| !path.is_empty()) else {
        return Err(FileError::Settings("records must name the element that is a record".to_owned()));
    };
    let records: Vec<_> = document.descendants().filter(|node| lies_at(*node, path)).collect();
    if records.is_empty() {
        let children = document.root_element().children().filter(Node::is_element).take(5);
        let names: Vec<_> = children.map(|node| node.tag_name().name()).collect();
        let hint = format!("the root {:?} begins with {}", document.root_element().tag_name().name(), names.join(", "));
        return Err(FileError::NoRecords { path: path.to_owned(), hint });
    }
    refuse_too_many(records.len())?;
    Ok(records)
}

/// Whether the path of an element ends so.
fn lies_at(node: Node<'_, '_>, path: &str) -> bool {
    let mut ancestors = node.ancestors();
    path.rsplit('/')
        .all(|name| ancestors.next().is_some_and(|node| node.is_element() && node.tag_name().name() == name))
}

fn rows(text: &str, document: &Document<'_>, records: &[Node<'_, '_>]) -> Vec<Result<Row, RowError>> {
    let before = text.len() - document.input_text().len();
    let mut lines = Lines::new();
    let mut row = |record: &Node<'_, '_>| {
        let line = lines.at(text.as_bytes(), before + record.range().start);
        let cells = cells(*record).map_err(|message| RowError { line, message })?;
        Ok(Row::new(line, cells))
    };
    records.iter().map(&mut row).collect()
}

fn cells(record: Node<'_, '_>) -> Result<Cells, String> {
    let mut cells = NamedCells::default();
    add(&mut cells, "", record, MAX_DEPTH)?;
    Ok(cells.into())
}

fn add(cells: &mut NamedCells, path: &str, element: Node<'_, '_>, depth: usize) -> Result<(), String> {
    if depth == 0 {
        return Err(format!("the record is nested deeper than {MAX_DEPTH} levels"));
    }
    for attribute in element.attributes() {
        cells.push(&below(path, &format!("@{}", attribute.name())), attribute.value().to_owned())?;
    }
    let text = text_of(element);
    if !path.is_empty() && !element.children().any(|child| child.is_element()) {
        return cells.push(path, text);
    }
    if !text.trim().is_empty() {
        cells.push(&below(path, OWN_TEXT), text)?;
    }
    for child in element.children().filter(Node::is_element) {
        add(cells, &below(path, child.tag_name().name()), child, depth - 1)?;
    }
    Ok(())
}

/// The text of an element without that of its children; comments and CDATA sections part it but do not count.
fn text_of(element: Node<'_, '_>) -> String {
    element.children().filter(Node::is_text).filter_map(|node| node.text()).collect()
}

fn lookup(wanted: &XmlLookup, document: &Document<'_>) -> Result<BTreeMap<String, String>, FileError> {
    let wrong = |message: String| FileError::Lookup { name: wanted.name.clone(), message };
    let mut table = BTreeMap::new();
    for element in document.descendants().filter(|node| lies_at(*node, &wanted.element)) {
        let cells = cells(element).map_err(wrong)?;
        let Some(key) = cells.get(&wanted.key) else {
            return Err(wrong(format!("has an entry without {:?}", wanted.key)));
        };
        let value = text_of(element).trim().to_owned();
        match table.entry(key.trim().to_owned()) {
            Entry::Vacant(entry) => {
                entry.insert(value);
            }
            Entry::Occupied(entry) if *entry.get() == value => {}
            Entry::Occupied(entry) => {
                return Err(wrong(format!("gives two values for {:?}", entry.key())));
            }
        }
    }
    if table.is_empty() {
        return Err(wrong(format!("finds no element {:?}", wanted.element)));
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::*;

    const FILE: &str = r#"  <DATA>
  <district_CODE><CODE ID="CW">中西區</CODE><CODE ID="E">東區</CODE></district_CODE>
  <type_CODE><CODE ID="toilet">公廁</CODE></type_CODE>
  <places>
    <map kind="a"><mapID>1</mapID><name>甲 &amp; 乙</name><fax/><tel>1</tel><tel>2</tel></map>
    <map><mapID>2</mapID><place unit="m">here<x>114</x></place><note><![CDATA[<b>]]> c</note></map>
  </places>
</DATA>"#;

    fn table(records: &str, lookups: &[[&str; 3]], text: &str) -> Result<Table<'static>, FileError> {
        let lookup = |[name, element, key]: &[&str; 3]| json!({ "name": name, "element": element, "key": key });
        let lookups: Vec<_> = lookups.iter().map(lookup).collect();
        let format = json!({ "kind": "xml", "records": records, "lookup": lookups });
        open(&serde_json::from_value(format).unwrap(), text)
    }

    #[test]
    fn elements_and_attributes_are_cells() {
        let rows: Vec<_> = table("places/map", &[], FILE).unwrap().rows.map(Result::unwrap).collect();
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [5, 6]);
        let first = &rows[0].cells;
        assert_eq!(first.names().collect::<Vec<_>>(), ["@kind", "mapID", "name", "fax", "tel", "tel#2"]);
        assert_eq!(first.get("name"), Some("甲 & 乙"));
        assert_eq!(first.get("fax"), Some(""));
        let second = &rows[1].cells;
        assert_eq!(second.get("place.@unit"), Some("m"));
        assert_eq!(second.get("place.#text"), Some("here"));
        assert_eq!(second.get("place.x"), Some("114"));
        assert_eq!(second.get("note"), Some("<b> c"));
    }

    #[test]
    fn code_tables_of_one_element_name_are_told_apart_by_their_path() {
        let lookups = [["district", "district_CODE/CODE", "@ID"], ["type", "type_CODE/CODE", "@ID"]];
        let table = table("map", &lookups, FILE).unwrap();
        assert_eq!(table.lookups["district"]["CW"], "中西區");
        assert_eq!(table.lookups["district"].len(), 2);
        assert_eq!(table.lookups["type"]["toilet"], "公廁");
    }

    #[test]
    fn a_code_table_must_be_there_and_agree_with_itself() {
        assert!(table("map", &[["x", "nothing", "@ID"]], FILE).is_err());
        assert!(table("map", &[["x", "CODE", "@id"]], FILE).is_err());
        let twice = r#"<D><C ID="a">1</C><C ID="a">2</C><map/></D>"#;
        let refusal = table("map", &[["x", "C", "@ID"]], twice).err().unwrap();
        assert_eq!(refusal.to_string(), r#"the lookup "x" gives two values for "a""#);
    }

    #[test]
    fn records_that_are_elsewhere_are_pointed_at() {
        let refusal = table("toilet", &[], FILE).err().unwrap();
        assert!(refusal.to_string().ends_with(r#"the root "DATA" begins with district_CODE, type_CODE, places"#));
        assert!(matches!(table("", &[], FILE).err(), Some(FileError::Settings(_))));
    }

    #[test]
    fn a_document_type_definition_is_refused() {
        let text = r#"<!DOCTYPE d [<!ENTITY a "b">]><d><map>&a;</map></d>"#;
        assert!(matches!(table("map", &[], text).err(), Some(FileError::Malformed { .. })));
    }

    #[test]
    fn depth_is_bounded() {
        let text = format!("<d><map>{}{}</map><map/></d>", "<a>".repeat(5_000), "</a>".repeat(5_000));
        let rows: Vec<_> = table("map", &[], &text).unwrap().rows.collect();
        assert!(rows[0].as_ref().unwrap_err().message.contains("32 levels"));
        assert!(rows[1].is_ok());
    }
}
