//! The columns of a record in a file: one name each, whatever the format.

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Text.
    Text,
    /// A whole number.
    Whole,
    /// Degrees, to seven decimals.
    Degrees,
    /// `true` or `false`.
    Flag,
    /// A day, `2026-11-23`.
    Day,
    /// An instant, `2026-11-23T08:00:00Z`.
    Instant,
    /// A list, as JSON.
    List,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name, the same as in the interface where the interface has it.
    pub name: &'static str,
    /// What its cells hold; an empty cell is unknown.
    pub holds: Holds,
    /// What it means.
    pub about: &'static str,
}

const fn column(name: &'static str, holds: Holds, about: &'static str) -> Column {
    Column { name, holds, about }
}

/// Every column, in the order of a file.
pub const COLUMNS: &[Column] = &[
    column("id", Holds::Whole, "the toilet's id in the register, never used twice"),
    column("source", Holds::Text, "who stated it first; gongce for what was entered in the register itself"),
    column("sourceKey", Holds::Text, "its key there"),
    column("attribution", Holds::Text, "the words with which the source wants to be named"),
    column("license", Holds::Text, "the licence of the source's data"),
    column("synthetic", Holds::Flag, "whether the source is made up for demonstration"),
    column("name", Holds::Text, "公厕名称, up to 128 characters"),
    column("nameEn", Holds::Text, "the name in English"),
    column("code", Holds::Text, "the number on the sign"),
    column("kind", Holds::Text, "urban, tourist, village, roadside, shared"),
    column("form", Holds::Text, "standalone, attached, portable"),
    column("access", Holds::Text, "public, customers, private"),
    column("lifecycle", Holds::Text, "planned, inService, retired"),
    column("latitude", Holds::Degrees, "degrees north, in the datum of crs"),
    column("longitude", Holds::Degrees, "degrees east, in the datum of crs"),
    column("crs", Holds::Text, "the datum of the two numbers: wgs84, gcj02, bd09"),
    column("datum", Holds::Text, "the datum in which the position was once given"),
    column("shifted", Holds::Flag, "whether the other datums are shifted from WGS-84 there"),
    column("address", Holds::Text, "the address, up to 255 characters"),
    column("district", Holds::Text, "the district a source names, in its words"),
    column("area", Holds::Text, "the code of the area it is registered in"),
    column("areas", Holds::List, "[code, name, level, vintage] of the areas from the top of the tree down to that one"),
    column("zone", Holds::Text, "the IANA time zone of its hours and days"),
    column("calendar", Holds::Text, "the holiday calendar of its hours"),
    column("hours", Holds::Text, "the hours, as OpenStreetMap writes them"),
    column("hoursNote", Holds::Text, "what a source says of the hours that could not be read as hours"),
    column("fee", Holds::Text, "yes, limited, no"),
    column("facilities.wheelchair", Holds::Text, "无障碍厕间: yes, limited, no"),
    column("facilities.familyToilet", Holds::Text, "第三卫生间: yes, limited, no"),
    column("facilities.babyChanging", Holds::Text, "母婴台: yes, limited, no"),
    column("facilities.women", Holds::Text, "a part for women: yes, limited, no"),
    column("facilities.men", Holds::Text, "a part for men: yes, limited, no"),
    column("facilities.unisex", Holds::Text, "rooms for everyone: yes, limited, no"),
    column("facilities.paper", Holds::Text, "厕纸: yes, limited, no"),
    column("facilities.handWashing", Holds::Text, "洗手: yes, limited, no"),
    column("facilities.shower", Holds::Text, "淋浴: yes, limited, no"),
    column("facilities.drinkingWater", Holds::Text, "饮用水: yes, limited, no"),
    column("stalls.total", Holds::Whole, "厕位总数, as stated"),
    column("stalls.women", Holds::Whole, "女厕位"),
    column("stalls.men", Holds::Whole, "男厕位, urinals left out"),
    column("stalls.urinals", Holds::Whole, "小便器"),
    column("stalls.accessible", Holds::Whole, "无障碍厕位"),
    column("stalls.family", Holds::Whole, "第三卫生间数"),
    column("openedOn", Holds::Day, "when it was first opened"),
    column("rebuiltOn", Holds::Day, "when it was last rebuilt or upgraded"),
    column("verifiedAt", Holds::Instant, "when somebody last confirmed the record"),
    column("contact", Holds::Text, "the telephone line that the public sign names"),
    column("serviceFrom", Holds::Instant, "from when a temporary toilet serves"),
    column("serviceUntil", Holds::Instant, "until when it serves"),
    column("note", Holds::Text, "a remark for the public, up to 1,000 characters"),
    column("operators", Holds::List, "{role, name, kind, from, to} of the bodies behind it; from and to are days"),
    column(
        "outages",
        Holds::List,
        "{reason, from, until, note, expectedUntil, state} of its closures; the times are instants",
    ),
    column(
        "grades",
        Holds::List,
        "{standard, grade, assessedOn, validTo, revokedOn, supersededOn, certificate, assessor} of its grade records",
    ),
    column("extra", Holds::List, "[name, value] of what a source states beyond these columns"),
];
