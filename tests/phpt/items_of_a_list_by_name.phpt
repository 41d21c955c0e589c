--TEST--
getEvents() gives the items of a list, all or those of a name; iteration and count() are of the response's own headers
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, GenericAction};

$fake = new Fake(1, '--rate', '1');
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$list = $ami->send(new GenericAction('QueueStatus'))->await();
$names = fn(?string $name) => array_count_values(array_map(fn($event) => $event->name, $list->getEvents($name)));
$all = $names(null);
var_dump(count($all) > 1, $list->getEvents() == $list->getEvents(null));
var_dump($names('QUEUEmember') === ['QueueMember' => $all['QueueMember']], $names('queue*') == $all);
var_dump($names('QueueMembe'), $names(''), array_is_list($list->getEvents('QueueMember')));
foreach ($list as $header => $value) {
    assert(is_string($value) && $list[$header] === $value);
}
var_dump(count($list) === count($list->getHeaders()));
try {
    $list->getEvents([]);
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
?>

--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
array(0) {
}
array(0) {
}
bool(true)
bool(true)
Apn\AmiClient\Response::getEvents(): Argument #1 ($name) must be of type ?string, array given
