//! The till that dies: see [`tillkit_crash::till`].

fn main() {
    tillkit_crash::till::run();
}
