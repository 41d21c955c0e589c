--TEST--
A logger that throws breaks nothing: it is counted
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, GenericAction};

$logger = new class {
    public int $calls = 0;

    public function log(mixed $level, string|Stringable $message, array $context = []): void
    {
        $this->calls++;
        throw new RuntimeException('disk full');
    }
};
$fake = new Fake();
$ami = new AmiClientManager($fake->servers(), logger: $logger);
$ami->connectAll(wait: 20.0);
$ami->onEvent('UserEvent', fn() => throw new DomainException('broken'));
var_dump($ami->send(user_event('one'))->await()->success);
$ami->tick(100);
var_dump($ami->metrics()['ami_logger_failures_total']['values'][0]['value'] === $logger->calls, $logger->calls > 1);
try {
    new AmiClientManager([], logger: new stdClass());
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
?>

--EXPECT--
bool(true)
bool(true)
bool(true)
Apn\AmiClient\AmiClientManager::__construct(): Argument #3 ($logger) must be of type ?Psr\Log\LoggerInterface, stdClass given
