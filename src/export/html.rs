//! A book as one page that prints on A4: no script, nothing from elsewhere.

use std::fmt::Write;

use super::book::{Book, Cell, Table};

const STYLE: &str = "\
@page{size:A4;margin:18mm 15mm}\
body{font:10.5pt/1.5 system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;color:#111;max-width:180mm;\
margin:0 auto;padding:12px}\
h1{font-size:18pt;text-align:center;margin:0 0 4mm}h2{font-size:12pt;margin:6mm 0 2mm;break-after:avoid}\
p{margin:0 0 1mm;color:#444}p.note{font-size:9pt}\
table{border-collapse:collapse;width:100%}thead{display:table-header-group}tr{break-inside:avoid}\
th,td{border:.5pt solid #888;padding:1mm 2mm;text-align:left;vertical-align:top}th{background:#f2f2f2}\
td.n{text-align:right;font-variant-numeric:tabular-nums}\
.sign{display:flex;flex-wrap:wrap;gap:8mm 12mm;margin-top:12mm;break-inside:avoid}\
.sign div{flex:1 1 40%;border-bottom:.5pt solid #111;padding-bottom:1mm}";

/// The page. Whatever the register holds is text in it and nothing else.
#[must_use]
pub fn html(book: &Book) -> String {
    let mut page = String::new();
    let title = escaped(&book.title);
    // Writing to a string cannot fail.
    let _ = write!(
        page,
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head>\
         <body><h1>{title}</h1>",
        book.language
    );
    for line in &book.lines {
        let _ = write!(page, "<p>{}</p>", escaped(line));
    }
    for table in &book.tables {
        write_table(&mut page, table);
    }
    if !book.signatures.is_empty() {
        page.push_str("<div class=\"sign\">");
        for who in &book.signatures {
            let _ = write!(page, "<div>{}</div>", escaped(who));
        }
        page.push_str("</div>");
    }
    page.push_str("</body></html>\n");
    page
}

fn write_table(page: &mut String, table: &Table) {
    let _ = write!(page, "<h2>{}</h2>", escaped(&table.title));
    if !table.note.is_empty() {
        let _ = write!(page, "<p class=\"note\">{}</p>", escaped(&table.note));
    }
    page.push_str("<table><thead><tr>");
    for column in &table.columns {
        let _ = write!(page, "<th>{}</th>", escaped(column));
    }
    page.push_str("</tr></thead><tbody>");
    for row in &table.rows {
        page.push_str("<tr>");
        for cell in row {
            let class = if matches!(cell, Cell::Text(_)) { "" } else { " class=\"n\"" };
            let _ = write!(page, "<td{class}>{}</td>", escaped(&cell.shown()));
        }
        page.push_str("</tr>");
    }
    page.push_str("</tbody></table>");
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_text() {
        let row = vec![Cell::Text("<img src=x onerror=alert(1)>".to_owned()), Cell::Share(0.5), Cell::Empty];
        let table = Table { title: "a&b".to_owned(), rows: vec![row], ..Table::default() };
        let page = html(&Book { title: "</title><script>".to_owned(), tables: vec![table], ..Book::default() });
        assert!(!page.contains("<img") && !page.contains("<script"));
        assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;") && page.contains("a&amp;b"));
        assert!(page.contains("50.0 %") && page.contains("—"));
    }
}
