//! What can be asked of WeChat with an access token: each call with what it sends and how its answer is read.

use std::fmt;

use serde_json::{Value, json};

use super::answer::Answer;
use super::error::WechatError;
use crate::domain::wechat::{CheckState, OpenId, PhoneNumber, Scene, is_plain};

/// Most bytes of an answer in JSON.
pub(super) const JSON_BYTES: usize = 64 * 1024;

/// Most bytes of an answer that is an image.
const IMAGE_BYTES: usize = 1024 * 1024;

/// A call whose answer reads as a `T`. Its `Debug` output names the path alone: the rest is about people.
pub struct Call<T> {
    pub(super) path: &'static str,
    pub(super) body: Value,
    pub(super) most: usize,
    pub(super) read: fn(&Answer) -> Result<T, WechatError>,
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Call<PhoneNumber> {
    /// The phone number behind the code of a `getPhoneNumber` button.
    #[must_use]
    pub fn phone_number(code: &str) -> Self {
        Self {
            path: "wxa/business/getuserphonenumber",
            body: json!({"code": code}),
            most: JSON_BYTES,
            read: |answer| {
                let number = answer.text("/phone_info/purePhoneNumber").ok_or(WechatError::Nonsense("no number"))?;
                let country = answer.text("/phone_info/countryCode").unwrap_or("86");
                PhoneNumber::new(country, number).map_err(|_| WechatError::Nonsense("no phone number"))
            },
        }
    }
}

/// A mini program code (小程序码) as a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// `image/png` or `image/jpeg`.
    pub content_type: &'static str,
    /// The picture.
    pub bytes: Vec<u8>,
}

/// What a mini program code opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeImage {
    /// Up to 32 characters that the page is told.
    pub scene: String,
    /// The page, without a slash before it; empty is the first.
    pub page: String,
    /// Width in pixels: 280 to 1,280.
    pub width: u16,
}

impl Call<Picture> {
    /// A mini program code. There may be any number of them.
    #[must_use]
    pub fn code_image(image: &CodeImage) -> Self {
        let mut body = json!({"scene": image.scene, "width": image.width, "check_path": false});
        if let (false, Some(members)) = (image.page.is_empty(), body.as_object_mut()) {
            members.insert("page".to_owned(), image.page.as_str().into());
        }
        // The answer is the picture itself, whatever its head says, or JSON with a code.
        let read = |answer: &Answer| {
            let content_type = match answer.bytes.as_slice() {
                [0x89, b'P', b'N', b'G', ..] => "image/png",
                [0xff, 0xd8, 0xff, ..] => "image/jpeg",
                _ => return Err(WechatError::Nonsense("no picture")),
            };
            Ok(Picture { content_type, bytes: answer.bytes.clone() })
        };
        Self { path: "wxa/getwxacodeunlimit", body, most: IMAGE_BYTES, read }
    }
}

/// A message to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// To whom.
    pub to: OpenId,
    /// WeChat's id of the template.
    pub template: String,
    /// The page that it opens; empty is none.
    pub page: String,
    /// Its values: keyword of the template → text.
    pub values: Vec<(String, String)>,
}

impl Call<()> {
    /// Sends a message that was consented to.
    #[must_use]
    pub fn message(message: &Message) -> Self {
        let value = |(name, text): &(String, String)| (name.clone(), json!({"value": text}));
        let data: serde_json::Map<_, _> = message.values.iter().map(value).collect();
        let mut body = json!({"touser": message.to.as_str(), "template_id": message.template, "data": data});
        if let (false, Some(members)) = (message.page.is_empty(), body.as_object_mut()) {
            members.insert("page".to_owned(), message.page.as_str().into());
        }
        // What does not say that it went well did not surely go well.
        let read = |answer: &Answer| match answer.number("/errcode") {
            Some(_) => Ok(()),
            None => Err(WechatError::Nonsense("no code")),
        };
        Self { path: "cgi-bin/message/subscribe/send", body, most: JSON_BYTES, read }
    }
}

impl Call<CheckState> {
    /// Whether a text that somebody wrote may be shown: passed or refused.
    #[must_use]
    pub fn text_check(openid: &OpenId, scene: Scene, text: &str) -> Self {
        Self {
            path: "wxa/msg_sec_check",
            body: json!({"version": 2, "openid": openid.as_str(), "scene": number(scene), "content": text}),
            most: JSON_BYTES,
            read: |answer| match answer.text("/result/suggest") {
                Some("pass") => Ok(CheckState::Passed),
                Some("risky" | "review") => Ok(CheckState::Refused),
                _ => Err(WechatError::Nonsense("no suggestion")),
            },
        }
    }
}

impl Call<String> {
    /// Asks for a check of a picture that WeChat can fetch at an address; answers the name of the check.
    #[must_use]
    pub fn media_check(openid: &OpenId, scene: Scene, url: &str) -> Self {
        Self {
            path: "wxa/media_check_async",
            body: json!({"version": 2, "openid": openid.as_str(), "scene": number(scene), "media_type": 2, "media_url": url}),
            most: JSON_BYTES,
            read: |answer| {
                let trace = answer.text("/trace_id").filter(|trace| is_plain(trace, 128));
                trace.map(ToOwned::to_owned).ok_or(WechatError::Nonsense("no trace_id"))
            },
        }
    }
}

/// WeChat's number of a scene.
const fn number(scene: Scene) -> u8 {
    match scene {
        Scene::Profile => 1,
        Scene::Comment => 2,
        Scene::Forum => 3,
        Scene::Social => 4,
    }
}
