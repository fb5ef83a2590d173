//! Which outputs the safe method returns, and which stay parameters that it writes to.

use crate::draft::{Convention, Direction, Until};
use crate::model::{Arg, ArgKind, Function, Param, Type};

/// Marks the outputs that the safe method returns: those that are required, only come out, and are written on success
/// only.
pub(super) fn settle(function: &mut Function) {
    if !returns_nothing_else(function) || completes_later(function) {
        return;
    }
    let Function { args, params, .. } = function;
    for arg in args {
        arg.returned = is_result(arg, &params[arg.param]);
    }
}

/// Whether nothing else takes the place of the value: neither what C returns nor which success it was.
fn returns_nothing_else(function: &Function) -> bool {
    match function.convention {
        Convention::Void => true,
        Convention::Win32 | Convention::HResult => function.successes.is_empty(),
        Convention::LastError => function.c_return == Type::Bool,
        Convention::NtStatus | Convention::Value => false,
    }
}

/// Whether the call may return before its operation completes: then nobody knows yet what comes out.
fn completes_later(function: &Function) -> bool {
    function.params.iter().any(|param| param.kept_until == Some(Until::Completion))
}

fn is_result(arg: &Arg, param: &Param) -> bool {
    let required = matches!(arg.kind, ArgKind::Reference { mutable: true, optional: false, .. });
    let only_out = param.direction == Direction::Out;
    required && only_out && param.written_on_failure.is_empty() && param.kept_until.is_none()
}
