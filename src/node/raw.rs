//! Functions for JavaScript without a receiver. A method of a class costs a lookup of the wrapped object and of its type
//! tag, twice what the rest of a call does; a function that carries its state costs neither.

use super::error::Result;
use crate::guard;
use napi::bindgen_prelude::ToNapiValue;
use napi::sys;
use std::ffi::c_void;
use std::ptr;

/// Arguments that most functions take at most.
const FEW: usize = 3;

/// A call that is running.
#[derive(Clone, Copy)]
pub struct Call<const N: usize = FEW> {
    /// The environment of the call.
    pub env: sys::napi_env,
    /// The arguments; `undefined` where none was given.
    pub arguments: [sys::napi_value; N],
}

impl<const N: usize> Call<N> {
    /// An argument as a number; not a number where it is none.
    pub fn number(&self, index: usize) -> f64 {
        let mut number = f64::NAN;
        // SAFETY: `env` and the argument are of the running call; the result is a local.
        unsafe { sys::napi_get_value_double(self.env, self.arguments[index], &mut number) };
        number
    }

    /// An argument as a 32-bit integer; 0 where it is no number.
    pub fn integer(&self, index: usize) -> i32 {
        let mut integer = 0;
        // SAFETY: as in `number`.
        unsafe { sys::napi_get_value_int32(self.env, self.arguments[index], &mut integer) };
        integer
    }

    /// A boolean to return.
    pub fn boolean(&self, value: bool) -> sys::napi_value {
        let mut boolean = ptr::null_mut();
        // SAFETY: `env` is of the running call; the result is a local. A null result is undefined.
        unsafe { sys::napi_get_boolean(self.env, value, &mut boolean) };
        boolean
    }
}

/// A function made by hand, as what is returned or a property.
pub struct Raw(pub sys::napi_value);

impl ToNapiValue for Raw {
    unsafe fn to_napi_value(_env: sys::napi_env, raw: Self) -> napi::Result<sys::napi_value> {
        Ok(raw.0)
    }
}

/// What a function does: returns a value, or null for undefined.
pub type Body<T, const N: usize = FEW> = fn(&T, Call<N>) -> Result<sys::napi_value>;

struct Closure<T, const N: usize> {
    state: T,
    body: Body<T, N>,
}

/// Makes a function that carries `state`, which is dropped when the function is collected.
///
/// # Safety
/// `env` is the environment of the running call.
pub unsafe fn function<T: 'static, const N: usize>(
    env: sys::napi_env,
    name: &str,
    state: T,
    body: Body<T, N>,
) -> napi::Result<sys::napi_value> {
    let closure = Box::into_raw(Box::new(Closure { state, body }));
    let mut function = ptr::null_mut();
    // SAFETY: `env` is live, as the caller promises; the name's pointer and length are those of one slice; `closure` lives
    // until `drop_closure`.
    let made = unsafe {
        sys::napi_create_function(
            env,
            name.as_ptr().cast(),
            name.len() as isize,
            Some(call::<T, N>),
            closure.cast(),
            &mut function,
        )
    };
    // SAFETY: as above; Node calls `drop_closure` once, when the function can be called no more.
    let kept = unsafe {
        sys::napi_add_finalizer(
            env,
            function,
            closure.cast(),
            Some(drop_closure::<T, N>),
            ptr::null_mut(),
            ptr::null_mut(),
        )
    };
    if made != sys::Status::napi_ok || kept != sys::Status::napi_ok {
        // SAFETY: Node did not take the closure, so it is still ours; a function without it is not handed out.
        drop(unsafe { Box::from_raw(closure) });
        return Err(napi::Error::from_reason(format!("The function `{name}` could not be made")));
    }
    Ok(function)
}

unsafe extern "C" fn drop_closure<T, const N: usize>(_env: sys::napi_env, closure: *mut c_void, _hint: *mut c_void) {
    // SAFETY: `closure` came from `Box::into_raw` in `function`, and Node calls a finalizer once.
    let closure = unsafe { Box::from_raw(closure.cast::<Closure<T, N>>()) };
    // A panic must not reach C.
    guard::noted("the end of a function", || drop(closure));
}

unsafe extern "C" fn call<T, const N: usize>(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let mut arguments = [ptr::null_mut(); N];
    let (mut count, mut closure) = (N, ptr::null_mut());
    // SAFETY: Node calls this with its own handles; it writes at most `count` arguments, which the array has room for, and
    // fills the rest with undefined.
    let status =
        unsafe { sys::napi_get_cb_info(env, info, &mut count, arguments.as_mut_ptr(), ptr::null_mut(), &mut closure) };
    if status != sys::Status::napi_ok {
        return ptr::null_mut();
    }
    // SAFETY: the data of this function is the closure that `function::<T, N>` gave it, which is dropped only when the
    // function can be called no more; calls come on the one thread of the environment, and only share it.
    let closure = unsafe { &*closure.cast::<Closure<T, N>>() };
    let run = || (closure.body)(&closure.state, Call { env, arguments });
    let error = match guard::caught("a call from JavaScript", run) {
        Ok(Ok(value)) => return value,
        Ok(Err(error)) => error,
        Err(fault) => fault.into(),
    };
    let code = format!("{}\0", error.status.as_ref());
    let message = format!("{}\0", error.reason.replace('\0', "\u{FFFD}"));
    // SAFETY: both texts end with a NUL and live until the call returns.
    unsafe { sys::napi_throw_error(env, code.as_ptr().cast(), message.as_ptr().cast()) };
    ptr::null_mut()
}
