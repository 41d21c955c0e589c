--TEST--
exit(), a fatal error and a memory limit in any callback end the script as PHP does, and shutdown functions still use the manager
--EXTENSIONS--
ami_client
pcntl
--FILE--
<?php
require __DIR__ . '/callbacks.inc';

use Apn\AmiClient\GenericAction;

$ways = [
    'exit' => function (): never {
        exit(0);
    },
    'fatal error' => function (): void {
        eval('class Twice {} class Twice {}');
    },
    'memory limit' => function (): void {
        ini_set('memory_limit', memory_get_usage(true) + 4_000_000);
        $all = [];
        for ($i = 0; $i < 1_000; $i++) {
            $all[] = str_repeat('x', 100_000);
        }
    },
];
// Each way ends a script of its own: a child that made all its objects itself.
foreach (callbacks() as $place => $callback) {
    foreach ($ways as $way => $end) {
        $child = pcntl_fork();
        if ($child === 0) {
            error_reporting(0);
            ini_set('display_errors', '0');
            ini_set('log_errors', '0');
            [$fake, $ami] = servers();
            $reached = false;
            register_shutdown_function(function () use ($fake, $ami, &$reached): void {
                ini_set('memory_limit', -1);
                $GLOBALS['logger']->do = null;
                $ami->terminate(0.1);
                $ami->connectAll(wait: 5.0);
                $fake->respond('Ping', ['Response' => 'Success']);
                $answered = $ami->send(new GenericAction('Ping'), 'pbx2')->await()->success;
                exit($reached && $answered ? 42 : 1);
            });
            $callback($fake, $ami, function () use ($end, &$reached) {
                if (!$reached) {
                    $reached = true;
                    $end();
                }
            });
            echo "$place: $way did not end the script\n";
        }
        pcntl_waitpid($child, $status);
        if (!pcntl_wifexited($status) || pcntl_wexitstatus($status) !== 42) {
            printf("%s: %s: %s\n", $place, $way, pcntl_wifsignaled($status) ? 'signal ' . pcntl_wtermsig($status) : 'code ' . pcntl_wexitstatus($status));
        }
    }
}
echo count(callbacks()), " places\n";
?>
--EXPECT--
19 places
