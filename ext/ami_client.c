/* Keeps PHP_NEW_EXTENSION, `make test` and `make install` of phpize working; Makefile.frag puts cargo's library in place. */
int ami_client_is_built_by_cargo;
