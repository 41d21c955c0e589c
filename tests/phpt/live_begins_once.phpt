--TEST--
live(): begins once with its options, refuses a mask that lacks its class, and names what is wrong
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\{AmiClientManager, ServerConfig};
use Apn\AmiClient\Live\LiveOptions;
use Apn\AmiClient\Testing\FakeAsterisk;

require __DIR__ . '/live.inc';

function refused(callable $do): void
{
    try {
        $do();
        echo "nothing was refused\n";
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}

$fake = new FakeAsterisk(['pbx1', 'pbx2']);
$ami = $fake->manager();
$ami->connectAll(wait: 5.0);
refused(fn() => $ami->live(new LiveOptions(servers: ['pbx9'])));
$live = $ami->live(new LiveOptions(servers: ['pbx1'], endedCalls: 5));
var_dump($live == $ami->live(), $live == $ami->live(new LiveOptions(['pbx1'], endedCalls: 5)));
refused(fn() => $ami->live(new LiveOptions()));
refused(fn() => $live->state('pbx2'));
refused(fn() => $live->calls('pbx9'));
refused(fn() => new LiveOptions(maxChannels: 0));
refused(fn() => new LiveOptions(maxBytes: 1));
refused(fn() => new LiveOptions(pollInterval: 0.5));
refused(fn() => new LiveOptions(servers: ['a' => 'b']));
refused(fn() => LiveOptions::fromArray(['max_chanels' => 5]));
var_dump(LiveOptions::fromArray(['max_channels' => '50'])->maxChannels);
refused(fn() => $live->changesSince(0, 0));

$server = fn(string $mask): ServerConfig => new ServerConfig('pbx1', '127.0.0.1', 1, 'u', 's', eventMask: $mask);
$manager = new AmiClientManager([$server('agent,user')]);
refused(fn() => $manager->live());
refused(fn() => (new AmiClientManager([$server('off')]))->live());
$manager = new AmiClientManager([$server('call,agent')]);
$manager->live();
refused(fn() => $manager->addServer(new ServerConfig('pbx2', '127.0.0.1', 1, 'u', 's', eventMask: 'agent')));
?>
--EXPECT--
Apn\AmiClient\Exception\UnknownServerException: there is no server "pbx9": known are pbx1, pbx2
bool(true)
bool(true)
Apn\AmiClient\Exception\InvalidConfigurationException: the live model of this manager began with other options: they cannot change; call live() without any
Apn\AmiClient\Exception\LiveUnavailableException: there is no live model of server `pbx2`: it is not among the servers of LiveOptions
Apn\AmiClient\Exception\UnknownServerException: there is no server "pbx9": known are pbx1, pbx2
Apn\AmiClient\Exception\InvalidConfigurationException: maxChannels is 0, must be 1 to 1000000
Apn\AmiClient\Exception\InvalidConfigurationException: maxBytes is 1, must be 1048576 to 68719476736
Apn\AmiClient\Exception\InvalidConfigurationException: pollInterval is 0.5 s, must be 1 s to 3600 s
Apn\AmiClient\Exception\InvalidConfigurationException: servers is an array of something else, must be a list of keys of servers
Apn\AmiClient\Exception\InvalidConfigurationException: unknown key "max_chanels": did you mean "max_channels"?
int(50)
ValueError: Apn\AmiClient\Live\Model::changesSince(): Argument #2 ($max) must be between 1 and 100000
Apn\AmiClient\Exception\InvalidConfigurationException: eventMask is "agent,user", must be auto, on, or classes with "call": the live model of pbx1 needs it
Apn\AmiClient\Exception\InvalidConfigurationException: eventMask is off, must be auto, on, or classes with "call": the live model of pbx1 needs it
Apn\AmiClient\Exception\InvalidConfigurationException: eventMask is "agent", must be auto, on, or classes with "call": the live model of pbx2 needs it
