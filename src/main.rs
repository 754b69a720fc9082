//! The `gongce` program: reads its arguments and calls [`gongce::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    gongce::cli::main()
}
