//! Every code that a problem can bear.

use poem::http::StatusCode;

use super::language::Language;

/// Declares the codes with their words, so that the enum, the document and the answers cannot differ.
macro_rules! problem_codes {
    ($($(#[doc = $meaning:literal])+ $code:ident = $text:literal, $status:ident, $chinese:literal, $english:literal;)+) => {
        /// What went wrong, in a stable word for programs. A code never changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemCode {
            $($(#[doc = $meaning])+ $code),+
        }

        impl ProblemCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$code),+];

            /// The stable word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => $text),+ }
            }

            /// The status it is answered with.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$code => StatusCode::$status),+ }
            }

            /// What it means, for the document.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$code => concat!($($meaning),+)),+ }
            }

            const fn titles(self) -> (&'static str, &'static str) {
                match self { $(Self::$code => ($chinese, $english)),+ }
            }
        }
    };
}

problem_codes! {
    /// A position goes in, and the request does not say in which datum (`crs`) it is.
    CrsMissing = "crsMissing", BAD_REQUEST, "缺少坐标系参数", "Datum missing";
    /// The operation has no such query parameter.
    UnknownParameter = "unknownParameter", BAD_REQUEST, "有不认识的参数", "Unknown parameter";
    /// A parameter is missing or cannot be read; `errors` says which and why.
    BadParameter = "badParameter", BAD_REQUEST, "参数有误", "Bad parameter";
    /// The body is missing, cannot be read, or breaks the schema.
    BadBody = "badBody", BAD_REQUEST, "提交的内容有误", "Bad body";
    /// The request cannot be read.
    BadRequest = "badRequest", BAD_REQUEST, "请求有误", "Bad request";
    /// There is no session, or not a valid one.
    Unauthenticated = "unauthenticated", UNAUTHORIZED, "请先登录", "Not signed in";
    /// Signing in takes the present code of the second factor as well (`totp`); get another `code` from `wx.login` first.
    SecondFactorNeeded = "secondFactorNeeded", UNAUTHORIZED, "请输入动态验证码", "Second factor needed";
    /// WeChat bars the person for a risk.
    WechatBarred = "wechatBarred", FORBIDDEN, "微信限制了此账号", "Barred by WeChat";
    /// WeChat shows the page to look at only (快照页) and names nobody real; open it in full, then sign in.
    WechatPreview = "wechatPreview", FORBIDDEN, "请先打开完整页面", "Open the whole page first";
    /// Nobody of the staff signs in with this WeChat: join by an invitation first.
    WechatUnknown = "wechatUnknown", FORBIDDEN, "这个微信还没有加入", "This WeChat has not joined";
    /// The caller's role does not allow it.
    Forbidden = "forbidden", FORBIDDEN, "没有权限", "Not allowed";
    /// The caller may do this after a fresh proof of who they are (`POST /api/v1/sessions/current/proof`).
    StepUpNeeded = "stepUpNeeded", FORBIDDEN, "请先验证身份", "Prove who you are first";
    /// The request brings the cookie but does not come from the service's own pages.
    ForeignOrigin = "foreignOrigin", FORBIDDEN, "来源不被允许", "Foreign origin";
    /// There is no such record, or not for this caller.
    NotFound = "notFound", NOT_FOUND, "没有找到", "Not found";
    /// The service has no such path.
    NoSuchPath = "noSuchPath", NOT_FOUND, "没有这个地址", "No such path";
    /// The path does not take this method; `Allow` lists those it takes.
    MethodNotAllowed = "methodNotAllowed", METHOD_NOT_ALLOWED, "不支持这种操作", "Method not allowed";
    /// It does not fit the state that the record is in.
    Conflict = "conflict", CONFLICT, "与现状冲突", "Conflict";
    /// What is to be made seems to be there already; `candidates` lists what may be it. With `confirmed: true` it is made.
    DuplicateSuspected = "duplicateSuspected", CONFLICT, "可能已有这座公厕", "Perhaps there already";
    /// The `Idempotency-Key` was used for another request before.
    IdempotencyKeyReused = "idempotencyKeyReused", CONFLICT, "重复的请求编号", "Key used before";
    /// The record was changed since it was read; `revision` is that of now. Read it again.
    RevisionStale = "revisionStale", PRECONDITION_FAILED, "内容已被他人修改", "Changed meanwhile";
    /// A write to a record names in `If-Match` the revision that was read.
    RevisionMissing = "revisionMissing", PRECONDITION_REQUIRED, "缺少版本号", "Revision missing";
    /// The body came too slowly and was given up.
    TooSlow = "tooSlow", REQUEST_TIMEOUT, "提交太慢", "Too slow";
    /// The body is larger than this operation takes.
    TooLarge = "tooLarge", PAYLOAD_TOO_LARGE, "提交的内容太大", "Too large";
    /// Path and query are longer than the service takes.
    UriTooLong = "uriTooLong", URI_TOO_LONG, "地址太长", "Address too long";
    /// The head of the request is larger, or has more fields, than the service takes.
    HeadTooLarge = "headTooLarge", REQUEST_HEADER_FIELDS_TOO_LARGE, "请求头太大", "Head too large";
    /// The body is of a type, or in a coding, that this operation does not take.
    UnsupportedMediaType = "unsupportedMediaType", UNSUPPORTED_MEDIA_TYPE, "不支持这种格式", "Unsupported media type";
    /// The input can be read but breaks rules; `errors` lists all of them.
    Invalid = "invalid", UNPROCESSABLE_ENTITY, "内容不符合要求", "Against the rules";
    /// The caller asks too often; try again after `retryAfterSeconds`.
    TooManyRequests = "tooManyRequests", TOO_MANY_REQUESTS, "请求太频繁，请稍后再试", "Too many requests";
    /// The operator of the service has not set up what this needs; `detail` names the setting.
    NotConfigured = "notConfigured", SERVICE_UNAVAILABLE, "尚未配置", "Not configured";
    /// A fault of the service. It is in the log under `requestId`.
    Internal = "internal", INTERNAL_SERVER_ERROR, "服务出错了", "Internal error";
    /// This service has no mini program, or not this part of it; everything else works.
    WechatNotConfigured = "wechatNotConfigured", SERVICE_UNAVAILABLE, "未开通微信功能", "No WeChat here";
    /// WeChat cannot be asked now; sessions and searches go on. Try again after `retryAfterSeconds`.
    WechatUnavailable = "wechatUnavailable", SERVICE_UNAVAILABLE, "微信暂时不可用", "WeChat unavailable";
    /// Something that is needed is not available; try again after `retryAfterSeconds`.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, "服务暂时不可用", "Unavailable";
}

impl ProblemCode {
    /// A few words for people, short enough for a toast.
    pub(super) const fn title(self, language: Language) -> &'static str {
        match language {
            Language::Chinese => self.titles().0,
            Language::English => self.titles().1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_fit_a_toast() {
        // A WeChat toast with an icon shows seven Chinese characters on a line; two lines are the limit of good taste.
        for code in ProblemCode::ALL {
            assert!(code.title(Language::Chinese).chars().count() <= 14, "{code:?}");
            assert!(code.title(Language::English).len() <= 28, "{code:?}");
        }
    }
}
