//! Says what PHP the extension is built for. The bindings are ext-php-rs's.

use std::error::Error;
use std::process::Command;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=PHP_CONFIG");
    // A name lookup may still run when PHP unloads its extensions at exit: the code under it has to stay.
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    let (profile, target) = (std::env::var("PROFILE")?, std::env::var("TARGET")?);
    println!("cargo::rustc-env=AMI_CLIENT_BUILD={profile}, {target}, PHP API {}", php_api()?);
    Ok(())
}

/// The number that an extension and its PHP have to share.
fn php_api() -> Result<String, Box<dyn Error>> {
    let php_config = std::env::var("PHP_CONFIG").unwrap_or_else(|_| "php-config".to_owned());
    let way_out =
        "install PHP 8.4 with its headers (Debian: php8.4-dev), or set PHP_CONFIG to its php-config";
    let output = Command::new(&php_config)
        .arg("--include-dir")
        .output()
        .map_err(|error| format!("cannot run {php_config}: {error}; {way_out}"))?;
    let folder = String::from_utf8(output.stdout)?;
    let header = format!("{}/Zend/zend_modules.h", folder.trim());
    let text = std::fs::read_to_string(&header).map_err(|_| format!("there is no {header}; {way_out}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("#define ZEND_MODULE_API_NO "));
    let number = line.ok_or_else(|| format!("{header} names no API number"))?.trim().to_owned();
    if number.parse::<u32>()? < 20_240_924 {
        return Err(format!("ami_client needs PHP 8.4 or later: {php_config} is of API {number}").into());
    }
    Ok(number)
}
