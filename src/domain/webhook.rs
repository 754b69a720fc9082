//! Signatures of messages that go to others' services, by which these see that we sent them.

use std::fmt;

use chrono::{DateTime, Utc};
use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The secret that we share with a webhook (Standard Webhooks 1.0: 24 to 64 bytes).
#[derive(Clone)]
pub struct WebhookSecret([u8; 32]);

impl WebhookSecret {
    /// A secret of random bits.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// A secret that was sealed as its bytes.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Its bytes, to be sealed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The secret itself, to be told once.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("whsec_{}", BASE64.encode(&self.0))
    }

    /// The value of `webhook-signature` for a message sent at that instant.
    #[must_use]
    pub fn sign(&self, id: &str, at: DateTime<Utc>, body: &str) -> String {
        format!("v1,{}", mac(&self.0, &format!("{id}.{}.{body}", at.timestamp())))
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

/// The `sign` of a message to a robot of `DingTalk` that takes signed ones (加签), not yet escaped for a query.
#[must_use]
pub fn dingtalk_sign(secret: &str, at: DateTime<Utc>) -> String {
    mac(secret.as_bytes(), &format!("{}\n{secret}", at.timestamp_millis()))
}

fn mac(key: &[u8], text: &str) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(text.as_bytes());
    BASE64.encode(&mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_an_independent_program() {
        let secret = WebhookSecret::new(std::array::from_fn(|place| u8::try_from(place).unwrap_or_default()));
        assert_eq!(secret.reveal(), "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        let at = DateTime::from_timestamp(1_614_265_330, 0).unwrap_or_default();
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,O4Gjv1HqPqsMrjmczoggs/sWA8gZD0VyHG+fLh4+ktI=");
        assert_eq!(dingtalk_sign("SECabc", at), "Dy1F/Aubx+Vl1q9BdFWhQl+yLBt9I7LKkq+LHdiIV8M=");
        assert_eq!(format!("{secret:?}"), "WebhookSecret(…)");
    }
}
