//! `gongce openapi`

/// Prints the OpenAPI document of this program.
pub(super) fn run() -> anyhow::Result<()> {
    super::print(crate::http::document())
}
