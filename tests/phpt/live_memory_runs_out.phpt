--TEST--
Memory that runs out in toArray() or calls() leaves the manager whole
--EXTENSIONS--
ami_client
--INI--
memory_limit=16M
--FILE--
<?php
use Apn\AmiClient\Testing\FakeAsterisk;

require __DIR__ . '/live.inc';

$fake = new FakeAsterisk();
$phones = new Phones($fake);
$ami = $fake->manager();
$ami->connectAll(wait: 5.0);
$live = $ami->live();
$live->await(5.0);
[$alice] = $phones->talk();
$fake->advance(0.1);
$call = $live->call($alice);
register_shutdown_function(function () use ($call, $live, $fake, $phones, $alice): void {
    global $kept;
    $kept = null;
    ini_set('memory_limit', '64M');
    echo "\n", $call->toArray()['caller']['number'], ' ', count($live->calls()), "\n";
    $phones->hangUp($alice);
    $fake->advance(0.1);
    var_dump($live->channel($alice));
});
$kept = [];
while (true) {
    $kept[] = $call->toArray();
    $kept[] = iterator_to_array($live->calls());
    $kept[] = $live->talkingTo('201');
}
?>
--EXPECTF--
%AFatal error: Allowed memory size of 16777216 bytes exhausted%a
201 1
NULL
