--TEST--
registerSignalHandlers(): SIGTERM ends run(), and the handlers keep no manager alive
--EXTENSIONS--
ami_client
pcntl
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\AmiClientManager;

$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$ami->registerSignalHandlers();
$ami->registerSignalHandlers();
$ami->onEvent('UserEvent', fn() => exec('kill -TERM ' . getmypid()));
$ami->send(user_event('one'));
$ami->run();
echo "run() ended\n";
$ami->send(user_event('two'));
$ami->run();
echo "and again\n";

// A signal that comes while nothing is running stops the next run at once.
exec('kill -INT ' . getmypid());
$ami->run();
echo "at once\n";

$reference = WeakReference::create($ami);
unset($ami);
gc_collect_cycles();
var_dump($reference->get());

// Without a manager the signal does what it does by default.
$child = pcntl_fork();
if ($child === 0) {
    exec('kill -TERM ' . getmypid());
    exit(0);
}
pcntl_waitpid($child, $status);
var_dump(pcntl_wifsignaled($status) && pcntl_wtermsig($status) === SIGTERM);
?>

--EXPECT--
run() ended
and again
at once
NULL
bool(true)
