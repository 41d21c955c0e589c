--TEST--
A logger is a PSR-3 one, or an object with a method log() that everybody may call
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Testing\FakeAsterisk;

class Secretive
{
    private function log(mixed $level, string $message, array $context): void
    {
        echo "called\n";
    }
}
class Reserved
{
    protected function log(mixed $level, string $message, array $context): void
    {
        echo "called\n";
    }
}
class Open
{
    public static int $records = 0;

    public static function LOG(mixed $level, string $message, array $context): void
    {
        self::$records++;
    }
}
foreach ([new Secretive(), new Reserved(), new stdClass(), new Open()] as $logger) {
    foreach ([fn() => new AmiClientManager([], logger: $logger), fn() => AmiClientManager::fromConfig([], $logger), fn() => (new FakeAsterisk())->manager(logger: $logger)] as $make) {
        try {
            $make()->connectAll(wait: 5.0);
            printf("%s is taken\n", $logger::class);
        } catch (TypeError $e) {
            echo $e->getMessage(), "\n";
        }
    }
}
var_dump(Open::$records > 0);
?>
--EXPECT--
Apn\AmiClient\AmiClientManager::__construct(): Argument #3 ($logger) must be of type ?Psr\Log\LoggerInterface, Secretive given
Apn\AmiClient\AmiClientManager::fromConfig(): Argument #2 ($logger) must be of type ?Psr\Log\LoggerInterface, Secretive given
Apn\AmiClient\Testing\FakeAsterisk::manager(): Argument #2 ($logger) must be of type ?Psr\Log\LoggerInterface, Secretive given
Apn\AmiClient\AmiClientManager::__construct(): Argument #3 ($logger) must be of type ?Psr\Log\LoggerInterface, Reserved given
Apn\AmiClient\AmiClientManager::fromConfig(): Argument #2 ($logger) must be of type ?Psr\Log\LoggerInterface, Reserved given
Apn\AmiClient\Testing\FakeAsterisk::manager(): Argument #2 ($logger) must be of type ?Psr\Log\LoggerInterface, Reserved given
Apn\AmiClient\AmiClientManager::__construct(): Argument #3 ($logger) must be of type ?Psr\Log\LoggerInterface, stdClass given
Apn\AmiClient\AmiClientManager::fromConfig(): Argument #2 ($logger) must be of type ?Psr\Log\LoggerInterface, stdClass given
Apn\AmiClient\Testing\FakeAsterisk::manager(): Argument #2 ($logger) must be of type ?Psr\Log\LoggerInterface, stdClass given
Open is taken
Open is taken
Open is taken
bool(true)
