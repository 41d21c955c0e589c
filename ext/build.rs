//! Compiles the part in C against the PHP that `php-config` names.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() -> Result<(), Box<dyn Error>> {
    for file in ["module.c", "glue.c", "glue.h", "ami_client_arginfo.h", "ami_client_classes.h"] {
        println!("cargo::rerun-if-changed={file}");
    }
    for variable in ["PHP_CONFIG", "PATH"] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    let includes = php_includes()?;
    let version = std::env::var("CARGO_PKG_VERSION")?;
    let mut build = cc::Build::new();
    build
        .files(["module.c", "glue.c"])
        .include(".")
        .includes(&includes)
        .define("AMI_CLIENT_VERSION", format!("\"{version}\"").as_str())
        .define("COMPILE_DL_AMI_CLIENT", None)
        .flag("-fvisibility=hidden")
        .flag("-Wno-unused-parameter")
        .flag("-Wno-missing-field-initializers")
        .compile("ami_client_glue");
    // A name lookup may still run when PHP unloads its extensions at exit: the code under it has to stay.
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    let profile = std::env::var("PROFILE")?;
    let target = std::env::var("TARGET")?;
    println!("cargo::rustc-env=AMI_CLIENT_BUILD={profile}, {target}, PHP API {}", php_api(&includes)?);
    Ok(())
}

fn php_includes() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let php_config = std::env::var("PHP_CONFIG").unwrap_or_else(|_| "php-config".to_owned());
    let way_out =
        "install PHP 8.4 with its headers (Debian: php8.4-dev), or set PHP_CONFIG to its php-config";
    let output = Command::new(&php_config)
        .arg("--includes")
        .output()
        .map_err(|error| format!("cannot run {php_config}: {error}; {way_out}"))?;
    let text = String::from_utf8(output.stdout)?;
    let includes: Vec<PathBuf> =
        text.split_whitespace().filter_map(|word| word.strip_prefix("-I")).map(PathBuf::from).collect();
    if includes.iter().any(|folder| folder.join("main/php.h").is_file()) {
        return Ok(includes);
    }
    Err(format!("{php_config} --includes names no folder with main/php.h; {way_out}").into())
}

/// The number that an extension and its PHP have to share.
fn php_api(includes: &[PathBuf]) -> Result<String, Box<dyn Error>> {
    let header = |folder: &Path| std::fs::read_to_string(folder.join("Zend/zend_modules.h")).ok();
    let text = includes.iter().find_map(|folder| header(folder)).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("#define ZEND_MODULE_API_NO "));
    Ok(line.ok_or("Zend/zend_modules.h names no API number")?.trim().to_owned())
}
