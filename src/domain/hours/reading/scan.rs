//! Cuts a text into the words of opening hours, or finds that it holds something else.

use super::words::{self, WORDS};

/// A word of opening hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A time: minutes since midnight as written, up to 48:00.
    Clock(u16),
    /// The half of the day that the next time lies in, counted from 1 to 12.
    Period(Period),
    /// The next time is one of the day after.
    NextDay,
    /// The whole day.
    AllDay,
    /// One day of the week, Monday 0.
    Weekday(u8),
    /// A set of weekdays as bits, Monday lowest.
    Days(u8),
    /// Monday to Friday but for public holidays.
    WorkDays,
    /// Public holidays.
    Holiday,
    /// A month from 1, and a day of it or the whole.
    Date(u8, Option<u8>),
    /// From one to another.
    Dash,
    /// Either of the next two.
    Slash,
    /// Between things listed.
    Separator,
    /// Closed.
    Off,
    /// Adds nothing.
    Filler,
}

/// A part of the day in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Period {
    Morning,
    Noon,
    Afternoon,
    Evening,
    Night,
}

/// The words of a text; `None` when any part of it is not one of them.
pub(super) fn scan(text: &str) -> Option<Vec<Token>> {
    let text = folded(text);
    let mut rest: &[char] = &text;
    let mut tokens = Vec::new();
    while !rest.is_empty() {
        let (found, length) = bare_weekday(rest, &tokens).or_else(|| word(rest)).or_else(|| number(rest))?;
        tokens.push(found);
        rest = rest.get(length..)?;
        if let Some((period, length)) = half_day(rest, found) {
            // English puts the half of the day behind the time.
            tokens.insert(tokens.len() - 1, Token::Period(period));
            rest = rest.get(length..)?;
        }
    }
    tokens.retain(|token| *token != Token::Filler);
    Some(tokens)
}

/// The text in one spelling. A space is kept where it parts two letters or two digits, and means nothing elsewhere.
fn folded(text: &str) -> Vec<char> {
    let characters: Vec<char> = text.to_lowercase().chars().map(words::fold).collect();
    let words: Vec<&[char]> = characters.split(|c| *c == ' ').filter(|word| !word.is_empty()).collect();
    let mut folded: Vec<char> = Vec::with_capacity(characters.len());
    for word in words {
        let parts = |(left, right): (&char, &char)| {
            (left.is_ascii_digit() && right.is_ascii_digit()) || (is_latin(*left) && is_latin(*right))
        };
        if folded.last().zip(word.first()).is_some_and(parts) {
            folded.push(' ');
        }
        folded.extend(word);
    }
    folded
}

fn is_latin(c: char) -> bool {
    matches!(c, 'a'..='z' | 'à'..='ÿ')
}

/// The longest word that the text starts with; a word of letters ends where the letters end.
fn word(rest: &[char]) -> Option<(Token, usize)> {
    WORDS
        .iter()
        .flat_map(|(spellings, token)| spellings.iter().map(move |spelling| (*token, *spelling)))
        .filter(|(_, spelling)| starts_with(rest, spelling))
        .map(|(token, spelling)| (token, spelling.chars().count()))
        .max_by_key(|(_, length)| *length)
}

fn starts_with(rest: &[char], spelling: &str) -> bool {
    let mut left = rest.iter();
    if !spelling.chars().all(|c| left.next() == Some(&c)) {
        return false;
    }
    let next = left.next().copied();
    let cut = |is: fn(char) -> bool| spelling.chars().last().is_some_and(is) && next.is_some_and(is);
    !cut(is_latin) && !cut(|c| c.is_ascii_digit())
}

/// `五` in `周一至五` and `周一、五`, but not in `周一五时`.
fn bare_weekday(rest: &[char], before: &[Token]) -> Option<(Token, usize)> {
    let after_weekday =
        matches!(before, [.., Token::Weekday(_)] | [.., Token::Weekday(_), Token::Dash | Token::Separator]);
    let day = words::bare_weekday(*rest.first()?)?;
    let counts = rest.get(1).is_some_and(|next| is_hour_sign(*next) || numeral_digit(*next).is_some_and(|n| n == 10));
    (after_weekday && !counts).then_some((Token::Weekday(day), 1))
}

/// `am` or `pm` behind a time.
fn half_day(rest: &[char], found: Token) -> Option<(Period, usize)> {
    let Token::Clock(_) = found else {
        return None;
    };
    [("a.m.", Period::Morning), ("p.m.", Period::Afternoon), ("am", Period::Morning), ("pm", Period::Afternoon)]
        .into_iter()
        .find(|(spelling, _)| starts_with(rest, spelling))
        .map(|(spelling, period)| (period, spelling.len()))
}

/// A time (`6:00`, `6h30`, `八时半`, `8am`) or a date (`5月1日`, `5月`).
fn number(rest: &[char]) -> Option<(Token, usize)> {
    let (value, used) = numeral(rest)?;
    let sign = *rest.get(used)?;
    let rest = rest.get(used + 1..)?;
    let used = used + 1;
    match sign {
        ':' => {
            let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
            let (minute, length) = numeral(rest)?;
            (digits == 2 && rest.get(2) != Some(&':')).then_some((clock(value, minute)?, used + length))
        }
        '月' => {
            let month = u8::try_from(value).ok().filter(|month| (1..=12).contains(month))?;
            match numeral(rest) {
                Some((day, length)) if matches!(rest.get(length), Some('日' | '号')) => {
                    let day = u8::try_from(day).ok().filter(|day| (1..=31).contains(day))?;
                    Some((Token::Date(month, Some(day)), used + length + 1))
                }
                _ => Some((Token::Date(month, None), used)),
            }
        }
        'a' | 'p' => {
            // The sign belongs to the half of the day, which the caller reads.
            let whole =
                matches!(rest, ['m', next, ..] if !is_latin(*next)) || matches!(rest, ['m'] | ['.', 'm', '.', ..]);
            whole.then_some((clock(value, 0)?, used - 1))
        }
        // `上午7至11时`: the sign stands once for both.
        '-' | '~' | '至' | '到' => {
            let (_, length) = numeral(rest)?;
            let shared = rest.get(length).is_some_and(|sign| is_hour_sign(*sign));
            shared.then_some((clock(value, 0)?, used - 1))
        }
        sign if is_hour_sign(sign) => {
            let (minute, length) = minutes(rest);
            let cut = sign == 'h' && length == 0 && rest.first().is_some_and(|next| is_latin(*next));
            (!cut).then_some((clock(value, minute)?, used + length))
        }
        _ => None,
    }
}

fn is_hour_sign(c: char) -> bool {
    matches!(c, '时' | '点' | '시' | 'h')
}

/// What follows the sign for the hour: minutes and the length of their spelling, or nothing.
fn minutes(rest: &[char]) -> (u16, usize) {
    if rest.first() == Some(&'半') {
        return (30, 1);
    }
    if matches!(rest.first(), Some('钟' | '整' | '正')) {
        return (0, 1);
    }
    let Some((minute, length)) = numeral(rest) else {
        return (0, 0);
    };
    match rest.get(length) {
        Some('分' | '분') => (minute, length + 1),
        // The number is the next thing's.
        Some(next) if is_hour_sign(*next) || matches!(next, ':' | '月') => (0, 0),
        _ if length == 2 => (minute, length),
        _ => (0, 0),
    }
}

fn clock(hour: u16, minute: u16) -> Option<Token> {
    let minutes = hour * 60 + minute;
    (minute < 60 && minutes <= 48 * 60).then_some(Token::Clock(minutes))
}

/// A number below 100 in ASCII digits (at most two) or Chinese numerals, and its length.
fn numeral(rest: &[char]) -> Option<(u16, usize)> {
    let digits = rest.iter().map_while(|c| c.to_digit(10)).map_while(|digit| u16::try_from(digit).ok());
    let length = digits.clone().count();
    if length > 0 {
        return (length <= 2).then(|| (digits.fold(0, |value, digit| value * 10 + digit), length));
    }
    let parts: Vec<u16> = rest.iter().map_while(|c| numeral_digit(*c)).collect();
    let value = match *parts.as_slice() {
        [one] => one,
        [0, one] if one < 10 => one,
        [10, one] if one < 10 => 10 + one,
        [tens, 10] if (1..10).contains(&tens) => tens * 10,
        [tens, 10, one] if (1..10).contains(&tens) && one < 10 => tens * 10 + one,
        _ => return None,
    };
    Some((value, parts.len()))
}

fn numeral_digit(c: char) -> Option<u16> {
    let value = "〇一二三四五六七八九十".chars().zip(0..).find(|(name, _)| *name == c).map(|(_, value)| value);
    value.or_else(|| (c == '两').then_some(2))
}
