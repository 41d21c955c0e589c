--TEST--
LiveUnavailableException and the log name the class that an account lacks; nothing that may not be read is an empty list
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Exception\LiveUnavailableException;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Live\{LiveOptions, State};
use Apn\AmiClient\Testing\FakeAsterisk;

require __DIR__ . '/fake.inc';
require __DIR__ . '/live.inc';

$fake = new FakeAsterisk(['pbx1', 'pbx2']);
$denied = ['Response' => 'Error', 'Message' => 'Permission denied'];
$fake->respond('CoreShowChannels', $denied, 'pbx1')->respond('Status', $denied, 'pbx1');
$ami = $fake->manager(logger: $log = new MemoryLogger());
$ami->connectAll(wait: 5.0);
$live = $ami->live();
try {
    $live->await(5.0);
} catch (LiveUnavailableException $e) {
    echo $e->getMessage(), "\n";
    var_dump($e->serverKey, $e->missingClass, $e->isRetrySafe());
}
var_dump($live->state('pbx1'), $live->state('pbx2'), $live->state(), count($live->calls('pbx2')));
$originate = new GenericAction('Originate', ['Channel' => 'PJSIP/alice', 'Application' => 'Wait']);
foreach ([
    fn() => $live->calls(), fn() => $live->calls('pbx1'), fn() => $live->call('x'), fn() => $live->channel('x'), fn() => $live->talkingTo('x'),
    fn() => $live->changesSince(0), fn() => $live->originate($originate, 'pbx1'),
] as $read) {
    try {
        $read();
        echo "an empty list\n";
    } catch (LiveUnavailableException $e) {
        echo $e->serverKey, ',';
    }
}
echo "\n";
$fake->emit('pbx1', 'Newchannel', ['Channel' => 'PJSIP/a-1', 'ChannelState' => 0, 'Uniqueid' => '1.1', 'Linkedid' => '1.1']);
$fake->advance(0.1);
var_dump($live->state('pbx1'), count($live->calls()));
$fake->advance(1.0);
foreach ($log->records as [$level, $message, $context]) {
    if (str_starts_with($context['record'], 'live')) {
        echo "{$level}: {$message} {$context['server_key']} {$context['state']} {$context['missing_class']}\n";
    }
}

$fake = new FakeAsterisk();
$phones = new Phones($fake);
$ami = $fake->manager(logger: $log = new MemoryLogger());
$ami->connectAll(wait: 5.0);
$live = $ami->live(new LiveOptions(maxChannels: 3));
$live->await(5.0);
$phones->talk();
$phones->talk();
$fake->advance(1.0);
var_dump($live->isTruncated(), array_values(array_filter($log->records, fn(array $record) => $record[2]['record'] === 'live_truncated'))[0][2]['truncated']);
?>
--EXPECT--
the live model of server `pbx1` has nothing to read: its account may list no channels and is told of none; add "reporting" to its `write` classes and "call" to its `read` classes (manager.conf)
string(4) "pbx1"
string(9) "reporting"
bool(false)
enum(Apn\AmiClient\Live\State::Denied)
enum(Apn\AmiClient\Live\State::Current)
enum(Apn\AmiClient\Live\State::Denied)
int(0)
pbx1,pbx1,pbx1,pbx1,pbx1,pbx1,pbx1,
enum(Apn\AmiClient\Live\State::Partial)
int(1)
warning: AMI live model cannot see all: the account lacks a class pbx1 denied reporting
warning: AMI live model cannot see all: the account lacks a class pbx1 partial reporting
bool(true)
string(8) "channels"
