//! What a search by text looks for: the text itself, or how it is read in pinyin.

use std::sync::LazyLock;

use pinyin::ToPinyinMulti;

use super::plain::plain;

/// The longest text that is looked for in pinyin too, in letters: one bit for each.
const LONGEST: usize = 63;

/// The characters that have a reading, but for rare ones.
const HAN: std::ops::Range<char> = '\u{4e00}'..'\u{a000}';

/// The first letters of all readings of each character, a bit for each letter.
static INITIALS: LazyLock<Vec<u32>> =
    LazyLock::new(|| HAN.map(|han| readings(han).filter_map(|text| text.chars().next()).fold(0, with)).collect());

/// Text that somebody looks for.
///
/// Beside texts that contain it, those are found that are read so: `人民广场公厕` by `renmin`, by the first letters
/// `rmgc`, and by any mixture that begins with a character (`rmguangchang`, `人民gc`). Of a character that is read in
/// several ways each will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    text: String,
    spelled: Option<Vec<char>>,
}

impl Sought {
    /// What is looked for, whatever the case and width of its letters.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = plain(text);
        let spelled: Vec<char> = text.chars().filter(|letter| letter.is_alphanumeric()).collect();
        let is_spelled = spelled.len() <= LONGEST && spelled.iter().any(char::is_ascii_alphabetic);
        Self { text, spelled: is_spelled.then_some(spelled) }
    }

    /// Whether it is in a text that is [`plain`]; it never goes on from one line to the next.
    #[must_use]
    pub fn is_in(&self, plain: &str) -> bool {
        plain.contains(&self.text) || self.spelled.as_ref().is_some_and(|spelled| is_spelled_in(plain, spelled))
    }
}

fn is_spelled_in(text: &str, spelled: &[char]) -> bool {
    let Some(first) = spelled.first() else { return false };
    let begins = |letter: &char| {
        initials(*letter).is_some_and(|initials| *letter == *first || initials & with(0, *first) != 0)
            || letter.is_ascii_digit() && letter == first
    };
    text.char_indices().filter(|(_, letter)| begins(letter)).any(|(place, _)| begins_with(&text[place..], spelled))
}

/// Whether a text begins with what is spelled. Kept are all the places up to which it may be used up, a bit for each, so
/// that no text takes long.
fn begins_with(text: &str, spelled: &[char]) -> bool {
    let all = 1_u64 << spelled.len();
    let mut used = 1_u64;
    for letter in text.chars().take_while(|letter| *letter != '\n') {
        if !letter.is_alphanumeric() {
            continue;
        }
        let mut next = 0;
        for place in (0..spelled.len()).filter(|place| used & (1 << place) != 0) {
            let rest = &spelled[place..];
            if rest.first() == Some(&letter) {
                next |= 1 << (place + 1);
            }
            if initials(letter).is_some() {
                next |= readings(letter).fold(0, |next, reading| next | taken(reading, rest)) << place;
            }
        }
        used = next;
        if used & all != 0 {
            return true;
        }
        if used == 0 {
            return false;
        }
    }
    false
}

/// How many letters of the rest a reading may take up, a bit for each number: all of its own, its initial alone, or what
/// is left.
fn taken(reading: &str, rest: &[char]) -> u64 {
    let same = |(own, given): &(char, &char)| own == *given || *own == 'ü' && matches!(**given, 'v' | 'u');
    let common = reading.chars().zip(rest).take_while(same).count();
    if common == 0 {
        return 0;
    }
    let mut taken = 1 << 1;
    if common >= 2 && ["zh", "ch", "sh"].iter().any(|initial| reading.starts_with(initial)) {
        taken |= 1 << 2;
    }
    if common == reading.chars().count() || common == rest.len() {
        taken |= 1 << common;
    }
    taken
}

/// The readings of a character, without tones.
fn readings(han: char) -> impl Iterator<Item = &'static str> {
    han.to_pinyin_multi().into_iter().flatten().map(pinyin::Pinyin::plain)
}

/// The first letters of the readings of a character; `None` for one that has none.
fn initials(han: char) -> Option<u32> {
    let place = u32::from(han).checked_sub(u32::from(HAN.start))?;
    INITIALS.get(usize::try_from(place).ok()?).copied().filter(|initials| *initials != 0)
}

/// The set with another letter in it.
fn with(set: u32, letter: char) -> u32 {
    if letter.is_ascii_lowercase() { set | 1 << (u32::from(letter) - u32::from('a')) } else { set }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "人民广场公厕\npeople's square toilet\n长华路3号绿园 - 东侧\nmj0017";

    #[test]
    fn text_is_found_by_characters_by_letters_and_by_what_it_sounds_like() {
        for found in [
            "人民",
            "广场公厕",
            "People",
            "MJ0017",
            "rmgc",
            "gcgc",
            "renmin",
            "renming",
            "rmguangc",
            "人民gc",
            "guangchang",
            "chl",
            "zhl",
            "changhua",
            "zhanghua",
            "ch l 3 h",
            "lu3hao",
            "3hlvyuan",
            "3haoluyuan",
            "lvyd",
            "lüyuan",
            "shang",
            "cs",
            "changgongce",
            "zhhl",
        ] {
            let is_found = Sought::new(found).is_in(TEXT);
            let wanted = !matches!(found, "shang" | "cs");
            assert_eq!(is_found, wanted, "{found}");
        }
    }

    #[test]
    fn a_word_does_not_begin_in_the_middle_of_a_character_or_go_on_in_the_next_line() {
        for absent in ["enmin", "ingc", "gcp", "gongcepeople", "rmc", "人gc", "mj17", "dcm"] {
            assert!(!Sought::new(absent).is_in(TEXT), "{absent}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_in_a_text_is_found_as_it_is_and_by_its_first_letters(
            text in "[一-龥]{1,12}", begin in 0_usize..12, length in 1_usize..12,
        ) {
            let letters: Vec<char> = text.chars().skip(begin).take(length).collect();
            prop_assume!(!letters.is_empty());
            let part: String = letters.iter().collect();
            prop_assert!(Sought::new(&part).is_in(&text));
            let first = |han: &char| readings(*han).next()?.chars().next();
            let read = |han: &char| readings(*han).next();
            if let (Some(firsts), Some(whole)) = (
                letters.iter().map(first).collect::<Option<String>>(),
                letters.iter().map(read).collect::<Option<String>>(),
            ) && firsts.is_ascii() && whole.chars().count() <= LONGEST {
                prop_assert!(Sought::new(&firsts).is_in(&text), "{firsts} in {text}");
                prop_assert!(Sought::new(&whole).is_in(&text), "{whole} in {text}");
            }
        }

        #[test]
        fn nothing_takes_long(text in "[阿啊安昂嗯]{0,4000}", letters in "[an]{1,63}") {
            let found = Sought::new(&letters).is_in(&text);
            prop_assert!(!found || !text.is_empty());
        }
    }
}
