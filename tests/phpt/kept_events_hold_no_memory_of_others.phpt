--TEST--
An event that PHP code keeps takes its own memory, and not that of the events that came with it
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Testing\FakeAsterisk;
use Apn\AmiClient\AmiEvent;

function resident(): int
{
    return 4_096 * (int) explode(' ', file_get_contents('/proc/self/statm'))[1];
}

$fake = new FakeAsterisk();
$ami = $fake->manager();
$ami->connectAll();
$seen = 0;
$kept = [];
$ami->onEvent('Filling', function (AmiEvent $event) use (&$seen, &$kept): void {
    if ($seen++ % 100 === 0) {
        // A copy is kept as the event itself is.
        $kept[] = $seen % 200 === 1 ? $event : clone $event;
    }
});
$send = function (int $events) use ($fake, $ami): void {
    for ($sent = 0; $sent < $events; $sent += 1_000) {
        for ($i = 0; $i < 1_000; $i++) {
            $fake->emit('pbx1', 'Filling', ['Text' => str_repeat(chr(97 + $i % 26), 500), 'Number' => $sent + $i]);
        }
        $ami->tick();
    }
};
// What the process takes for one round of this.
$send(20_000);
[$kept, $before] = [[], resident()];
$seen = 0;
$send(100_000);
$bytes = 600 * count($kept);
// Each is an object of PHP, too. Those that came with them took 60 MB.
$took = resident() - $before;
echo count($kept), ' kept: ', $took < 2 * $bytes + 2 * 1_048_576 ? 'their own memory' : "$took bytes", "\n";
foreach ($kept as $at => $event) {
    if ($event['Number'] !== (string) ($at * 100) || $event['Text'] !== str_repeat(chr(97 + $at * 100 % 1_000 % 26), 500)) {
        echo "event $at is another\n";
    }
}
?>
--EXPECT--
1000 kept: their own memory
