/* The module entry and the registration of the classes that gen_stub.php generated. The bodies (zim_*) are in Rust. */
#include "glue.h"
#include "ext/json/php_json.h"
#include "ext/spl/spl_exceptions.h"
#include "ext/standard/info.h"
#include "zend_attributes.h"
#include "zend_enum.h"
#include "zend_exceptions.h"
#include "zend_interfaces.h"
#include "ami_client_arginfo.h"
#include "ami_client_classes.h"

#if PHP_VERSION_ID < 80400
# error "ami_client needs PHP 8.4 or later"
#endif

static PHP_MINIT_FUNCTION(ami_client)
{
	ami_register_classes();
	ami_rust_startup();
	return SUCCESS;
}

static void ami_info_row(const char *name, const char *value)
{
	php_info_print_table_row(2, name, value);
}

static PHP_MINFO_FUNCTION(ami_client)
{
	php_info_print_table_start();
	ami_rust_info(ami_info_row);
	php_info_print_table_end();
}

static const zend_module_dep ami_client_deps[] = {
	ZEND_MOD_REQUIRED("spl")
	ZEND_MOD_REQUIRED("json")
	ZEND_MOD_END
};

static zend_module_entry ami_client_module_entry = {
	STANDARD_MODULE_HEADER_EX,
	NULL,
	ami_client_deps,
	"ami_client",
	NULL,
	PHP_MINIT(ami_client),
	NULL,
	NULL,
	NULL,
	PHP_MINFO(ami_client),
	AMI_CLIENT_VERSION,
	STANDARD_MODULE_PROPERTIES
};

void *ami_module_entry(void)
{
	return &ami_client_module_entry;
}
