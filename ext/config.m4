dnl A Rust extension behind the ordinary phpize, configure, make, make install.
PHP_ARG_ENABLE([ami_client],
  [whether to enable ami_client],
  [AS_HELP_STRING([--disable-ami_client], [Disable ami_client])],
  [yes])
PHP_ARG_WITH([cargo],
  [path of cargo],
  [AS_HELP_STRING([--with-cargo=PATH], [path of the cargo executable])],
  [no],
  [no])

if test "$PHP_AMI_CLIENT" != "no"; then
  if test "$PHP_THREAD_SAFETY" = "yes"; then
    AC_MSG_ERROR([$PHP_CONFIG belongs to a thread-safe PHP (ZTS), on which ami_client is not tested: take one without thread safety (NTS), such as Debian's php8.4 or the image php:8.4-fpm, and name it by --with-php-config=PATH])
  fi
  AC_PREPROC_IFELSE([AC_LANG_SOURCE([[#include <features.h>
#ifndef __GLIBC__
#error another C library
#endif]])], [], [AC_MSG_ERROR([ami_client wants the C library glibc, and $CC compiles for another one: musl, as on Alpine, is not supported. Use a Debian-based system or image])])
  dnl The workspace around this folder.
  AMI_ROOT=`cd $srcdir/.. && pwd`
  if test ! -f "$AMI_ROOT/Cargo.toml"; then
    AC_MSG_ERROR([$AMI_ROOT/Cargo.toml is missing: the extension is built within its workspace])
  fi
  PHP_SUBST([AMI_ROOT])
  ami_rust_wanted=`sed -n 's/^rust-version = "\(.*\)"/\1/p' "$AMI_ROOT/Cargo.toml"`
  ami_way_out="install Rust $ami_rust_wanted or later (rustup.rs), or name its cargo by --with-cargo=PATH; what is published ready-made needs no Rust"
  if test -n "$SUDO_USER"; then
    ami_way_out="$ami_way_out. The Rust of $SUDO_USER is found by: sudo env HOME=\"\$HOME\" PATH=\"\$PATH\" COMMAND"
  fi
  if test "$PHP_CARGO" != "no" && test "$PHP_CARGO" != "yes"; then
    ami_cargos=`command -v "$PHP_CARGO"` || AC_MSG_ERROR([--with-cargo=$PHP_CARGO is no program: $ami_way_out])
  else
    ami_cargos=`echo "$PATH:${CARGO_HOME:-$HOME/.cargo}/bin" | sed 's|:|/cargo:|g; s|$|/cargo|'`
  fi
  AC_MSG_CHECKING([for the newest Rust])
  ami_rust=0
  ami_ifs=$IFS
  IFS=:
  for ami_cargo in $ami_cargos; do
    IFS=$ami_ifs
    if test -f "$ami_cargo" && test -x "$ami_cargo"; then
      ami_folder=`cd "\`dirname "$ami_cargo"\`" && pwd`
      ami_cargo=`basename "$ami_cargo"`
      dnl The compiler of the same toolchain, not the first in PATH: rustc-1.90 beside cargo-1.90.
      ami_rustc=$ami_folder/rustc${ami_cargo#cargo}
      test -x "$ami_rustc" || ami_rustc=`command -v rustc`
      ami_found=`"$ami_rustc" --version 2>/dev/null | sed -n 's/^rustc \(@<:@0-9.@:>@*\).*/\1/p'`
      AS_VERSION_COMPARE([$ami_rust], [${ami_found:-0}], [CARGO=$ami_folder/$ami_cargo AMI_RUSTC=$ami_rustc ami_rust=$ami_found])
    fi
  done
  IFS=$ami_ifs
  if test "$ami_rust" = 0; then
    AC_MSG_RESULT([none])
    AC_MSG_ERROR([cargo not found, or without a compiler that runs: $ami_way_out])
  fi
  AC_MSG_RESULT([$ami_rust, by $CARGO])
  AS_VERSION_COMPARE([$ami_rust], [$ami_rust_wanted], [AC_MSG_ERROR([Rust $ami_rust ($CARGO) is too old: $ami_way_out])])
  PHP_SUBST([CARGO])
  PHP_SUBST([AMI_RUSTC])
  dnl build.rs runs it from another folder; phpize's default is the bare word php-config.
  case $PHP_CONFIG in
    (/*) AMI_PHP_CONFIG=$PHP_CONFIG ;;
    (*/*) AMI_PHP_CONFIG=`pwd`/$PHP_CONFIG ;;
    (*) AMI_PHP_CONFIG=`command -v $PHP_CONFIG` ;;
  esac
  PHP_SUBST([AMI_PHP_CONFIG])
  AMI_PHP=${PHP:-`$AMI_PHP_CONFIG --php-binary`}
  if test ! -x "$AMI_PHP"; then
    AC_MSG_ERROR([$AMI_PHP_CONFIG names no php executable: set PHP to the one it belongs to])
  fi
  PHP_SUBST([AMI_PHP])
  dnl The bindings to PHP are made from its headers. Where clang-sys looks, and where LIBCLANG_PATH says.
  AC_MSG_CHECKING([for libclang])
  AMI_LIBCLANG=no
  for file in "$LIBCLANG_PATH"/libclang*.so* /usr/lib/llvm-*/lib/libclang*.so* /usr/lib/*-linux-gnu/libclang*.so* \
    /usr/lib64/libclang*.so* /usr/lib/libclang*.so* /usr/local/lib/libclang*.so*; do
    case $file in
      (*libclang-cpp*) ;;
      (*) if test -e "$file"; then AMI_LIBCLANG=$file; break; fi ;;
    esac
  done
  AC_MSG_RESULT([$AMI_LIBCLANG])
  if test "$AMI_LIBCLANG" = "no"; then
    AC_MSG_ERROR([libclang not found: install it (Debian: libclang-dev, Fedora: clang-devel), or set LIBCLANG_PATH to its folder])
  fi
  PHP_NEW_EXTENSION([ami_client], [ami_client.c], [$ext_shared])
  PHP_ADD_MAKEFILE_FRAGMENT
fi
