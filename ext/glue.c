/*
 * The macros and inline functions of the Zend API as plain functions, for ext/src/zend. Nothing here decides anything:
 * what can be said in Rust is said there.
 */
#include "glue.h"
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include "ext/spl/spl_array.h"
#include "main/php_streams.h"
#include "main/streams/php_stream_plain_wrapper.h"
#include "zend_closures.h"
#include "zend_enum.h"
#include "zend_exceptions.h"
#include "zend_interfaces.h"

/* ffi.rs reads these two by layout. */
_Static_assert(sizeof(void *) == 8, "64 bits");
_Static_assert(sizeof(zval) == 16 && offsetof(zval, u1) == 8, "layout of zval");
_Static_assert(offsetof(zend_string, len) == 16 && offsetof(zend_string, val) == 24, "layout of zend_string");

/* object.rs knows these by value. */
_Static_assert(BP_VAR_R == 0 && BP_VAR_IS == 3, "kinds of access");

/* ---- calls and their arguments ---- */

uint32_t ami_call_count(zend_execute_data *call)
{
	return ZEND_CALL_NUM_ARGS(call);
}

zval *ami_call_arg(zend_execute_data *call, uint32_t index)
{
	return ZEND_CALL_ARG(call, index + 1);
}

zend_object *ami_call_this(zend_execute_data *call)
{
	return Z_TYPE(call->This) == IS_OBJECT ? Z_OBJ(call->This) : NULL;
}

void ami_wrong_count(uint32_t min, uint32_t max)
{
	zend_wrong_parameters_count_error(min, max);
}

bool ami_parse_string(zval *arg, uint32_t num, bool nullable, zend_string **out)
{
	if (zend_parse_arg_str(arg, out, nullable, num)) {
		return true;
	}
	zend_wrong_parameter_type_error(num, nullable ? Z_EXPECTED_STRING_OR_NULL : Z_EXPECTED_STRING, arg);
	return false;
}

bool ami_parse_int(zval *arg, uint32_t num, bool nullable, zend_long *out, bool *is_null)
{
	if (zend_parse_arg_long(arg, out, is_null, nullable, num)) {
		return true;
	}
	zend_wrong_parameter_type_error(num, nullable ? Z_EXPECTED_LONG_OR_NULL : Z_EXPECTED_LONG, arg);
	return false;
}

bool ami_parse_float(zval *arg, uint32_t num, bool nullable, double *out, bool *is_null)
{
	if (zend_parse_arg_double(arg, out, is_null, nullable, num)) {
		return true;
	}
	zend_wrong_parameter_type_error(num, nullable ? Z_EXPECTED_DOUBLE_OR_NULL : Z_EXPECTED_DOUBLE, arg);
	return false;
}

bool ami_parse_bool(zval *arg, uint32_t num, bool *out)
{
	bool is_null;

	if (zend_parse_arg_bool(arg, out, &is_null, false, num)) {
		return true;
	}
	zend_wrong_parameter_type_error(num, Z_EXPECTED_BOOL, arg);
	return false;
}

bool ami_parse_array(zval *arg, uint32_t num, bool nullable, zval **out)
{
	if (zend_parse_arg_array(arg, out, nullable, false)) {
		return true;
	}
	zend_wrong_parameter_type_error(num, nullable ? Z_EXPECTED_ARRAY_OR_NULL : Z_EXPECTED_ARRAY, arg);
	return false;
}

bool ami_parse_object(zval *arg, uint32_t num, zend_class_entry *ce, bool nullable, zval **out)
{
	if (zend_parse_arg_object(arg, out, ce, nullable)) {
		return true;
	}
	if (!ce) {
		zend_wrong_parameter_type_error(num, nullable ? Z_EXPECTED_OBJECT_OR_NULL : Z_EXPECTED_OBJECT, arg);
	} else if (nullable) {
		zend_wrong_parameter_class_or_null_error(num, ZSTR_VAL(ce->name), arg);
	} else {
		zend_wrong_parameter_class_error(num, ZSTR_VAL(ce->name), arg);
	}
	return false;
}

bool ami_parse_array_or_string(zval *arg, uint32_t num, HashTable **array, zend_string **string)
{
	if (zend_parse_arg_array_ht_or_str(arg, array, string, false, num)) {
		return true;
	}
	zend_wrong_parameter_type_error(num, Z_EXPECTED_ARRAY_OR_STRING, arg);
	return false;
}

/* What is not a scalar already: Stringable objects and, in weak mode with PHP's own deprecation, null. */
bool ami_parse_other_as_string(zval *arg, uint32_t num, zend_string **out)
{
	return zend_parse_arg_str_slow(arg, out, num);
}

void ami_wrong_type(uint32_t num, const char *expected, zval *arg)
{
	if (!EG(exception)) {
		zend_argument_type_error(num, "must be of type %s, %s given", expected, zend_zval_value_name(arg));
	}
}

/* ---- callables ---- */

zend_fcall_info_cache *ami_callable_parse(zval *arg, uint32_t num, bool nullable)
{
	zend_fcall_info fci;
	zend_fcall_info_cache fcc, *kept;
	char *error = NULL;

	if (!zend_parse_arg_func(arg, &fci, &fcc, false, &error, false)) {
		if (!error) {
			zend_wrong_parameter_type_error(num, nullable ? Z_EXPECTED_FUNC_OR_NULL : Z_EXPECTED_FUNC, arg);
		} else if (nullable) {
			zend_wrong_callback_or_null_error(num, error);
		} else {
			zend_wrong_callback_error(num, error);
		}
		return NULL;
	}
	kept = emalloc(sizeof(*kept));
	*kept = fcc;
	zend_fcc_addref(kept);
	return kept;
}

/* Not the way of an argument: no error, and NULL where it is none. */
zend_fcall_info_cache *ami_callable_of(zval *value)
{
	zend_fcall_info_cache fcc, *kept;

	if (!zend_is_callable_ex(value, NULL, IS_CALLABLE_SUPPRESS_DEPRECATIONS, NULL, &fcc, NULL)) {
		return NULL;
	}
	kept = emalloc(sizeof(*kept));
	*kept = fcc;
	zend_fcc_addref(kept);
	return kept;
}

void ami_callable_free(zend_fcall_info_cache *callable)
{
	zend_fcc_dtor(callable);
	efree(callable);
}

void ami_callable_call(zend_fcall_info_cache *callable, zval *result, uint32_t count, zval *args)
{
	zend_call_known_fcc(callable, result, count, args, NULL);
}

/* Class and name for messages, "Closure" and "{closure:…}" for closures. */
void ami_callable_name(zend_fcall_info_cache *callable, zend_string **class_name, zend_string **name)
{
	*class_name = callable->function_handler->common.scope ? callable->function_handler->common.scope->name : NULL;
	*name = callable->function_handler->common.function_name;
}

/* ---- methods of PHP objects ---- */

/* Of the methods that everybody may call. */
zend_function *ami_method_find(zend_object *object, const char *lower_name, size_t len)
{
	zend_function *method = zend_hash_str_find_ptr(&object->ce->function_table, lower_name, len);
	return method && (method->common.fn_flags & ZEND_ACC_PUBLIC) ? method : NULL;
}

void ami_method_call(zend_function *method, zend_object *object, zval *result, uint32_t count, zval *args)
{
	zend_call_known_function(method, object, object->ce, result, count, args, NULL);
}

/* ---- guards ---- */

/* False when the body ran into a fatal error (or an exit of old style): everything up to here was jumped over. */
bool ami_try(void (*body)(void *), void *context)
{
	zend_try {
		body(context);
	} zend_catch {
		/* The guard around this one is in force again. */
		return false;
	} zend_end_try();
	return true;
}

void ami_bailout(void)
{
	zend_bailout();
}

bool ami_interrupted(void)
{
	return zend_atomic_bool_load_ex(&EG(vm_interrupt));
}

void ami_interrupt(void)
{
	zend_fcall_interrupt(EG(current_execute_data));
}

/* ---- strings, arrays, values ---- */

zend_string *ami_string_new(const char *bytes, size_t len)
{
	return zend_string_init_fast(bytes, len);
}

/* One that lives as long as the process: made at start-up only. */
zend_string *ami_string_intern(const char *bytes, size_t len)
{
	return zend_string_init_interned(bytes, len, true);
}

void ami_string_addref(zend_string *string)
{
	zend_string_addref(string);
}

void ami_string_release(zend_string *string)
{
	zend_string_release(string);
}

void ami_zval_string(zval *value, zend_string *string)
{
	ZVAL_STR(value, string);
}

void ami_zval_object(zval *value, zend_object *object)
{
	ZVAL_OBJ(value, object);
}

void ami_zval_array(zval *value, HashTable *array)
{
	if (GC_FLAGS(array) & GC_IMMUTABLE) {
		Z_ARR_P(value) = array;
		Z_TYPE_INFO_P(value) = IS_ARRAY;
	} else {
		ZVAL_ARR(value, array);
	}
}

void ami_zval_copy(zval *to, zval *from)
{
	ZVAL_COPY_DEREF(to, from);
}

void ami_zval_release(zval *value)
{
	zval_ptr_dtor(value);
}

const char *ami_zval_type_name(zval *value)
{
	return zend_zval_value_name(value);
}

HashTable *ami_array_new(uint32_t size)
{
	return zend_new_array(size);
}

uint32_t ami_array_count(HashTable *array)
{
	return zend_hash_num_elements(array);
}

bool ami_array_is_list(HashTable *array)
{
	return zend_array_is_list(array);
}

/* The three below take the value over. "12" becomes 12, as in any PHP array. */
void ami_array_push(HashTable *array, zval *value)
{
	zend_hash_next_index_insert_new(array, value);
}

void ami_array_set(HashTable *array, const char *key, size_t len, zval *value)
{
	zend_symtable_str_update(array, key, len, value);
}

/* Where a value is or, null so far, will be. */
zval *ami_array_place(HashTable *array, const char *key, size_t len)
{
	zend_ulong index;
	zend_string *name;
	zval *place;

	if (ZEND_HANDLE_NUMERIC_STR(key, len, index)) {
		return zend_hash_index_lookup(array, index);
	}
	name = zend_string_init(key, len, false);
	place = zend_hash_lookup(array, name);
	zend_string_release(name);
	return place;
}

/* Puts a text under a name that is no number, or says where something is already. */
zval *ami_array_add_text(HashTable *array, zend_string *name, const char *bytes, size_t len)
{
	zval *place = zend_hash_lookup(array, name);

	if (UNEXPECTED(Z_TYPE_P(place) != IS_NULL)) {
		return place;
	}
	ZVAL_STR(place, zend_string_init_fast(bytes, len));
	return NULL;
}

void ami_array_remove(HashTable *array, const char *key, size_t len)
{
	zend_symtable_str_del(array, key, len);
}

zval *ami_array_find(HashTable *array, const char *key, size_t len)
{
	zval *found = zend_symtable_str_find(array, key, len);

	if (found) {
		ZVAL_DEREF(found);
	}
	return found;
}

/* The element at *position, which moves on; NULL at the end. */
zval *ami_array_next(HashTable *array, HashPosition *position, zend_string **key, zend_ulong *index)
{
	zval *value = zend_hash_get_current_data_ex(array, position);

	if (!value) {
		return NULL;
	}
	*key = NULL;
	zend_hash_get_current_key_ex(array, key, index, position);
	zend_hash_move_forward_ex(array, position);
	ZVAL_DEREF(value);
	return value;
}

HashTable *ami_array_dup(HashTable *array)
{
	return zend_array_dup(array);
}

/* ---- objects ---- */

bool ami_object_new(zend_class_entry *ce, zval *out)
{
	return object_init_ex(out, ce) == SUCCESS;
}

/* A zend_object behind `prefix` bytes of Rust state, which the caller has to initialise. */
zend_object *ami_object_alloc(zend_class_entry *ce, size_t prefix, const zend_object_handlers *handlers)
{
	char *memory = zend_object_alloc(prefix + sizeof(zend_object), ce);
	zend_object *object = (zend_object *) (memory + prefix);

	zend_object_std_init(object, ce);
	object_properties_init(object, ce);
	object->handlers = handlers;
	return object;
}

zend_object_handlers *ami_handlers_new(
	size_t prefix, zend_object_free_obj_t free_obj, zend_object_clone_obj_t clone_obj, zend_object_get_gc_t get_gc)
{
	zend_object_handlers *handlers = pemalloc(sizeof(*handlers), true);

	memcpy(handlers, &std_object_handlers, sizeof(*handlers));
	handlers->offset = (int) prefix;
	handlers->clone_obj = clone_obj;
	handlers->free_obj = free_obj;
	handlers->get_gc = get_gc;
	return handlers;
}

void ami_handlers_dimensions(
	zend_object_handlers *handlers, zend_object_read_dimension_t read, zend_object_has_dimension_t has)
{
	handlers->read_dimension = read;
	handlers->has_dimension = has;
}

void ami_class_create(zend_class_entry *ce, zend_object *(*create)(zend_class_entry *))
{
	ce->create_object = create;
}

static zend_object *ami_create_plain(zend_class_entry *ce)
{
	zend_object *object = zend_objects_new(ce);

	object_properties_init(object, ce);
	return object;
}

/* With a create_object of its own Reflection makes no object of a final class without its constructor. */
void ami_class_plain(zend_class_entry *ce, bool clones)
{
	static zend_object_handlers unclonable;

	ce->create_object = ami_create_plain;
	if (!clones) {
		memcpy(&unclonable, &std_object_handlers, sizeof(unclonable));
		unclonable.clone_obj = NULL;
		ce->default_object_handlers = &unclonable;
	}
}

zend_string *ami_class_name(zend_class_entry *ce)
{
	return ce->name;
}

zend_class_entry *ami_object_class(zend_object *object)
{
	return object->ce;
}

const zend_object_handlers *ami_object_handlers(zend_object *object)
{
	return object->handlers;
}

bool ami_object_is(zend_object *object, zend_class_entry *ce)
{
	return instanceof_function(object->ce, ce);
}

/* For a class that may not be loaded, such as an interface of a Composer package. */
bool ami_object_is_named(zend_object *object, const char *name, size_t len)
{
	zend_string *string = zend_string_init(name, len, false);
	zend_class_entry *ce = zend_lookup_class_ex(string, NULL, ZEND_FETCH_CLASS_NO_AUTOLOAD);

	zend_string_release(string);
	return ce && instanceof_function(object->ce, ce);
}

void ami_object_addref(zend_object *object)
{
	GC_ADDREF(object);
}

void ami_object_release(zend_object *object)
{
	OBJ_RELEASE(object);
}

void ami_object_std_free(zend_object *object)
{
	zend_object_std_dtor(object);
}

void ami_object_clone_properties(zend_object *to, zend_object *from)
{
	zend_objects_clone_members(to, from);
}

/* The places of the declared properties, side by side. */
zval *ami_slots(zend_object *object)
{
	return object->properties_table;
}

void ami_property_set(zend_class_entry *scope, zend_object *object, const char *name, size_t len, zval *value)
{
	zend_update_property(scope, object, name, len, value);
}

/* As isset() looks: what has no value is null, without a word. */
zval *ami_property_get(zend_class_entry *scope, zend_object *object, const char *name, size_t len, zval *scratch)
{
	return zend_read_property(scope, object, name, len, true, scratch);
}

zend_object *ami_enum_case(zend_class_entry *ce, const char *value, size_t len)
{
	zend_object *found = NULL;
	zend_string *string = zend_string_init(value, len, false);

	zend_enum_get_case_by_value(&found, ce, 0, string, true);
	zend_string_release(string);
	return found;
}

zval *ami_enum_value(zend_object *enum_case)
{
	return zend_enum_fetch_case_value(enum_case);
}

void ami_array_iterator(HashTable *array, zval *out)
{
	zval argument;

	object_init_ex(out, spl_ce_ArrayIterator);
	ami_zval_array(&argument, array);
	zend_call_known_instance_method_with_1_params(spl_ce_ArrayIterator->constructor, Z_OBJ_P(out), NULL, &argument);
}

/* ---- cycle collector ---- */

zend_get_gc_buffer *ami_gc_begin(zend_object *object)
{
	zend_get_gc_buffer *buffer = zend_get_gc_buffer_create();

	for (int i = 0; i < object->ce->default_properties_count; i++) {
		zend_get_gc_buffer_add_zval(buffer, OBJ_PROP_NUM(object, i));
	}
	return buffer;
}

void ami_gc_add_object(zend_get_gc_buffer *buffer, zend_object *object)
{
	zend_get_gc_buffer_add_obj(buffer, object);
}

void ami_gc_add_callable(zend_get_gc_buffer *buffer, zend_fcall_info_cache *callable)
{
	zend_get_gc_buffer_add_fcc(buffer, callable);
}

void ami_gc_end(zend_get_gc_buffer *buffer, zval **table, int *count)
{
	zend_get_gc_buffer_use(buffer, table, count);
}

/* ---- exceptions and errors ---- */

bool ami_exception_pending(void)
{
	return EG(exception) != NULL;
}

bool ami_exception_is_exit(void)
{
	return EG(exception) && (zend_is_unwind_exit(EG(exception)) || zend_is_graceful_exit(EG(exception)));
}

/* The pending exception, owned by the caller; none is pending afterwards. */
zend_object *ami_exception_take(void)
{
	zend_object *exception = EG(exception);

	GC_ADDREF(exception);
	zend_clear_exception();
	return exception;
}

/* Takes the exception over. */
void ami_exception_throw(zend_object *exception)
{
	zval value;

	ZVAL_OBJ(&value, exception);
	zend_throw_exception_object(&value);
}

void ami_throw_error(const char *message)
{
	zend_throw_exception(zend_ce_error, message, 0);
}

void ami_throw_type_error(const char *message)
{
	zend_throw_exception(zend_ce_type_error, message, 0);
}

void ami_throw_value_error(const char *message)
{
	zend_throw_exception(zend_ce_value_error, message, 0);
}

zend_class_entry *ami_exception_scope(void)
{
	return zend_ce_exception;
}

zend_class_entry *ami_throwable_scope(zend_object *exception)
{
	return instanceof_function(exception->ce, zend_ce_error) ? zend_ce_error : zend_ce_exception;
}

void ami_warning(const char *message)
{
	php_error_docref(NULL, E_WARNING, "%s", message);
}

/* ---- the C library ---- */

/* Where it is not glibc, whose arenas keep what they once had, there is nothing to ask for. */
void ami_give_memory_back(void)
{
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

/* ---- functions of other extensions ---- */

/* False where the function does not exist. */
bool ami_function_call(const char *name, size_t len, zval *result, uint32_t count, zval *args)
{
	zend_function *function = zend_hash_str_find_ptr(EG(function_table), name, len);

	if (!function) {
		return false;
	}
	zend_call_known_function(function, NULL, NULL, result, count, args, NULL);
	return true;
}

/* A closure over a static method, private ones too. */
bool ami_static_closure(zend_class_entry *ce, const char *lower_name, size_t len, zval *out)
{
	zend_function *method = zend_hash_str_find_ptr(&ce->function_table, lower_name, len);

	if (!method) {
		return false;
	}
	zend_create_fake_closure(out, method, ce, ce, NULL);
	return true;
}

/* ---- streams ---- */

/* Takes the descriptor over; false when PHP could make no stream of it. */
bool ami_stream_new(int fd, zval *out)
{
	php_stream *stream = php_stream_fopen_from_fd(fd, "r", NULL);

	if (!stream) {
		return false;
	}
	php_stream_to_zval(stream, out);
	return true;
}

bool ami_stream_is_open(zval *value)
{
	return Z_TYPE_P(value) == IS_RESOURCE && Z_RES_TYPE_P(value) == php_file_le_stream();
}
