--TEST--
Without a descriptor left a manager and a connect say so, and both go on when there are some again
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

$fake = new Fake();
$script = sys_get_temp_dir() . '/ami-descriptors-' . getmypid() . '.php';
file_put_contents($script, <<<'PHP'
    <?php
    use Apn\AmiClient\{AmiClientManager, ClientOptions, GenericAction, ServerConfig};

    /** Every descriptor that is left. */
    function hoard(): array
    {
        $files = [];
        while (($file = @fopen('/dev/null', 'r')) !== false) {
            $files[] = $file;
        }

        return $files;
    }

    $hasty = new ClientOptions(reconnectMinDelay: 0.001, reconnectMaxDelay: 0.02, circuitFailureThreshold: 1000);
    $servers = [
        new ServerConfig('first', '127.0.0.1', (int) $argv[1], 'admin', 's3cret'),
        new ServerConfig('second', '127.0.0.1', (int) $argv[1], 'admin', 's3cret', $hasty),
    ];
    $files = hoard();
    try {
        new AmiClientManager($servers);
    } catch (Throwable $e) {
        echo str_contains($e->getMessage(), 'Too many open files') ? "named\n" : $e->getMessage();
    }
    $files = [];
    $ami = new AmiClientManager($servers);
    $ami->server('first')->open(wait: 20.0);
    $files = hoard();
    try {
        $ami->server('second')->open(wait: 0.1);
    } catch (Throwable $e) {
        echo preg_replace(['/:\d+:/', '/is \w+, not/'], [':PORT:', 'is down, not'], $e->getMessage()), "\n";
    }
    echo $ami->server('first')->send(new GenericAction('Ping'))->await()['Ping'], "\n";
    $files = [];
    var_dump($ami->server('second')->open(wait: 20.0)->isReady());
    PHP);
$process = proc_open(
    ['sh', '-c', 'ulimit -n 64 && exec "$@"', 'sh', ...php_command($script, (string) $fake->ports[0])],
    [1 => ['pipe', 'w'], 2 => ['redirect', 1]],
    $pipes,
);
echo stream_get_contents($pipes[1]);
var_dump(proc_close($process));
unlink($script);
?>

--EXPECT--
named
server `second` is down, not ready: unreachable: no socket for 127.0.0.1:PORT: too many open files, raise the limit (ulimit -n)
Pong
bool(true)
int(0)
