--TEST--
In a forked child the objects throw, the parent goes on, and the child may make a manager of its own
--EXTENSIONS--
ami_client
pcntl
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\Exception\ForkedProcessException;
use Apn\AmiClient\{AmiClientManager, GenericAction};

$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$client = $ami->server('pbx1');
$pending = $ami->send(new GenericAction('Ping'));
$subscription = $ami->onEvent('UserEvent', fn() => $ami->stop());
flush();
$child = pcntl_fork();
if ($child === 0) {
    $calls = [
        'tick' => fn() => $ami->tick(),
        'send' => fn() => $client->send(new GenericAction('Ping')),
        'await' => fn() => $pending->await(),
        'isFinished' => fn() => $pending->isFinished(),
        'cancel' => fn() => $subscription->cancel(),
        'terminate' => fn() => $ami->terminate(),
        'health' => fn() => $ami->health(),
    ];
    foreach ($calls as $name => $call) {
        try {
            $call();
            echo "$name: accepted\n";
        } catch (ForkedProcessException $e) {
            echo $name, ': ', preg_replace('/\d+/', 'N', $e->getMessage()), "\n";
        }
    }
    unset($ami, $client, $pending, $subscription, $calls, $call, $e);
    gc_collect_cycles();
    $own = new AmiClientManager($fake->servers());
    var_dump($own->connectAll(wait: 20.0), $own->send(new GenericAction('Ping'))->await()->success);
    unset($own);
    exec('kill -KILL ' . getmypid());
}
pcntl_waitpid($child, $status);
var_dump($pending->await()->success, $client->isReady());
$ami->send(user_event('still there'));
$ami->run();
echo "parent goes on\n";
?>

--EXPECT--
tick: this manager belongs to process N: a forked child has to make its own
send: this manager belongs to process N: a forked child has to make its own
await: this manager belongs to process N: a forked child has to make its own
isFinished: this manager belongs to process N: a forked child has to make its own
cancel: this manager belongs to process N: a forked child has to make its own
terminate: this manager belongs to process N: a forked child has to make its own
health: this manager belongs to process N: a forked child has to make its own
array(0) {
}
bool(true)
bool(true)
bool(true)
parent goes on
