--TEST--
The cycle collector frees managers, clients and actions that closures tie together
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, GenericAction};

$fake = new Fake();
$make = function (Closure $tie) use ($fake): WeakReference {
    $ami = new AmiClientManager($fake->servers());
    $tie($ami);
    return WeakReference::create($ami);
};
gc_collect_cycles();
foreach ([
    'no cycle' => fn($ami) => null,
    'event listener' => fn($ami) => $ami->onEvent('X', fn() => $ami),
    'state listener' => fn($ami) => $ami->onStateChange(fn() => $ami),
    'gap listener' => fn($ami) => $ami->onGap(fn() => $ami),
    'error handler' => fn($ami) => $ami->onListenerError(fn() => $ami),
    'client in a listener' => function ($ami): void {
        $client = $ami->server('pbx1');
        $client->onEvent('X', fn() => $client);
    },
    'subscription in a listener' => function ($ami): void {
        $subscription = $ami->onEvent('X', function () use (&$subscription, $ami): void {});
    },
    'router' => fn($ami) => $ami->routing(fn() => $ami->default()),
    'logger' => function ($ami) use ($fake): void {
        $logger = new class extends ArrayObject {
            public mixed $ami;
            public function log(): void {}
        };
        $logger->ami = new AmiClientManager([], logger: $logger);
        $ami->onEvent('X', fn() => [$ami, $logger]);
    },
    'callback of an action' => function ($ami): void {
        $ami->connectAll(wait: 20.0);
        $pending = $ami->send(new GenericAction('Ping'));
        $pending->onComplete(fn() => [$ami, $pending]);
    },
    'ended action' => function ($ami): void {
        $ami->connectAll(wait: 20.0);
        $pending = $ami->send(new GenericAction('NoSuchAction'));
        try {
            $pending->await();
        } catch (Exception) {
        }
        $ami->onEvent('X', fn() => [$ami, $pending, $pending->getException()]);
    },
    'action object' => function ($ami): void {
        $ami->connectAll(wait: 20.0);
        $action = new class implements Apn\AmiClient\Action {
            public mixed $pending;
            public function getName(): string { return 'Ping'; }
            public function getParameters(): array { return []; }
            public function getCompletionStrategy(): ?Apn\AmiClient\CompletionStrategy { return null; }
        };
        $action->pending = $ami->send($action);
    },
] as $name => $tie) {
    $reference = $make($tie);
    $before = $reference->get() !== null;
    $collected = gc_collect_cycles() > 0;
    echo $name, ': ', $before ? 'tied' : 'free', ', ', $reference->get() === null ? 'freed' : 'LEAKED', "\n";
}
?>

--EXPECT--
no cycle: free, freed
event listener: tied, freed
state listener: tied, freed
gap listener: tied, freed
error handler: tied, freed
client in a listener: tied, freed
subscription in a listener: tied, freed
router: tied, freed
logger: tied, freed
callback of an action: tied, freed
ended action: tied, freed
action object: tied, freed
