//! Reads Rust source just far enough to see what it names: tokens without comments and literals, and absolute paths.

/// Every path that starts at `crate`, `self` or `super`, made absolute, with its line.
pub(super) fn paths<'a>(tokens: &[Token<'a>], module: &[&'a str]) -> Vec<(Vec<&'a str>, usize)> {
    let mut found = Vec::new();
    let mut here = module.to_vec();
    // Depth of braces at which each inline module (`mod tests {`) was opened.
    let (mut depth, mut opened) = (0, Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "{" => {
                depth += 1;
                if at >= 2 && tokens[at - 2].text == "mod" {
                    opened.push(depth);
                    here.push(tokens[at - 1].text);
                }
            }
            "}" => {
                if opened.last() == Some(&depth) {
                    opened.pop();
                    here.pop();
                }
                depth -= 1;
            }
            "crate" | "self" | "super" if starts_path(tokens, at) => {
                let mut start = if token.text == "crate" { Vec::new() } else { here.clone() };
                let mut next = at;
                while let Some(up @ ("crate" | "self" | "super")) = tokens.get(next).map(|token| token.text) {
                    if up == "super" {
                        start.pop();
                    }
                    next += 2;
                }
                follow(tokens, next, start, &mut found);
            }
            _ => {}
        }
    }
    found.retain(|(path, _)| !path.is_empty());
    found
}

fn starts_path(tokens: &[Token<'_>], at: usize) -> bool {
    let follows = at > 0 && tokens[at - 1].text == "::";
    !follows && tokens.get(at + 1).is_some_and(|next| next.text == "::")
}

/// Follows the path or group at `at` to its ends, below `prefix`, and returns where it stopped.
fn follow<'a>(
    tokens: &[Token<'a>],
    at: usize,
    mut prefix: Vec<&'a str>,
    found: &mut Vec<(Vec<&'a str>, usize)>,
) -> usize {
    let Some(token) = tokens.get(at) else {
        return at;
    };
    if token.text != "{" {
        if token.text != "self" {
            prefix.push(token.text);
        }
        let goes_on = tokens.get(at + 1).is_some_and(|next| next.text == "::")
            && tokens.get(at + 2).is_some_and(|next| next.text != "<");
        if goes_on {
            return follow(tokens, at + 2, prefix, found);
        }
        found.push((prefix, token.line));
        return at + 1;
    }
    let mut next = at + 1;
    while let Some(token) = tokens.get(next) {
        next = match token.text {
            "}" => return next + 1,
            "," => next + 1,
            // A new name for what was just imported.
            "as" => next + 2,
            _ => follow(tokens, next, prefix.clone(), found),
        };
    }
    next
}

/// A word, `::`, or a single other sign of code.
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) line: usize,
}

/// The code in `source` without comments, literals and white space.
pub(super) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while !rest.is_empty() {
        let (length, is_code) = measure(rest);
        let (text, after) = rest.split_at(length);
        if is_code {
            tokens.push(Token { text, line });
        }
        line += text.matches('\n').count();
        rest = after;
    }
    tokens
}

/// The length of the piece that `text` starts with, and whether it is code.
fn measure(text: &str) -> (usize, bool) {
    if text.starts_with("//") {
        return (text.find('\n').unwrap_or(text.len()), false);
    }
    if text.starts_with("/*") {
        return (block_comment(text), false);
    }
    if let Some(length) = string(text).or_else(|| character(text)) {
        return (length, false);
    }
    if text.starts_with("::") {
        return (2, true);
    }
    let word = text.find(|sign: char| !sign.is_alphanumeric() && sign != '_').unwrap_or(text.len());
    if word > 0 {
        return (word, true);
    }
    let sign = text.chars().next().unwrap_or_default();
    (sign.len_utf8(), !sign.is_whitespace())
}

/// The length of a block comment; they nest.
fn block_comment(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0);
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// The length of a string literal of any sort, raw ones included.
fn string(text: &str) -> Option<usize> {
    let start = text
        .find(|sign| !['b', 'c', 'r'].contains(&sign))
        .filter(|&at| ["", "b", "c", "r", "br", "cr"].contains(&&text[..at]))?;
    let raw = text[..start].ends_with('r');
    let hashes = text[start..].find(|sign| sign != '#')?;
    let open = start + hashes;
    if !text[open..].starts_with('"') || (hashes > 0 && !raw) {
        return None;
    }
    let body = &text[open + 1..];
    let length = if raw {
        let end = format!("\"{}", "#".repeat(hashes));
        body.find(&end)? + end.len()
    } else {
        let mut escaped = false;
        body.find(|sign| {
            let ends = sign == '"' && !escaped;
            escaped = sign == '\\' && !escaped;
            ends
        })? + 1
    };
    Some(open + 1 + length)
}

/// The length of a character literal; a lifetime is none.
fn character(text: &str) -> Option<usize> {
    let quoted = text.strip_prefix('b').unwrap_or(text).strip_prefix('\'')?;
    let before = text.len() - quoted.len();
    let mut signs = quoted.char_indices().skip(1);
    let (at, after) = signs.next()?;
    if quoted.starts_with('\\') {
        // What is escaped may itself be a quote.
        return signs.find(|(_, sign)| *sign == '\'').map(|(end, _)| before + end + 1);
    }
    (after == '\'').then_some(before + at + 1)
}
