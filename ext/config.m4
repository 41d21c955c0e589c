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
    AC_MSG_ERROR([ami_client is not tested on a thread-safe PHP (ZTS) and does not support it: build for an NTS one])
  fi
  if test "$PHP_CARGO" != "no" && test "$PHP_CARGO" != "yes"; then
    CARGO=$PHP_CARGO
  else
    AC_PATH_PROG([CARGO], [cargo], [no], [$PATH:$HOME/.cargo/bin])
  fi
  if test "$CARGO" = "no"; then
    AC_MSG_ERROR([cargo not found: install Rust 1.88 or later, or use --with-cargo=PATH])
  fi
  PHP_SUBST([CARGO])
  dnl The workspace around this folder.
  AMI_ROOT=`cd $srcdir/.. && pwd`
  if test ! -f "$AMI_ROOT/Cargo.toml"; then
    AC_MSG_ERROR([$AMI_ROOT/Cargo.toml is missing: the extension is built within its workspace])
  fi
  PHP_SUBST([AMI_ROOT])
  dnl build.rs runs it from another folder; phpize's default is the bare word php-config.
  case $PHP_CONFIG in
    (/*) AMI_PHP_CONFIG=$PHP_CONFIG ;;
    (*/*) AMI_PHP_CONFIG=`pwd`/$PHP_CONFIG ;;
    (*) AMI_PHP_CONFIG=`command -v $PHP_CONFIG` ;;
  esac
  PHP_SUBST([AMI_PHP_CONFIG])
  PHP_NEW_EXTENSION([ami_client], [ami_client.c], [$ext_shared])
  PHP_ADD_MAKEFILE_FRAGMENT
fi
