--TEST--
After terminate() every method still works or says what is missing; nothing hangs and nothing is sent
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\{ConnectionState, GenericAction, Routing, ServerConfig};
use Apn\AmiClient\Testing\FakeAsterisk;

$fake = new FakeAsterisk(['pbx1', 'pbx2']);
$fake->ignore('Slow');
$ami = $fake->manager();
$ami->connectAll(wait: 5.0);
$client = $ami->server('pbx1');
$done = $ami->send(new GenericAction('Ping'));
$done->await();
$slow = $ami->send(new GenericAction('Slow'), 'pbx1');
$slow->onComplete(fn(?Throwable $error) => print('slow: ' . $error::class . "\n"));
$calls = 0;
$subscription = $ami->onEvent('*', function () use (&$calls): void {
    $calls++;
});
$fake->emit('pbx1', 'Before');
$ami->tick();
$ami->terminate();
$sent = count($fake->sent());
$fake->emit('pbx1', 'After');

$try = function (string $name, Closure $call): void {
    try {
        $result = $call();
        echo $name, ': ', is_object($result) ? $result::class : json_encode($result), "\n";
    } catch (Throwable $e) {
        echo $name, ': ', $e::class, ": {$e->getMessage()}\n";
    }
};
$try('send', fn() => $ami->send(new GenericAction('Ping')));
$try('send to one', fn() => $ami->send(new GenericAction('Ping'), 'pbx1'));
$try('client send', fn() => $client->send(new GenericAction('Ping')));
$try('sendAll', fn() => $ami->sendAll(new GenericAction('Ping')));
$try('select', fn() => $ami->select());
$try('await', fn() => $slow->await(1.0));
$try('await of what ended', fn() => $done->await());
$try('cancel', fn() => $slow->cancel());
$try('isFinished', fn() => [$slow->isFinished(), $slow->getResponse(), $slow->getException()::class]);
$try('onComplete', fn() => $slow->onComplete(fn() => print("at once\n")));
$try('tick', fn() => $ami->tick()->hasProgress());
$try('tick, waiting', fn() => $ami->tick(100)->more);
$try('state', fn() => [$client->state(), $client->isReady(), $ami->health()['pbx1']->isReady()]);
$try('metrics', fn() => count($ami->metrics()) > 10);
$try('deadline', fn() => $ami->nextDeadlineMs());
$try('default', fn() => $ami->default()->serverKey);
$try('setDefaultServer', fn() => $ami->setDefaultServer('pbx2'));
$try('routing', fn() => $ami->routing(Routing::LeastPending));
$try('keys', fn() => $ami->serverKeys());
$try('subscription', fn() => [$subscription->isActive(), $subscription->cancel(), $subscription->isActive()]);
$try('onGap', fn() => $ami->onGap(fn() => null)->isActive());
$try('close', fn() => $client->close());
$try('removeServer', fn() => $ami->removeServer('pbx2'));
$try('client of what is gone', fn() => $ami->server('pbx2'));
$try('addServer', fn() => $ami->addServer(new ServerConfig('pbx3', 'nowhere.invalid', username: 'u', secret: 's'))->state());
$try('terminate', fn() => $ami->terminate());
var_dump($calls, count($fake->sent()) === $sent, $client->open(1.0)->state() === ConnectionState::Ready);
$ami->terminate();
$try('run', fn() => $ami->run(fn(): bool => $client->isReady()));
$ami->terminate();
$try('stop', fn() => [$ami->stop(), $ami->run()]);
?>
--EXPECT--
slow: Apn\AmiClient\Exception\OutcomeUnknownException
send: Apn\AmiClient\Exception\NoServerAvailableException: no server takes actions now: pbx1 is disconnected (requested), pbx2 is disconnected (requested); see connectAll(wait: 5.0)
send to one: Apn\AmiClient\Exception\InvalidConnectionStateException: action `Ping` was not sent: server `pbx1` is disconnected (requested), not ready; open it first: server('pbx1')->open(wait: 5.0), or connectAll(wait: 5.0)
client send: Apn\AmiClient\Exception\InvalidConnectionStateException: action `Ping` was not sent: server `pbx1` is disconnected (requested), not ready; open it first: server('pbx1')->open(wait: 5.0), or connectAll(wait: 5.0)
sendAll: []
select: Apn\AmiClient\Exception\NoServerAvailableException: no server takes actions now: pbx1 is disconnected (requested), pbx2 is disconnected (requested); see connectAll(wait: 5.0)
await: Apn\AmiClient\Exception\OutcomeUnknownException: the session with `pbx1` ended (requested) before action `Slow` was answered: it may have run
await of what ended: Apn\AmiClient\Response
cancel: false
isFinished: [true,null,"Apn\\AmiClient\\Exception\\OutcomeUnknownException"]
at once
onComplete: Apn\AmiClient\PendingAction
tick: false
tick, waiting: false
state: ["disconnected",false,false]
metrics: true
deadline: 0
default: "pbx1"
setDefaultServer: null
routing: Apn\AmiClient\AmiClientManager
keys: ["pbx1","pbx2"]
subscription: [true,null,false]
onGap: true
close: null
removeServer: null
client of what is gone: Apn\AmiClient\Exception\UnknownServerException: there is no server "pbx2": known are pbx1
addServer: Apn\AmiClient\ConnectionState
terminate: null
int(1)
bool(true)
bool(true)
run: null
stop: [null,null]
