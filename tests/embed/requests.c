/* PHP in a program of its own, as application servers that are no child of PHP have it: started and stopped several times in
 * one process, with requests that follow each other in threads. Where PHP is not thread-safe, one thread has it all, and that
 * is not the main thread.
 *
 * usage: requests STARTS THREADS REQUESTS SURFACE REQUEST    (SURFACE and REQUEST are PHP scripts)
 *
 * REQUEST gets its number as argument, and has to print "fine" before it ends in whatever way. SURFACE prints what PHP sees of
 * the extension, which has to be the same after every start.
 */
#include <main/php.h>
#include <main/SAPI.h>
#include <main/php_main.h>
#include <main/php_variables.h>
#include <sapi/embed/php_embed.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef ZTS
#define ts_resource(id) ((void) (id))
#define ts_free_thread()
#endif

static int starts, threads, requests;
static const char *surface_script, *request_script;
static atomic_int fine, wrong;

static __thread char *said;
static __thread size_t said_len;

static size_t keep(const char *text, size_t len)
{
	said = realloc(said, said_len + len + 1);
	memcpy(said + said_len, text, len);
	said_len += len;
	said[said_len] = '\0';
	return len;
}

/* What the script printed, for the caller to free; NULL where there was no request. */
static char *run(const char *script, int number)
{
	char text[16];
	char *arguments[] = {(char *) script, text, NULL};
	zend_file_handle file;

	said = calloc(1, 1);
	said_len = 0;
	snprintf(text, sizeof text, "%d", number);
	SG(request_info).argc = 2;
	SG(request_info).argv = arguments;
	if (php_request_startup() == FAILURE) {
		free(said);
		return NULL;
	}
	SG(headers_sent) = 1;
	SG(request_info).no_headers = 1;
	zend_first_try {
		zend_stream_init_filename(&file, script);
		php_execute_script(&file);
		zend_destroy_file_handle(&file);
	} zend_end_try();
	php_request_shutdown(NULL);
	return said;
}

static void count(bool is_fine, const char *what, int number, const char *text)
{
	atomic_fetch_add(is_fine ? &fine : &wrong, 1);
	if (!is_fine) {
		fprintf(stderr, "%s %d: %s\n", what, number, text ? text : "no request");
	}
}

/* A thread's requests. Each thread begins with another one of the ways to end. */
static void *serve(void *argument)
{
	int thread = (int) (intptr_t) argument;

	ts_resource(0);
	for (int request = 0; request < requests; request++) {
		char *text = run(request_script, thread + request);
		count(text && strncmp(text, "fine", 4) == 0, "request", thread + request, text);
		free(text);
	}
	ts_free_thread();
	return NULL;
}

static void serve_all(void)
{
#ifdef ZTS
	pthread_t running[threads];

	for (int thread = 0; thread < threads; thread++) {
		pthread_create(&running[thread], NULL, serve, (void *) (intptr_t) thread);
	}
	for (int thread = 0; thread < threads; thread++) {
		pthread_join(running[thread], NULL);
	}
#else
	serve(NULL);
#endif
}

static void *all(void *unused)
{
	char *first = NULL;

	(void) unused;
	php_embed_module.ub_write = keep;
	php_embed_module.ini_entries = "register_argc_argv=1\nhtml_errors=0\ndisplay_errors=1\nlog_errors=0\nmax_execution_time=0\n";
	for (int start = 0; start < starts; start++) {
#ifdef ZTS
		php_tsrm_startup();
#endif
		zend_signal_startup();
		sapi_startup(&php_embed_module);
		if (php_embed_module.startup(&php_embed_module) == FAILURE) {
			count(false, "start", start, "PHP does not start");
			return NULL;
		}
		char *text = run(surface_script, start);
		count(text && text[0] && (!first || strcmp(first, text) == 0), "surface after start", start, text);
		if (first) {
			free(text);
		} else {
			first = text;
		}
		serve_all();
		php_module_shutdown();
		sapi_shutdown();
#ifdef ZTS
		tsrm_shutdown();
#endif
	}
	free(first);
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc != 6) {
		fprintf(stderr, "usage: requests STARTS THREADS REQUESTS SURFACE REQUEST\n");
		return 2;
	}
	starts = atoi(argv[1]);
	threads = atoi(argv[2]);
	requests = atoi(argv[3]);
	surface_script = argv[4];
	request_script = argv[5];
	signal(SIGPIPE, SIG_IGN);
#ifdef ZTS
	all(NULL);
#else
	pthread_t other;

	pthread_create(&other, NULL, all, NULL);
	pthread_join(other, NULL);
#endif
	printf("%d %d\n", fine, wrong);
	return wrong > 0;
}
