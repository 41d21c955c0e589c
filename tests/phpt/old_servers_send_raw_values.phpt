--TEST--
Values of servers before Asterisk 13.5 are as they were, also after serialize and to a filter; later ones are unescaped
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\{AmiClientManager, AmiEvent, GenericAction};

require __DIR__ . '/fake.inc';

foreach (['1.8', '13.4', '13', '22'] as $release) {
    $ami = new AmiClientManager((new Fake(1, '--version-banner', $release))->servers());
    $ami->connectAll(wait: 5.0);
    $heard = [];
    $ami->onEvent('VarSet', static function (AmiEvent $event) use (&$heard): void {
        $copy = unserialize(json_decode(json_encode(serialize($event), JSON_THROW_ON_ERROR)));
        $heard = [$event['Value'], $copy['Value'], $event->getVariables()['FILE'], $event->getRawHeaders() === $copy->getRawHeaders()];
        var_dump($copy == $event);
    }, where: ['Value' => 'C:\temp\new']);
    $ami->send(new GenericAction('Setvar', ['Variable' => 'FILE', 'Value' => 'C:\temp\new']))->await(5.0);
    for ($until = microtime(true) + 5.0; !$heard && microtime(true) < $until;) {
        $ami->tick(10);
    }
    echo $release, ' ', json_encode($heard), "\n";
}
?>

--EXPECT--
bool(true)
1.8 ["C:\\temp\\new","C:\\temp\\new","C:\\temp\\new",true]
bool(true)
13.4 ["C:\\temp\\new","C:\\temp\\new","C:\\temp\\new",true]
bool(true)
13 ["C:\\temp\\new","C:\\temp\\new","C:\\temp\\new",true]
bool(true)
22 ["C:\\temp\\new","C:\\temp\\new","C:\\temp\\new",true]
