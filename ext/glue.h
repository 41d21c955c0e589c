/* What glue.c offers to ext/src/zend/ffi.rs, and what Rust offers back to module.c. Both sides name it by hand: keep them alike. */
#ifndef AMI_GLUE_H
#define AMI_GLUE_H

#include "php.h"

#define AMI_PUBLIC __attribute__((visibility("default")))

/* module.c */
extern zend_class_entry *ami_classes[];
void *ami_module_entry(void);

/* ext/src/zend: what only Rust can say */
void ami_rust_startup(void);
void ami_rust_info(void (*row)(const char *name, const char *value));

#endif
