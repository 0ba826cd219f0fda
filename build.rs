//! Links the addon. Without the `node` feature there is nothing to do.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_NODE").is_none() {
        return;
    }
    napi_build::setup();
    // Worker threads unload addons at exit while their thread-locals still have destructors to run:
    // the module stays mapped until the process ends.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
