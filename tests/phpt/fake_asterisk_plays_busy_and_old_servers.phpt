--TEST--
FakeAsterisk: lag() holds events back behind the lists, and a release writes names as it did
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\{AmiEvent, GenericAction};
use Apn\AmiClient\Testing\FakeAsterisk;

foreach (['22', '13.1'] as $release) {
    $fake = new FakeAsterisk(release: $release);
    $ami = $fake->manager();
    $ami->connectAll(wait: 5.0);
    echo "$release\n";
    $ami->onEvent('Newchannel', function (AmiEvent $event): void {
        echo "told of {$event['Channel']}\n";
    });
    $ami->onEvent('Newchannel', function (AmiEvent $event): void {
        $name = array_column($event->getRawHeaders(), 1, 0)['CallerIDName'];
        echo "on the wire: ", strtr($name, ["\e" => '(ESC)']), "\n";
    });
    $fake->lag('pbx1', 0.5)->call('pbx1', 'alice', 'bob', name: "O'B\e[2J");
    echo count($ami->send(new GenericAction('CoreShowChannels'))->await()->getEvents()), " are listed\n";
    $fake->advance(0.4);
    echo "0.4 s\n";
    $fake->advance(0.2);
}
?>
--EXPECT--
22
2 are listed
0.4 s
told of PJSIP/alice-00000000
on the wire: O\'B(ESC)[2J
told of PJSIP/bob-00000001
on the wire: <unknown>
13.1
2 are listed
0.4 s
told of PJSIP/alice-00000000
on the wire: O'B(ESC)[2J
told of PJSIP/bob-00000001
on the wire: <unknown>
