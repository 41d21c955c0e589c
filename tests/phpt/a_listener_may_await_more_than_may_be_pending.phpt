--TEST--
What a listener awaited leaves maxPendingActions at once; what nobody takes stays in it
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{ClientOptions, GenericAction};
use Apn\AmiClient\Exception\BackpressureException;
use Apn\AmiClient\Testing\FakeAsterisk;

$fake = new FakeAsterisk();
$ami = $fake->manager(new ClientOptions(maxPendingActions: 3));
$ami->connectAll(wait: 5.0);
$ami->onEvent('UserEvent', function () use ($ami): void {
    $kept = [];
    for ($i = 0; $i < 20; $i++) {
        $pending = $ami->send(new GenericAction('Ping'));
        $pending->await();
        if ($i % 5 === 0) {
            $kept[] = $pending->onComplete(function (): void { echo "its turn came\n"; });
        }
    }
    echo 'pending: ', $ami->health()['pbx1']->pendingActions, "\n";
});
$fake->emit('pbx1', 'UserEvent', ['UserEvent' => 'x']);
$completed = [$ami->tick()->actionsCompleted, $ami->tick()->actionsCompleted];
echo 'completed: ', implode(' and ', $completed), "\n";

// Read by await() in the background, and taken by nobody.
$ami->onEvent('Newchannel', function () use ($ami): void {
    $sent = 0;
    try {
        for (; $sent < 20; $sent++) {
            $last = $ami->send(new GenericAction('Ping'));
            if ($sent === 1) {
                $last->await();
            }
        }
    } catch (BackpressureException $e) {
        echo "{$sent} sent: {$e->getMessage()}\n";
    }
    echo 'pending: ', $ami->health()['pbx1']->pendingActions, "\n";
});
$fake->emit('pbx1', 'Newchannel', ['Channel' => 'x']);
$ami->tick();
$ami->tick();
echo 'pending: ', $ami->health()['pbx1']->pendingActions, "\n";
?>

--EXPECT--
pending: 0
its turn came
its turn came
its turn came
its turn came
completed: 16 and 4
4 sent: action `Ping` was not sent to `pbx1`: maxPendingActions is full (3)
pending: 3
pending: 0
