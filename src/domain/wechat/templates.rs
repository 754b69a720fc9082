//! The templates of the messages that people may ask for, by names of our own.

use std::str::FromStr;

use super::super::codes::codes;
use super::is_plain;

/// A message that WeChat knows under an id and this service under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageTemplate {
    /// Our name for it, such as `slotDue`.
    pub name: String,
    /// WeChat's id of it.
    pub id: String,
}

/// The templates that are configured, in that order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageTemplates(Vec<MessageTemplate>);

impl MessageTemplates {
    /// As many as WeChat lets an app have (of its public ones).
    const MOST: usize = 50;

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[MessageTemplate] {
        &self.0
    }

    /// The template of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&MessageTemplate> {
        self.0.iter().find(|template| template.name == name)
    }

    /// Whether one has that id.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.0.iter().any(|template| template.id == id)
    }
}

impl FromStr for MessageTemplates {
    type Err = String;
    /// Reads `name=templateId,…`.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut all = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, id) = part.split_once('=').ok_or_else(|| format!("“{part}” is not name=templateId"))?;
            let (name, id) = (name.trim(), id.trim());
            if !is_plain(name, 32) || !is_plain(id, 64) {
                return Err(format!("“{part}” is not name=templateId of letters, digits, - and _"));
            }
            if all.named(name).is_some() || all.has(id) {
                return Err(format!("“{part}” names a template twice"));
            }
            all.0.push(MessageTemplate { name: name.to_owned(), id: id.to_owned() });
        }
        if all.0.len() > Self::MOST {
            return Err(format!("these are {} templates, more than {}", all.0.len(), Self::MOST));
        }
        Ok(all)
    }
}

codes!(
    /// What `wx.requestSubscribeMessage` says of a template.
    ConsentResult {
        /// One message may be sent.
        Accept = "accept",
        /// One message may be sent, with a sound.
        AcceptWithAudio = "acceptWithAudio",
        /// One message may be sent, with an alert.
        AcceptWithAlert = "acceptWithAlert",
        /// None is wanted now.
        Reject = "reject",
        /// WeChat has banned the template.
        Ban = "ban",
        /// WeChat left it out, since another has its title.
        Filter = "filter",
    }
);

impl ConsentResult {
    /// Whether one message more may be sent.
    #[must_use]
    pub const fn is_consent(self) -> bool {
        matches!(self, Self::Accept | Self::AcceptWithAudio | Self::AcceptWithAlert)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_read_and_mistakes_are_told() {
        let read = |text: &str| text.parse::<MessageTemplates>();
        let both = read("slotDue=AbC_1-2, answered = xyz,").unwrap_or_default();
        assert_eq!(both.named("answered").map(|template| template.id.as_str()), Some("xyz"));
        assert!(both.has("AbC_1-2") && !both.has("slotDue"));
        assert_eq!(read(""), Ok(MessageTemplates::default()));
        for wrong in ["slotDue", "=x", "a=", "a=x,a=y", "a=x,b=x", "a=x y", "名=x"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let many: String = (0..51).map(|n| format!("n{n}=t{n}")).collect::<Vec<_>>().join(",");
        assert!(read(&many).is_err());
    }
}
